'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const passwords = require('../../lib/passwords');

const [FIRST, SECOND] = ['first '.repeat(6), Buffer.alloc(32, 2)];
const PEPPER = { error: { name: 'HauberkError', code: 'ERR_HAUBERK_PASSWORDS_PEPPER' } };
const INVALID = { name: 'HauberkError', code: 'ERR_HAUBERK_OPTION_INVALID' };
const CHEAP = { memoryKiB: 64, passes: 1 };
const BCRYPT = { algorithm: 'bcrypt', cost: 4, prehash: true };

const old = { keys: { 2024: FIRST } };
const both = { keys: { 2024: FIRST, 2025: SECOND }, current: '2025' };

test('a peppered hash needs its pepper, names it, and moves to the new one', async () => {
  for (const cost of [CHEAP, BCRYPT]) {
    const hash = await passwords.hash('pw', { ...cost, pepper: old });
    assert.ok(hash.includes(`keyid=${Buffer.from('2024').toString('base64').replace(/=/g, '')}$`), hash);
    assert.equal(await passwords.verify(hash, 'pw', { ...cost, pepper: old }), true);
    assert.equal(await passwords.verify(hash, 'PW', { ...cost, pepper: old }), false);
    assert.equal(passwords.verifySync(hash, 'pw', { ...cost, pepper: both }), true);
    assert.equal(passwords.needsRehash(hash, { ...cost, pepper: old }), false);
    assert.equal(passwords.needsRehash(hash, { ...cost, pepper: both }), true);
    const moved = passwords.hashSync('pw', { ...cost, pepper: both });
    assert.equal(passwords.needsRehash(moved, { ...cost, pepper: both }), false);
    assert.equal(await passwords.verify(moved, 'pw', { ...cost, pepper: both }), true);
    await assert.rejects(passwords.verify(moved, 'pw', { ...cost, pepper: old }), PEPPER.error);
    const other = { keys: { 2024: 'another secret of 32 bytes or so' } };
    assert.equal(await passwords.verify(hash, 'pw', { ...cost, pepper: other }), false);
  }
});

test('a table without peppers gets one: old hashes verify and need a rehash', async () => {
  const hash = await passwords.hash('pw', CHEAP);
  const options = { ...CHEAP, pepper: both };
  assert.equal(await passwords.verify(hash, 'pw', options), true);
  assert.equal(passwords.needsRehash(hash, options), true);
});

test('argon2 takes a pepper as RFC 9106 says: as its secret', async () => {
  const argon2 = require('argon2');
  const hash = await passwords.hash('pw', { ...CHEAP, pepper: { keys: { k: SECOND } } });
  const bare = hash.replace(/,keyid=[^$]*/, '');
  assert.equal(await argon2.verify(bare, 'pw', { secret: SECOND }), true);
  assert.equal(await argon2.verify(bare, 'pw'), false);
});

test('the prehash of bcrypt is base64(HMAC-SHA-384(pepper, password)), and all of a password counts', async () => {
  const long = 'x'.repeat(100);
  const options = { ...BCRYPT, pepper: { keys: { k: SECOND } } };
  const hash = await passwords.hash(long, options);
  const bare = hash.slice(hash.indexOf('$2b$'));
  const key = crypto.createHmac('sha384', SECOND).update(long).digest('base64');
  assert.equal(await require('bcrypt').compare(key, bare), true);
  assert.equal(await passwords.verify(hash, long, options), true);
  assert.equal(await passwords.verify(hash, long.slice(1), options), false);
  assert.equal(await passwords.verify(await passwords.hash('a\0b', options), 'a\0b', options), true);
  for (const other of [{ ...options, prehash: false, pepper: undefined }, { ...options, cost: 5 }, CHEAP]) {
    assert.equal(passwords.needsRehash(hash, other), true);
  }
  assert.equal(
    passwords.needsRehash(await passwords.hash('pw', { algorithm: 'bcrypt', cost: 4 }), options),
    true,
  );
});

