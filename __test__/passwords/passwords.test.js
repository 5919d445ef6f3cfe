'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const passwords = require('../../lib/passwords');

const CHEAP = { memoryKiB: 64, passes: 1 };
const refused = (what) => ({ name: 'HauberkError', code: `ERR_HAUBERK_${what}` });

test('the default is argon2id with 19456 KiB, 2 passes, 1 lane, and a fresh salt', async () => {
  const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, two);
  assert.equal(await passwords.verify(one, 'correct horse'), true);
  assert.equal(await passwords.verify(one, 'correct Horse'), false);
  assert.equal(passwords.needsRehash(one), false);
});

test('the sync functions make and read the same hashes', async () => {
  for (const options of [
    CHEAP,
    { algorithm: 'argon2i', ...CHEAP },
    { algorithm: 'argon2d', ...CHEAP },
    { algorithm: 'bcrypt', cost: 4 },
  ]) {
    const made = passwords.hashSync('pw', options);
    assert.equal(await passwords.verify(made, 'pw'), true);
    assert.equal(passwords.verifySync(await passwords.hash('pw', options), 'pw'), true);
    assert.equal(passwords.verifySync(made, 'PW'), false);
    assert.equal(passwords.needsRehash(made, options), false);
  }
});

test('text and its bytes are the same password', async () => {
  const hash = await passwords.hash('pässword', CHEAP);
  assert.equal(await passwords.verify(hash, Buffer.from('pässword')), true);
  assert.equal(
    await passwords.verify(
      await passwords.hash(new Uint8Array([0xff, 0xfe]), CHEAP),
      Buffer.from([0xff, 0xfe]),
    ),
    true,
  );
});

test('a password is 1 to 4096 bytes of UTF-8', async () => {
  for (const longest of ['a'.repeat(4096), '\u{1f512}'.repeat(1024)]) {
    const hash = await passwords.hash(longest, CHEAP);
    assert.equal(await passwords.verify(hash, longest), true);
    assert.equal(await passwords.verify(hash, longest.slice(0, -2)), false);
    assert.equal(await passwords.verify(hash, `${longest}a`), false);
  }
  const hash = await passwords.hash('pw', CHEAP);
  const bad = ['', 'a'.repeat(4097), 'é'.repeat(2049), Buffer.alloc(0), Buffer.alloc(4097, 97)];
  for (const password of bad) {
    await assert.rejects(passwords.hash(password, CHEAP), refused('PASSWORDS_PASSWORD'));
    assert.throws(() => passwords.hashSync(password, CHEAP), refused('PASSWORDS_PASSWORD'));
    assert.equal(await passwords.verify(hash, password), false);
    assert.equal(passwords.verifySync(hash, password), false);
  }
});

test('attack: 1 MB of input is refused or false at once, and not hashed', async () => {
  const huge = 'a'.repeat(1 << 20);
  const before = passwords.stats().done;
  await assert.rejects(passwords.hash(huge), refused('PASSWORDS_PASSWORD'));
  assert.equal(await passwords.verify(await passwords.hash('pw', CHEAP), huge), false);
  assert.equal(await passwords.verify(null, huge), false);
  assert.deepEqual(passwords.stats().done, { hash: before.hash + 1, verify: before.verify });
});

test('what is not a password is refused by hash and false in verify', async () => {
  const hash = await passwords.hash('pw', CHEAP);
  const values = [
    undefined,
    null,
    0,
    1,
    NaN,
    true,
    1n,
    {},
    [],
    ['pw'],
    Object.create(null),
    () => 'pw',
    Symbol('pw'),
    new Date(),
    new ArrayBuffer(4),
    new Float64Array(2),
    { length: 2, toString: () => 'pw' },
  ];
  for (const value of values) {
    await assert.rejects(passwords.hash(value, CHEAP), refused('PASSWORDS_PASSWORD'));
    assert.equal(await passwords.verify(hash, value), false);
    assert.equal(passwords.verifySync(hash, value), false);
    assert.equal(await passwords.verify(null, value), false);
  }
});

test('attack: lone surrogates would make different passwords equal', async () => {
  for (const bad of ['\ud800', 'a\udc00', '\udc00\ud800', 'x\ud83d']) {
    await assert.rejects(passwords.hash(bad, CHEAP), refused('PASSWORDS_PASSWORD'));
    assert.throws(() => passwords.hashSync(bad, CHEAP), refused('PASSWORDS_PASSWORD'));
    const replaced = await passwords.hash(bad.toWellFormed(), CHEAP);
    assert.equal(await passwords.verify(replaced, bad), false);
    assert.equal(await passwords.verify(replaced, bad.toWellFormed()), true);
  }
});

test('attack: 72/73-byte twins', async () => {
  const options = { algorithm: 'bcrypt', cost: 4 };
  const twin = 'a'.repeat(72);
  await assert.rejects(passwords.hash(`${twin}b`, options), {
    ...refused('PASSWORDS_PASSWORD'),
    message: /72 bytes/,
  });
  await assert.rejects(passwords.hash('é'.repeat(37), options), refused('PASSWORDS_PASSWORD'));
  assert.throws(() => passwords.hashSync(`${twin}b`, options), refused('PASSWORDS_PASSWORD'));
  // A stored bcrypt hash was cut by its writer: its users must still get in, and be moved on.
  const stored = await require('bcrypt').hash(`${twin}${'x'.repeat(20)}`, 4);
  assert.equal(await passwords.verify(stored, `${twin}${'x'.repeat(20)}`), true);
  assert.equal(passwords.needsRehash(stored), true);
  // argon2 reads all of a password.
  assert.equal(await passwords.verify(await passwords.hash(`${twin}b`, CHEAP), `${twin}c`), false);
});

