'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const passwords = require('../../lib/passwords');

const INVALID = { name: 'HauberkError', code: 'ERR_HAUBERK_OPTION_INVALID' };
const UNKNOWN = { name: 'HauberkError', code: 'ERR_HAUBERK_OPTION_UNKNOWN' };
const STORED = '$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS';

/** The same options given to each function that takes them. */
async function everywhereRefused(options, error) {
  await assert.rejects(passwords.hash('pw', options), error);
  await assert.rejects(passwords.verify(STORED, 'pw', options), error);
  assert.throws(() => passwords.hashSync('pw', options), error);
  assert.throws(() => passwords.verifySync(STORED, 'pw', options), error);
  assert.throws(() => passwords.needsRehash(STORED, options), error);
}

const NOT_NUMBERS = [
  NaN,
  Infinity,
  -Infinity,
  '2',
  2n,
  true,
  {},
  [],
  [2],
  null,
  Object.create(null),
  () => 2,
];

test('numbers out of their range are refused by name', async () => {
  const ranges = { memoryKiB: [7, 262_145], passes: [0, 17], lanes: [0, 17] };
  for (const [name, values] of Object.entries(ranges)) {
    for (const value of [...values, -1, -123, 1.5, 2 ** 32, 2 ** 32 + 64, ...NOT_NUMBERS]) {
      await everywhereRefused({ [name]: value }, { ...INVALID, message: new RegExp(name) });
    }
  }
  for (const cost of [3, 17, -1, 10.5, 2 ** 32 + 10, ...NOT_NUMBERS]) {
    await everywhereRefused({ algorithm: 'bcrypt', cost }, { ...INVALID, message: /cost/ });
  }
  await everywhereRefused({ memoryKiB: 31, lanes: 4 }, { ...INVALID, message: /8 for each of the 4 lanes/ });
});

test('the ends of the ranges work', async () => {
  for (const options of [
    { memoryKiB: 8, passes: 1, lanes: 1 },
    { memoryKiB: 128, passes: 16, lanes: 16 },
    { memoryKiB: 262_144, passes: 1 },
    { algorithm: 'bcrypt', cost: 4 },
  ]) {
    const hash = await passwords.hash('pw', options);
    assert.equal(passwords.needsRehash(hash, options), false);
    assert.equal(await passwords.verify(hash, 'pw'), true);
  }
});

test('unknown algorithms, costs of another algorithm and misspelt options are refused', async () => {
  for (const algorithm of ['argon2', 'ARGON2ID', 'scrypt', 'md5', '', 'toString', 0, null, ['bcrypt']]) {
    await everywhereRefused({ algorithm }, { ...INVALID, message: /algorithm/ });
  }
  for (const name of ['memoryKiB', 'passes', 'lanes']) {
    await everywhereRefused({ algorithm: 'bcrypt', [name]: 8 }, { ...INVALID, message: /set by cost/ });
  }
  await everywhereRefused({ cost: 10 }, { ...INVALID, message: /set by memoryKiB, passes, lanes/ });
  await everywhereRefused({ memoryKib: 64 }, { ...UNKNOWN, message: /did you mean memoryKiB\?/ });
  await everywhereRefused({ pases: 2 }, { ...UNKNOWN, message: /did you mean passes\?/ });
  for (const options of [null, 10, 'bcrypt', [], true]) await everywhereRefused(options, INVALID);
});

test('signal and deadlineMs belong to the promises and are checked', async () => {
  for (const signal of [null, {}, 'abort', new AbortController()]) {
    await assert.rejects(passwords.hash('pw', { signal }), { ...INVALID, message: /AbortSignal/ });
  }
  for (const deadlineMs of [0, -1, 0.5, 600_001, ...NOT_NUMBERS]) {
    await assert.rejects(passwords.verify(STORED, 'pw', { deadlineMs }), {
      ...INVALID,
      message: /deadlineMs/,
    });
  }
  assert.throws(() => passwords.hashSync('pw', { deadlineMs: 10 }), UNKNOWN);
  assert.throws(() => passwords.verifySync(STORED, 'pw', { signal: new AbortController().signal }), UNKNOWN);
});

test('the promises reject, and never throw', () => {
  for (const call of [
    () => passwords.hash(),
    () => passwords.hash('pw', 1),
    () => passwords.verify({}, 'pw'),
    () => passwords.verify('x', 'pw', { nope: 1 }),
  ]) {
    const promise = call();
    assert.ok(promise instanceof Promise);
    promise.catch(() => {});
  }
});

test('configure refuses what is no size', () => {
  const before = passwords.stats();
  for (const name of ['threads', 'memoryMiB', 'queue']) {
    for (const value of [0, -1, 1.5, 2 ** 32, ...NOT_NUMBERS]) {
      assert.throws(() => passwords.configure({ [name]: value }), { ...INVALID, message: new RegExp(name) });
    }
  }
  assert.throws(() => passwords.configure({ thread: 1 }), { ...UNKNOWN, message: /did you mean threads\?/ });
  assert.throws(() => passwords.configure(null), INVALID);
  passwords.configure({});
  assert.deepEqual(passwords.stats(), before);
});