test('an unknown user takes the pepper of a new hash', async () => {
  assert.equal(await passwords.verify(null, 'pw', { ...CHEAP, pepper: both }), false);
  assert.equal(await passwords.verify(null, 'pw', { ...BCRYPT, pepper: both }), false);
});

test('peppers that could not protect anything, or are ambiguous, are refused', async () => {
  const good = 'x'.repeat(32);
  const bad = [
    null,
    'secret',
    [],
    {},
    { keys: {} },
    { keys: null },
    { keys: { k: 'short' } },
    { keys: { k: Buffer.alloc(31) } },
    { keys: { k: 'x'.repeat(1025) } },
    { keys: { k: 7 } },
    { keys: { k: `${good}\ud800` } },
    { keys: { '': good } },
    { keys: { ninechars: good } },
    { keys: { a$b: good } },
    { keys: { a: good, b: good } },
    { keys: { a: good }, current: 'b' },
    { keys: { a: good }, current: 7 },
    { keys: { a: good }, curent: 'a' },
  ];
  for (const pepper of bad) {
    await assert.rejects(passwords.hash('pw', { ...CHEAP, pepper }), INVALID, JSON.stringify(pepper));
    assert.throws(() => passwords.needsRehash('$2b$', { pepper }), INVALID);
  }
  const { message } = await passwords
    .hash('pw', { pepper: { keys: { k: 'hunter2' } } })
    .catch((error) => error);
  assert.doesNotMatch(message, /hunter2/);
  await assert.rejects(passwords.hash('pw', { ...BCRYPT }), { ...INVALID, message: /needs a pepper/ });
  await assert.rejects(passwords.hash('pw', { algorithm: 'bcrypt', pepper: old }), {
    ...INVALID,
    message: /needs prehash/,
  });
  await assert.rejects(passwords.hash('pw', { prehash: true, pepper: old }), {
    ...INVALID,
    message: /prehash/,
  });
});

test('normalize makes one password of its two spellings', async () => {
  const [composed, decomposed, wide] = ['p\u00e4ss', 'pa\u0308ss', '\uff50\u00e4ss'];
  for (const [normalize, same, other] of [
    ['NFC', decomposed, wide],
    ['NFKC', wide, 'pass'],
  ]) {
    const options = { ...CHEAP, normalize };
    const hash = await passwords.hash(composed, options);
    assert.equal(await passwords.verify(hash, same, options), true);
    assert.equal(passwords.verifySync(hash, same, options), true);
    assert.equal(await passwords.verify(hash, other, options), false);
    assert.equal(await passwords.verify(hash, same, CHEAP), false, 'without it, they are two');
  }
  await assert.rejects(passwords.hash('pw', { normalize: 'NFD' }), INVALID);
  await assert.rejects(passwords.hash('pw\ud800', { normalize: 'NFKC' }), {
    code: 'ERR_HAUBERK_PASSWORDS_PASSWORD',
  });
});

test('calibrate gives options that hash takes, and never less than OWASP asks for', async () => {
  for (const asked of [
    { targetMs: 1 },
    { targetMs: 30, memoryKiB: 7168 },
    { targetMs: 1, algorithm: 'bcrypt' },
  ]) {
    const { measuredMs, ...options } = await passwords.calibrate(asked);
    assert.ok(measuredMs > 0);
    if (options.algorithm === 'bcrypt') assert.equal(options.cost, 10);
    else assert.ok(options.passes >= (options.memoryKiB === 7168 ? 5 : 2) && options.passes <= 16);
    assert.equal(passwords.needsRehash(await passwords.hash('pw', options), options), false);
  }
  for (const bad of [
    { targetMs: 0 },
    { targetMs: '250' },
    { memoryKiB: 7 },
    { algorithm: 'bcrypt', memoryKiB: 64 },
    7,
  ]) {
    await assert.rejects(passwords.calibrate(bad), INVALID);
  }
});
