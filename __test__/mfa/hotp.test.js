'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { hotp, memoryStore } = require('../../lib/mfa');
const { corpus } = require('../helpers/corpora');
const { otherInputs } = require('./inputs');

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const WRONG = { ok: false, code: 'ERR_HAUBERK_MFA_CODE' };

test('the codes of RFC 4226, appendix D', (t) => {
  const rows = corpus('otp')?.filter((row) => row.input.kind === 'hotp');
  if (!rows) return t.skip('corpora absent: otp');
  assert.equal(rows.length, 10);
  for (const { input, expect } of rows) {
    assert.equal(hotp.generate(Buffer.from(input.secret_hex, 'hex'), input.counter), expect);
    assert.equal(hotp.verify(SECRET, expect, input.counter).ok, true);
  }
});

test('look-ahead: the nearest counter counts, and the next is behind it', () => {
  const one = hotp({ lookAhead: 3 });
  for (let ahead = 0; ahead <= 6; ahead += 1) {
    const verdict = one.verify(SECRET, one.generate(SECRET, 100 + ahead), 100);
    assert.deepEqual(verdict, ahead <= 3 ? { ok: true, counter: 100 + ahead, next: 101 + ahead } : WRONG);
  }
  assert.deepEqual(one.verify(SECRET, one.generate(SECRET, 99), 100), WRONG);
});

test('resync: two codes in a row find a device that is far ahead; other pairs do not', () => {
  const pair = (/** @type {number} */ a, /** @type {number} */ b) => [
    hotp.generate(SECRET, a),
    hotp.generate(SECRET, b),
  ];
  assert.deepEqual(hotp.resync(SECRET, pair(150, 151), 5), { ok: true, counter: 151, next: 152 });
  assert.deepEqual(hotp.resync(SECRET, pair(205, 206), 5), { ok: true, counter: 206, next: 207 });
  for (const [a, b] of [
    [206, 207],
    [150, 152],
    [151, 150],
    [150, 150],
    [3, 4],
  ]) {
    assert.deepEqual(hotp.resync(SECRET, pair(a, b), 5), WRONG, `${a}, ${b}`);
  }
  for (const codes of [[], ['1'], null, 'ab', [1, 2, 3]]) {
    assert.throws(() => hotp.resync(SECRET, /** @type {any} */ (codes), 5), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  assert.deepEqual(hotp.resync(SECRET, [null, {}], 5), WRONG);
});

test('counters out of range throw', () => {
  for (const counter of [undefined, null, -1, 1.5, NaN, Infinity, '5', 2 ** 53, 5n]) {
    for (const call of [
      () => hotp.verify(SECRET, '123456', /** @type {any} */ (counter)),
      () => hotp.generate(SECRET, /** @type {any} */ (counter)),
      () => hotp.resync(SECRET, ['1', '2'], /** @type {any} */ (counter)),
    ]) {
      assert.throws(call, { code: 'ERR_HAUBERK_ARGUMENT' });
    }
  }
  assert.throws(() => hotp.verify(SECRET, '123456', 2 ** 53 - 1), { code: 'ERR_HAUBERK_ARGUMENT' });
  assert.match(hotp.generate(SECRET, 2 ** 53 - 1), /^\d{6}$/);
});

test('the URI carries the counter', () => {
  const { URI } = require('otpauth');
  const read = /** @type {any} */ (URI.parse(hotp({ issuer: 'Example' }).uri(SECRET, 'someone', 42)));
  assert.deepEqual([read.constructor.name, read.counter, read.secret.base32], ['HOTP', 42, SECRET]);
});

test('options out of range throw', () => {
  for (const options of [
    { lookAhead: -1 },
    { lookAhead: 101 },
    { resyncAhead: 0 },
    { resyncAhead: 1001 },
    { digits: 4 },
  ]) {
    assert.throws(() => hotp(options), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  assert.throws(() => hotp(/** @type {any} */ ({ lookahead: 5 })), { message: /lookAhead/ });
});

test('guard: a code counts once, in 50 requests at once too, and earlier ones never', async () => {
  const guard = hotp.guard({ store: memoryStore(), limiter: false });
  const code = (/** @type {number} */ counter) => hotp.generate(SECRET, counter);
  const all = await Promise.all(Array.from({ length: 50 }, () => guard.verify('7', SECRET, code(2))));
  assert.equal(all.filter((verdict) => verdict.ok).length, 1);
  for (const counter of [0, 1, 2]) assert.equal((await guard.verify('7', SECRET, code(counter))).ok, false);
  assert.deepEqual(await guard.verify('7', SECRET, code(3)), { ok: true, counter: 3, next: 4 });
  assert.equal((await guard.resync('7', SECRET, [code(80), code(81)])).ok, true);
  assert.equal((await guard.resync('7', SECRET, [code(80), code(81)])).ok, false);
  assert.equal((await guard.verify('7', SECRET, code(82))).ok, true);
});

test('guard: an answer of the store that is no number fails closed', async () => {
  for (const last of ['5', -1, 1.5, NaN, {}, true]) {
    const store = { last: () => /** @type {any} */ (last), advance: () => true };
    const guard = hotp.guard({ store, limiter: false });
    await assert.rejects(guard.verify('7', SECRET, '123456'), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  for (const input of otherInputs()) {
    const guard = hotp.guard({ store: memoryStore(), limiter: false });
    assert.deepEqual(await guard.verify('7', SECRET, input), WRONG);
  }
});