test('attack: NUL ends no password', async () => {
  const options = { algorithm: 'bcrypt', cost: 4 };
  for (const bad of ['\0', 'ab\0', 'ab\0cd', Buffer.from('ab\0cd')]) {
    await assert.rejects(passwords.hash(bad, options), { ...refused('PASSWORDS_PASSWORD'), message: /NUL/ });
  }
  for (const stored of [await passwords.hash('ab', options), await passwords.hash('ab', CHEAP)]) {
    for (const twin of ['ab\0', 'ab\0cd', 'ab\0ab'])
      assert.equal(await passwords.verify(stored, twin), false);
  }
  const whole = await passwords.hash('ab\0cd', CHEAP);
  assert.equal(await passwords.verify(whole, 'ab\0cd'), true);
  assert.equal(await passwords.verify(whole, 'ab'), false);
});

test('attack: a stored hash with m = 1 GiB is refused, not computed', async () => {
  const tail = 'c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  const before = passwords.stats().done.verify;
  for (const parameters of [
    'm=1048576,t=2,p=1',
    'm=4294967295,t=1,p=1',
    'm=64,t=4294967295,p=1',
    'm=64,t=17,p=1',
    'm=4096,t=1,p=17',
  ]) {
    const stored = `$argon2id$v=19$${parameters}$${tail}`;
    await assert.rejects(passwords.verify(stored, 'x'), refused('PASSWORDS_TOO_COSTLY'));
    assert.throws(() => passwords.verifySync(stored, 'x'), refused('PASSWORDS_TOO_COSTLY'));
    assert.equal(passwords.needsRehash(stored), true);
  }
  const slow = '$2b$31$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS';
  await assert.rejects(passwords.verify(slow, 'x'), refused('PASSWORDS_TOO_COSTLY'));
  assert.equal(passwords.stats().done.verify, before);
});

test('attack: for an unknown user the same work is done, and the answer is false', async () => {
  for (const nobody of [null, undefined]) {
    const before = passwords.stats().done.verify;
    assert.equal(await passwords.verify(nobody, 'pw'), false);
    assert.equal(passwords.verifySync(nobody, 'pw'), false);
    assert.equal(await passwords.verify(nobody, 'a'.repeat(80), { algorithm: 'bcrypt', cost: 4 }), false);
    assert.equal(passwords.stats().done.verify, before + 3);
  }
});

test('a stored hash that cannot be read is an error, not a wrong password', async () => {
  const values = [
    '',
    'plain text',
    'correct horse',
    '$',
    '$argon2id',
    '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA',
    '$5$rounds=5000$x$y',
    '$2b$10$short',
    'x'.repeat(1 << 20),
    `$argon2id$${'$'.repeat(900)}`,
    '\0',
    '$2b$10$\u{1f512}',
    0,
    1,
    true,
    {},
    [],
    Symbol('x'),
    Buffer.from('$argon2id'),
  ];
  for (const stored of values) {
    await assert.rejects(passwords.verify(stored, 'correct horse'), refused('PASSWORDS_HASH'));
    assert.throws(() => passwords.verifySync(stored, 'correct horse'), refused('PASSWORDS_HASH'));
    assert.throws(() => passwords.needsRehash(stored), refused('PASSWORDS_HASH'));
  }
  assert.throws(() => passwords.needsRehash(null), refused('PASSWORDS_HASH'));
});

test('no error repeats the password or the stored hash', async () => {
  const errors = await Promise.all([
    passwords.hash('hunter2-hunter2'.repeat(400)).catch(String),
    passwords.hash('hunter2\ud800').catch(String),
    passwords.verify('hunter2-in-the-hash-column', 'hunter2').catch(String),
    passwords.hash('hunter2'.repeat(12), { algorithm: 'bcrypt' }).catch(String),
  ]);
  for (const text of errors) {
    assert.match(text, /HauberkError/);
    assert.doesNotMatch(text, /hunter2/);
  }
});

test('needsRehash compares every field', async () => {
  const options = { memoryKiB: 64, passes: 2, lanes: 2 };
  const hash = await passwords.hash('pw', options);
  assert.equal(passwords.needsRehash(hash, options), false);
  for (const other of [
    { memoryKiB: 65 },
    { passes: 1 },
    { passes: 3 },
    { lanes: 1 },
    { algorithm: 'argon2i' },
  ]) {
    assert.equal(passwords.needsRehash(hash, { ...options, ...other }), true);
  }
  assert.equal(passwords.needsRehash(hash), true);
  const salt = 'c29tZXNhbHRzb21lc2FsdA';
  const tag = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(passwords.needsRehash(`$argon2id$v=19$m=64,t=2,p=2$${salt}$${tag}`, options), false);
  assert.equal(passwords.needsRehash(`$argon2id$m=64,t=2,p=2$${salt}$${tag}`, options), true);
  assert.equal(passwords.needsRehash(`$argon2id$v=16$m=64,t=2,p=2$${salt}$${tag}`, options), true);
  assert.equal(passwords.needsRehash(`$argon2id$v=19$m=64,t=2,p=2$c29tZXNhbHQ$${tag}`, options), true);
  assert.equal(passwords.needsRehash(`$argon2id$v=19$m=64,t=2,p=2$${salt}$${salt}`, options), true);
  const bcrypt = (variant, cost) =>
    `$2${variant}$${cost}$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS`;
  assert.equal(passwords.needsRehash(bcrypt('b', '12'), { algorithm: 'bcrypt' }), false);
  assert.equal(passwords.needsRehash(bcrypt('b', '11'), { algorithm: 'bcrypt' }), true);
  for (const variant of ['a', 'x', 'y']) {
    assert.equal(passwords.needsRehash(bcrypt(variant, '12'), { algorithm: 'bcrypt' }), true);
  }
});
