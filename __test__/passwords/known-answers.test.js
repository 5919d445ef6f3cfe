'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const passwords = require('../../lib/passwords');
const vectors = require('../vectors/passwords.json');
const { corpus, inputBytes } = require('../helpers/corpora');

const REFUSALS = [false, 'ERR_HAUBERK_PASSWORDS_HASH', 'ERR_HAUBERK_PASSWORDS_TOO_COSTLY'];

/** What became of it: true, false, or the code it was refused with. */
async function outcome(hash, password) {
  try {
    return await passwords.verify(hash, password);
  } catch (error) {
    return error.code;
  }
}

async function check(rows) {
  for (const { hash, passwordHex, verify, source } of rows) {
    const password = Buffer.from(passwordHex, 'hex');
    // `hauberk` has no empty password; the vector for it is the one row that must be false here.
    const expected = password.length === 0 ? false : verify;
    const got = await outcome(hash, password);
    if (expected === true || (expected === false && /^\$2/.test(hash)))
      assert.equal(got, expected, `${hash} ${source}`);
    else assert.ok(REFUSALS.includes(got), `${hash} ${source}: ${got}`);
  }
}

test('the vectors of the reference implementations verify, and their malformed ones do not', async () => {
  assert.ok(vectors.length > 80);
  await check(vectors);
});

test('every argon2 and bcrypt row of the corpora', async (t) => {
  const all = corpus('password-hash');
  if (all === undefined) return t.skip('corpora absent: password-hash');
  const rows = all
    .filter(({ input }) => input.hash !== undefined)
    .map(({ input, expect, source }) => ({
      hash: input.hash,
      passwordHex: input.password_hex,
      verify: expect.verify,
      source,
    }));
  // One string stands there twice, once as readable (PHC's keyid and data) and once as not; it is read here.
  const readable = new Set(rows.filter((row) => row.verify === true).map((row) => row.hash));
  const known = new Set(vectors.map((row) => row.hash));
  const others = rows.filter((row) => !known.has(row.hash));
  assert.ok(others.length > 0);
  await check(others.filter((row) => row.verify === true || row.verify === false || !readable.has(row.hash)));
});

test('naughty strings and hostile Unicode hash and verify as themselves, or are refused', async (t) => {
  const rows = [...(corpus('blns') ?? []), ...(corpus('unicode-hostile') ?? [])];
  if (rows.length === 0) return t.skip('corpora absent: blns, unicode-hostile');
  const options = { memoryKiB: 8, passes: 1 };
  for (const { input } of rows) {
    const password = typeof input === 'string' ? input : inputBytes(input);
    if (password.length === 0) continue;
    if (typeof password === 'string' && !password.isWellFormed()) {
      await assert.rejects(passwords.hash(password, options), { code: 'ERR_HAUBERK_PASSWORDS_PASSWORD' });
      continue;
    }
    const hash = await passwords.hash(password, options);
    assert.equal(await passwords.verify(hash, password), true);
    assert.equal(
      await passwords.verify(hash, Buffer.concat([Buffer.from(password), Buffer.from('x')])),
      false,
    );
  }
});

test('hashes of the packages argon2, @node-rs/argon2 and bcrypt verify here, and ours there', async () => {
  const argon2 = require('argon2');
  const nodeRs = require('@node-rs/argon2');
  const bcrypt = require('bcrypt');
  const password = 'p\u00e4ssw\u00f6rd \u{1f512}';
  const kinds = [
    ['argon2id', argon2.argon2id, nodeRs.Algorithm?.Argon2id ?? 2],
    ['argon2i', argon2.argon2i, nodeRs.Algorithm?.Argon2i ?? 1],
    ['argon2d', argon2.argon2d, nodeRs.Algorithm?.Argon2d ?? 0],
  ];
  for (const [algorithm, type, algorithmId] of kinds) {
    for (const [memoryKiB, passes, lanes] of [
      [64, 2, 1],
      [129, 3, 2],
      [256, 1, 4],
    ]) {
      const ours = await passwords.hash(password, { algorithm, memoryKiB, passes, lanes });
      assert.equal(await argon2.verify(ours, password), true);
      assert.equal(await nodeRs.verify(ours, password), true);
      const cost = { memoryCost: memoryKiB, timeCost: passes, parallelism: lanes };
      const theirs = [
        await argon2.hash(password, { type, ...cost }),
        await nodeRs.hash(password, { algorithm: algorithmId, ...cost }),
      ];
      for (const hash of theirs) {
        assert.equal(await passwords.verify(hash, password), true, hash);
        assert.equal(await passwords.verify(hash, `${password}x`), false, hash);
        assert.equal(passwords.needsRehash(hash, { algorithm, memoryKiB, passes, lanes }), false, hash);
      }
    }
  }
  const ours = await passwords.hash(password, { algorithm: 'bcrypt', cost: 5 });
  assert.match(ours, /^\$2b\$05\$[./A-Za-z0-9]{53}$/);
  assert.equal(await bcrypt.compare(password, ours), true);
  const theirs = await bcrypt.hash(password, 5);
  assert.equal(await passwords.verify(theirs, password), true);
  assert.equal(await passwords.verify(theirs, 'x'), false);
  assert.equal(passwords.needsRehash(theirs, { algorithm: 'bcrypt', cost: 5 }), false);
});
