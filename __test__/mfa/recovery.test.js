'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { recovery, memoryStore } = require('../../lib/mfa');
const ratelimit = require('../../lib/ratelimit');
const { otherInputs } = require('./inputs');

const secret = 'a secret of at least thirty-two bytes';
const WRONG = { ok: false, code: 'ERR_HAUBERK_MFA_CODE' };

/** A store that shows what it keeps. */
function glassStore() {
  const store = memoryStore();
  /** @type {string[]} */
  const seen = [];
  /** @param {string} key @param {readonly string[]} hashes */
  const replace = (key, hashes) => {
    seen.push(key, ...hashes);
    store.replace(key, hashes);
  };
  return { store: { ...store, replace }, seen };
}

test('ten codes of 125 bits, all different; the store sees only hashes', async () => {
  const { store, seen } = glassStore();
  const codes = await recovery({ store, limiter: false, secret }).issue('7');
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) {
    assert.equal(code.length, 29);
    for (const group of code.split('-')) assert.match(group, /^[0-9A-HJKMNP-TV-Z]{5}$/);
    assert.ok(!seen.some((text) => text.includes(code) || text.includes(code.replaceAll('-', ''))));
  }
  assert.equal(seen.length, 11);
});

test('every symbol is used', async () => {
  const one = recovery({ store: memoryStore(), limiter: false, secret, count: 50 });
  const symbols = new Set((await one.issue('7')).join('').replaceAll('-', ''));
  assert.equal(symbols.size, 32);
});

test('a code counts once; what is left is told', async () => {
  const one = recovery({ store: memoryStore(), limiter: false, secret, count: 3 });
  const codes = await one.issue('7');
  assert.deepEqual(await one.redeem('7', codes[0]), { ok: true, remaining: 2 });
  assert.deepEqual(await one.redeem('7', codes[0]), WRONG);
  assert.equal(await one.remaining('7'), 2);
  assert.deepEqual(await one.redeem('8', codes[1]), WRONG);
  assert.deepEqual(await one.redeem('7', codes[1].toLowerCase().replaceAll('-', ' ')), {
    ok: true,
    remaining: 1,
  });
  const again = await one.issue('7');
  assert.deepEqual(await one.redeem('7', codes[2]), WRONG);
  assert.deepEqual(await one.redeem('7', again[0]), { ok: true, remaining: 2 });
});

test('letters that look like digits are read as them', async () => {
  const one = recovery({ store: memoryStore(), limiter: false, secret, count: 50 });
  const codes = await one.issue('7');
  const code = codes.find((text) => /0/.test(text) && /1/.test(text)) ?? codes[0];
  assert.equal((await one.redeem('7', code.replaceAll('0', 'o').replaceAll('1', 'l'))).ok, true);
});

test('recovery-code race: the same code in 100 requests at once lets one in', async () => {
  const memory = memoryStore();
  const store = {
    ...memory,
    /** @param {string} key @param {string} hash */
    remove: async (key, hash) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      return memory.remove(key, hash);
    },
  };
  const one = recovery({ store, limiter: false, secret });
  const [code] = await one.issue('7');
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => one.redeem('7', code)));
  assert.equal(verdicts.filter((verdict) => verdict.ok).length, 1);
  assert.equal(await one.remaining('7'), 9);
});

test('codes survive the rotation of the secret, and not its loss', async () => {
  const store = memoryStore();
  const old = recovery({ store, limiter: false, secret });
  const [first, second, third] = await old.issue('7');
  const fresh = 'another secret of at least thirty-two bytes';
  const rotated = recovery({ store, limiter: false, secret: [fresh, secret] });
  assert.equal((await rotated.redeem('7', first)).ok, true);
  assert.deepEqual(await recovery({ store, limiter: false, secret: fresh }).redeem('7', second), WRONG);
  assert.equal((await old.redeem('7', third)).ok, true);
});

test('what is no code is refused (1 MB input, NUL, other types)', async () => {
  const one = recovery({ store: memoryStore(), limiter: false, secret });
  const [code] = await one.issue('7');
  for (const bad of [
    ...otherInputs(),
    '',
    [code],
    `${code}\0`,
    `${code}A`,
    code.slice(1),
    'A'.repeat(1_000_000),
    'U'.repeat(25),
  ]) {
    assert.deepEqual(await one.redeem('7', bad), WRONG);
  }
  assert.equal(await one.remaining('7'), 10);
});

test('attempts are capped through ratelimit', async () => {
  const limiter = ratelimit({ limit: 3, windowMs: 600_000, burst: 3, name: 'test-recovery', slots: 1024 });
  const one = recovery({ store: memoryStore(), limiter, secret });
  const [code] = await one.issue('7');
  for (let i = 0; i < 3; i += 1) assert.deepEqual(await one.redeem('7', 'wrong'), WRONG);
  const capped = await one.redeem('7', code);
  assert.equal(!capped.ok && capped.code, 'ERR_HAUBERK_MFA_LIMITED');
  assert.equal(await one.remaining('7'), 10);
  limiter.close();
});

test('a store that gives no yes or no fails closed', async () => {
  for (const remove of [() => undefined, () => 1, () => Promise.reject(new Error('down'))]) {
    const store = /** @type {any} */ ({ ...memoryStore(), remove });
    const one = recovery({ store, limiter: false, secret });
    const [code] = await one.issue('7');
    await assert.rejects(one.redeem('7', code), { code: 'ERR_HAUBERK_MFA_STORE' });
  }
});

test('a secret that would not last, or is weak, is refused at construction', () => {
  const had = process.env.HAUBERK_SECRET;
  delete process.env.HAUBERK_SECRET;
  try {
    for (const weak of [undefined, '', 'short', [], 5]) {
      const options = /** @type {any} */ ({ store: memoryStore(), limiter: false, secret: weak });
      assert.throws(() => recovery(options), { code: 'ERR_HAUBERK_SECRET' });
    }
  } finally {
    if (had !== undefined) process.env.HAUBERK_SECRET = had;
  }
});
