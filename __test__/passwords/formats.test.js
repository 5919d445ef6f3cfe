'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const passwords = require('../../lib/passwords');
const rows = require('../vectors/password-frameworks.json');
const { corpus } = require('../helpers/corpora');

const refused = (what) => ({ name: 'HauberkError', code: `ERR_HAUBERK_PASSWORDS_${what}` });
const base64 = (bytes) => bytes.toString('base64').replace(/=+$/, '');

/** Only bcrypt without a prehash cuts: there a longer password may fit. */
const cuts = (hash) => /^(bcrypt\$)?\$2[abxy]\$/.test(hash);

test('hashes that Django and passlib wrote verify, and all of them need a rehash', async () => {
  assert.ok(rows.length > 40);
  const kinds = new Set();
  for (const { hash, password, source } of rows) {
    kinds.add(/^\$?[a-z0-9_-]+/.exec(hash)[0]);
    assert.equal(await passwords.verify(hash, password), true, `${source} ${hash}`);
    assert.equal(passwords.verifySync(hash, password), true, `${source} ${hash}`);
    assert.equal(await passwords.verify(hash, `x${password}`), false, hash);
    if (!cuts(hash)) assert.equal(await passwords.verify(hash, `${password}x`), false, hash);
    assert.equal(passwords.needsRehash(hash), true, hash);
  }
  for (const kind of [
    'pbkdf2_sha256',
    'pbkdf2_sha1',
    'argon2',
    'bcrypt_sha256',
    'bcrypt',
    'scrypt',
    '$pbkdf2',
    '$pbkdf2-sha256',
    '$pbkdf2-sha512',
    '$scrypt',
    '$argon2id',
    '$argon2i',
    '$bcrypt-sha256',
    '$2y',
  ]) {
    assert.ok(kinds.has(kind), `no vector of ${kind}`);
  }
});

test('a table of any of these forms moves on as its users log in: verify, needsRehash, hash', async () => {
  const options = { memoryKiB: 64, passes: 1 };
  for (const { hash, password } of rows) {
    const table = new Map([['user', hash]]);
    const login = async (given) => {
      const stored = table.get('user') ?? null;
      if (!(await passwords.verify(stored, given, options))) return false;
      if (passwords.needsRehash(stored, options)) table.set('user', await passwords.hash(given, options));
      return true;
    };
    assert.equal(await login('wrong'), false);
    assert.equal(table.get('user'), hash);
    assert.equal(await login(password), true);
    assert.match(table.get('user'), /^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    assert.equal(await login(password), true);
    assert.equal(passwords.needsRehash(table.get('user'), options), false);
  }
});

test('scrypt and PBKDF2 as node:crypto computes them, in all written forms', async () => {
  for (let i = 0; i < 24; i += 1) {
    const password = crypto.randomBytes(1 + i).toString('hex');
    const salt = crypto.randomBytes(8 + i);
    const [logN, r, p] = [1 + (i % 9), 1 + (i % 8), 1 + (i % 3)];
    const scrypt = crypto.scryptSync(password, salt, 32, { N: 2 ** logN, r, p });
    const word = salt.toString('hex').slice(0, 16);
    const named = crypto.scryptSync(password, word, 64, { N: 2 ** logN, r, p });
    const digest = ['sha1', 'sha256', 'sha512'][i % 3];
    const length = [20, 32, 64][i % 3];
    const pbkdf2 = crypto.pbkdf2Sync(password, salt, 10 + i, length, digest);
    const django = crypto.pbkdf2Sync(password, word, 10 + i, length, digest);
    const adapted = (bytes) => base64(bytes).replaceAll('+', '.');
    for (const stored of [
      `$scrypt$ln=${logN},r=${r},p=${p}$${base64(salt)}$${base64(scrypt)}`,
      `scrypt$${2 ** logN}$${word}$${r}$${p}$${named.toString('base64')}`,
      `$pbkdf2-${digest}$i=${10 + i},l=${length}$${base64(salt)}$${base64(pbkdf2)}`,
      `$pbkdf2-${digest}$i=${10 + i}$${base64(salt)}$${base64(pbkdf2)}`,
      `$pbkdf2-${digest}$${10 + i}$${adapted(salt)}$${adapted(pbkdf2)}`,
      `pbkdf2_${digest}$${10 + i}$${word}$${django.toString('base64')}`,
    ]) {
      assert.equal(await passwords.verify(stored, password), true, stored);
      assert.equal(await passwords.verify(stored, `${password}0`), false, stored);
    }
  }
});

test('every scrypt and PBKDF2 row of the corpora', async (t) => {
  const all = corpus('password-hash');
  if (all === undefined) return t.skip('corpora absent: password-hash');
  const raw = all.filter(({ input, expect }) => expect.raw_hex && (input.N || input.iterations));
  assert.ok(raw.length >= 8);
  for (const { input, expect } of raw) {
    // No format has an empty salt, and no user an empty password.
    if (input.salt_hex === '' || input.password_hex === '') continue;
    const [salt, hash] = [Buffer.from(input.salt_hex, 'hex'), Buffer.from(expect.raw_hex, 'hex')];
    const stored =
      input.N === undefined
        ? `$pbkdf2-sha1$i=${input.iterations}$${base64(salt)}$${base64(hash)}`
        : `$scrypt$ln=${Math.log2(input.N)},r=${input.r},p=${input.p}$${base64(salt)}$${base64(hash)}`;
    assert.equal(await passwords.verify(stored, Buffer.from(input.password_hex, 'hex')), true, stored);
  }
});

test('attack: a stored scrypt, PBKDF2 or wrapped hash that asks for too much is refused, not computed', async () => {
  const tag = base64(Buffer.alloc(32, 7));
  const before = passwords.stats().done.verify;
  for (const stored of [
    `$scrypt$ln=20,r=8,p=1$c2FsdA$${tag}`,
    `$scrypt$ln=14,r=8,p=1000000$c2FsdA$${tag}`,
    `scrypt$1073741824$salt$8$1$${tag}=`,
    `$pbkdf2-sha256$i=4294967295$c2FsdA$${tag}`,
    `pbkdf2_sha512$4000001$salt$${tag}=`,
    `argon2$argon2id$v=19$m=1048576,t=2,p=1$c29tZXNhbHQ$${tag}`,
    'bcrypt_sha256$$2b$31$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS',
    '$bcrypt-sha256$v=2,t=2b,r=31$CCCCCCCCCCCCCCCCCCCCC.$VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS',
  ]) {
    await assert.rejects(passwords.verify(stored, 'x'), refused('TOO_COSTLY'), stored);
    assert.throws(() => passwords.verifySync(stored, 'x'), refused('TOO_COSTLY'));
    assert.equal(passwords.needsRehash(stored), true);
  }
  assert.equal(passwords.stats().done.verify, before);
});

test('the memory of scrypt counts against the budget', async (t) => {
  t.after(() => passwords.configure({ memoryMiB: 256 }));
  const stored = `$scrypt$ln=14,r=8,p=1$c2FsdA$${base64(crypto.scryptSync('pw', 'salt', 32))}`;
  passwords.configure({ memoryMiB: 8 });
  await assert.rejects(passwords.verify(stored, 'pw'), refused('TOO_COSTLY'));
  passwords.configure({ memoryMiB: 17 });
  assert.deepEqual(
    await Promise.all(Array.from({ length: 8 }, () => passwords.verify(stored, 'pw'))),
    Array(8).fill(true),
  );
});
