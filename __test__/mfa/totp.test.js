'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { totp, memoryStore, sealer } = require('../../lib/mfa');
const ratelimit = require('../../lib/ratelimit');
const { corpus } = require('../helpers/corpora');
const { events } = require('../helpers/events');
const { otherInputs } = require('./inputs');

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'; // "12345678901234567890", the key of RFC 6238
const NOW = 1_700_000_000_000;
const STEP = Math.floor(NOW / 30_000);

test('the codes of RFC 6238, appendix B', (t) => {
  const rows = corpus('otp')?.filter((row) => row.input.kind === 'totp');
  if (!rows) return t.skip('corpora absent: otp');
  assert.equal(rows.length, 18);
  for (const { input, expect } of rows) {
    const one = totp({ algorithm: input.alg.toUpperCase(), digits: input.digits });
    const secret = Buffer.from(input.secret_hex, 'hex');
    const time = (input.time ?? input.unix_time ?? input.t) * 1000;
    assert.equal(one.generate(secret, { time }), expect);
    assert.deepEqual(one.verify(secret, expect, { time }), {
      ok: true,
      step: Math.floor(time / 30_000),
      drift: 0,
    });
  }
});

test('known answers without the corpora', () => {
  const eight = totp({ digits: 8 });
  assert.equal(eight.generate(SECRET, { time: 59_000 }), '94287082');
  assert.equal(eight.generate(SECRET, { time: 1_111_111_109_000 }), '07081804');
  assert.equal(totp.generate(SECRET, { time: 59_000 }), '287082');
  assert.equal(totp.generate(SECRET.toLowerCase().replace(/(.{4})/g, '$1 '), { time: 59_000 }), '287082');
});

test('agrees with the package otpauth', () => {
  const { TOTP, Secret } = require('otpauth');
  for (const [algorithm, digits, period] of /** @type {const} */ ([
    ['SHA1', 6, 30],
    ['SHA256', 7, 60],
    ['SHA512', 8, 15],
  ])) {
    const ours = totp({ algorithm, digits, period });
    const secret = ours.generateSecret();
    const theirs = new TOTP({ algorithm, digits, period, secret: Secret.fromBase32(secret) });
    for (let i = 0; i < 50; i += 1) {
      const time = NOW + i * 7919;
      assert.equal(ours.generate(secret, { time }), theirs.generate({ timestamp: time }));
    }
  }
});

test('TOTP skew: a code counts for window steps on either side and no further', () => {
  for (const window of [0, 1, 2, 5]) {
    const one = totp({ window });
    for (let drift = -7; drift <= 7; drift += 1) {
      const code = one.generate(SECRET, { time: NOW + drift * 30_000 });
      const verdict = one.verify(SECRET, code, { time: NOW });
      const expected = Math.abs(drift) <= window ? { ok: true, step: STEP + drift, drift } : WRONG;
      assert.deepEqual(verdict, expected, `window ${window}, drift ${drift}`);
    }
  }
});

const WRONG = { ok: false, code: 'ERR_HAUBERK_MFA_CODE' };
const REPLAY = { ok: false, code: 'ERR_HAUBERK_MFA_REPLAY' };

test('the edge of a step is exact, and the beginning of time is no error', () => {
  const one = totp({ window: 0 });
  const code = one.generate(SECRET, { time: 30_000 });
  assert.equal(one.verify(SECRET, code, { time: 29_999 }).ok, false);
  assert.equal(one.verify(SECRET, code, { time: 30_000 }).ok, true);
  assert.equal(one.verify(SECRET, code, { time: 59_999 }).ok, true);
  assert.equal(one.verify(SECRET, code, { time: 60_000 }).ok, false);
  assert.equal(totp.verify(SECRET, totp.generate(SECRET, { time: 0 }), { time: 0 }).ok, true);
});

test('TOTP replay: a step that is not above the last accepted one is refused', () => {
  const code = totp.generate(SECRET, { time: NOW });
  const at = (/** @type {number | null | undefined} */ after) =>
    totp.verify(SECRET, code, { time: NOW, after });
  assert.equal(at(undefined).ok, true);
  assert.equal(at(null).ok, true);
  assert.equal(at(STEP - 1).ok, true);
  assert.deepEqual(at(STEP), REPLAY);
  assert.deepEqual(at(STEP + 1), REPLAY);
  const before = totp.generate(SECRET, { time: NOW - 30_000 });
  assert.deepEqual(totp.verify(SECRET, before, { time: NOW, after: STEP }), REPLAY);
});

test('a misspelt option of a call throws: it would switch replay protection off in silence', () => {
  for (const name of ['aftr', 'After', 'step', 'window']) {
    assert.throws(() => totp.verify(SECRET, '123456', /** @type {any} */ ({ [name]: 1 })), {
      code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    });
  }
  for (const value of [-2, 1.5, NaN, Infinity, '5', 2 ** 53, {}, true]) {
    const code = totp.generate(SECRET, { time: NOW });
    const given = /** @type {any} */ ({ time: NOW, after: value });
    assert.throws(() => totp.verify(SECRET, code, given), { code: 'ERR_HAUBERK_ARGUMENT' }, String(value));
  }
  for (const value of [-1, 1.5, NaN, '5', null, new Date()]) {
    const given = /** @type {any} */ ({ time: value });
    assert.throws(() => totp.verify(SECRET, '123456', given), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
});

test('what is no code is refused, whatever it is (1 MB input, NUL, arrays, numbers)', () => {
  const code = totp.generate(SECRET, { time: NOW });
  const bad = [
    ...otherInputs(),
    Number(code),
    [code],
    { toString: () => code },
    new String(code),
    `${code}\0`,
    `\0${code}`,
    `${code}1`,
    code.slice(1),
    ` ${code.slice(1)}`,
    `+${code.slice(1)}`,
    `0x${code.slice(2)}`,
    code.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
    code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    code + ' '.repeat(100),
    '1'.repeat(1_000_000),
  ];
  for (const value of bad) {
    assert.deepEqual(totp.verify(SECRET, value, { time: NOW }), WRONG, typeof value);
  }
  assert.equal(totp.verify(SECRET, `${code.slice(0, 3)} ${code.slice(3)}`, { time: NOW }).ok, true);
});

test('what is no secret throws, and the message does not repeat it', () => {
  const secrets = [
    ...otherInputs(),
    '',
    'SHORT',
    'A'.repeat(25),
    '1'.repeat(32),
    `${SECRET}\0`,
    'A'.repeat(1_000_000),
  ];
  for (const secret of [...secrets, Buffer.alloc(15), Buffer.alloc(129), new Uint8Array(0)]) {
    for (const call of [
      () => totp.verify(/** @type {any} */ (secret), '123456'),
      () => totp.generate(/** @type {any} */ (secret)),
      () => totp.uri(/** @type {any} */ (secret), 'a', 'b'),
    ]) {
      assert.throws(call, (/** @type {any} */ error) => {
        assert.equal(error.code, 'ERR_HAUBERK_MFA_SECRET');
        if (typeof secret === 'string' && secret.length > 4) assert.ok(!error.message.includes(secret));
        return true;
      });
    }
  }
  const short = 'GEZDGNBVGY3TQOJQ'; // 10 bytes
  assert.throws(() => totp.generate(short), { code: 'ERR_HAUBERK_MFA_SECRET' });
  assert.match(totp({ shortSecret: true }).generate(short), /^\d{6}$/);
});

test('new secrets have the length asked for and differ', () => {
  const many = Array.from({ length: 100 }, () => totp.generateSecret());
  assert.equal(new Set(many).size, 100);
  for (const secret of many) assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.equal(totp.generateSecret(64).length, 103);
  for (const bytes of [0, 15, 65, -1, 1.5, NaN, '20', null]) {
    assert.throws(() => totp.generateSecret(/** @type {any} */ (bytes)), {
      code: 'ERR_HAUBERK_OPTION_INVALID',
    });
  }
});

test('options out of range, or misspelt, throw', () => {
  for (const options of [
    { digits: 5 },
    { digits: 9 },
    { period: 9 },
    { period: 61 },
    { window: -1 },
    { window: 6 },
    { window: NaN },
    { algorithm: 'MD5' },
    { algorithm: 'sha1' },
    { issuer: 'a:b' },
    { issuer: '' },
    { issuer: 'a\nb' },
    { shortSecret: 1 },
  ]) {
    assert.throws(() => totp(/** @type {any} */ (options)), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  assert.throws(() => totp(/** @type {any} */ ({ windw: 1 })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /window/,
  });
});

test('the otpauth URI is read by the package otpauth, with awkward names too', () => {
  const { URI } = require('otpauth');
  const issuer = 'Caf\u00e9 & Co?';
  const one = totp({ issuer, algorithm: 'SHA256', digits: 8, period: 60 });
  const { secret, uri, svg } = one.enrol('user+tag@example.com');
  const read = /** @type {any} */ (URI.parse(uri));
  assert.equal(read.issuer, issuer);
  assert.equal(read.label, 'user+tag@example.com');
  assert.equal(read.secret.base32, secret);
  assert.deepEqual([read.algorithm, read.digits, read.period], ['SHA256', 8, 60]);
  assert.match(svg, /^<svg /);
  for (const account of ['', 'a:b', 'a\r\nb', 'x'.repeat(101), '\ud800', 5, null]) {
    assert.throws(() => one.uri(secret, /** @type {any} */ (account)), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  assert.throws(() => totp.enrol('someone'), { code: 'ERR_HAUBERK_ARGUMENT', message: /issuer/ });
});

test('the QR code is plain SVG and has bounds', () => {
  const svg = totp.qr('otpauth://totp/<script>alert(1)</script>', { size: 200 });
  assert.match(
    svg,
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="200" height="200" viewBox="0 0 (\d+) \1"/,
  );
  assert.doesNotMatch(svg, /script|style|href|on\w+=/);
  for (const text of ['', 'x'.repeat(1025), '\u20ac'.repeat(400), '\ud800', 5, null, 'x'.repeat(1_000_000)]) {
    assert.throws(() => totp.qr(/** @type {any} */ (text)), { code: 'ERR_HAUBERK_MFA_QR' });
  }
  for (const size of [0, 63, 2049, '100', NaN]) {
    const given = /** @type {any} */ ({ size });
    assert.throws(() => totp.qr('x', given), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
});

test('guard: the same code in 50 requests at once lets one in, and tells of the others', async (t) => {
  const told = events(t);
  const guard = totp.guard({ store: memoryStore(), limiter: false });
  const code = totp.generate(SECRET, { time: NOW });
  const verdicts = await Promise.all(
    Array.from({ length: 50 }, () => guard.verify('7', SECRET, code, { time: NOW })),
  );
  assert.equal(verdicts.filter((verdict) => verdict.ok).length, 1);
  assert.equal(verdicts.filter((one) => !one.ok && one.code === REPLAY.code).length, 49);
  assert.equal(
    told().filter((event) => event.event === 'authn_token_reuse' && event.practice === 'mfa').length,
    49,
  );
  assert.ok(!JSON.stringify(told()).includes(code));
  assert.deepEqual(await guard.verify('8', SECRET, code, { time: NOW }), { ok: true, step: STEP, drift: 0 });
  const earlier = totp.generate(SECRET, { time: NOW - 30_000 });
  assert.deepEqual(await guard.verify('7', SECRET, earlier, { time: NOW }), REPLAY);
  const later = totp.generate(SECRET, { time: NOW + 30_000 });
  assert.equal((await guard.verify('7', SECRET, later, { time: NOW })).ok, true);
});

test('guard: a store in a database whose answer comes late still lets one in', async () => {
  const memory = memoryStore();
  const store = {
    /** @param {string} key @param {number} value */
    advance: async (key, value) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      return memory.advance(key, value);
    },
  };
  const guard = totp.guard({ store, limiter: false });
  const code = totp.generate(SECRET, { time: NOW });
  const all = Array.from({ length: 20 }, () => guard.verify('7', SECRET, code, { time: NOW }));
  assert.equal((await Promise.all(all)).filter((verdict) => verdict.ok).length, 1);
});

test('guard: attempts are capped for each user through ratelimit, also for the right code', async () => {
  const limiter = ratelimit({ limit: 5, windowMs: 600_000, burst: 5, name: 'test-totp', slots: 1024 });
  const guard = totp.guard({ store: memoryStore(), limiter });
  for (let i = 0; i < 5; i += 1)
    assert.deepEqual(await guard.verify('7', SECRET, '000000', { time: NOW }), WRONG);
  const code = totp.generate(SECRET, { time: NOW });
  const capped = await guard.verify('7', SECRET, code, { time: NOW });
  assert.equal(capped.ok, false);
  assert.equal(!capped.ok && capped.code, 'ERR_HAUBERK_MFA_LIMITED');
  assert.ok(!capped.ok && Number(capped.retryAfterMs) > 0);
  assert.equal((await guard.verify('8', SECRET, code, { time: NOW })).ok, true);
  limiter.close();
  await assert.rejects(guard.verify('7', SECRET, code, { time: NOW }), { code: 'ERR_HAUBERK_MFA_LIMITER' });
});

test('guard: whatever fails, fails closed', async () => {
  const code = totp.generate(SECRET, { time: NOW });
  const limiters = [
    () => Promise.reject(new Error('down')),
    () => undefined,
    () => true,
    () => ({}),
    () => ({ allowed: 1 }),
    () => ({ allowed: 'yes' }),
  ];
  for (const consume of limiters) {
    const guard = totp.guard({ store: memoryStore(), limiter: /** @type {any} */ ({ consume }) });
    await assert.rejects(guard.verify('7', SECRET, code, { time: NOW }), { code: 'ERR_HAUBERK_MFA_LIMITER' });
  }
  for (const advance of [() => undefined, () => 1, () => 'OK', () => Promise.reject(new Error('down'))]) {
    const guard = totp.guard({ store: /** @type {any} */ ({ advance }), limiter: false });
    await assert.rejects(guard.verify('7', SECRET, code, { time: NOW }), { code: 'ERR_HAUBERK_MFA_STORE' });
  }
  const guard = totp.guard({ store: memoryStore(), limiter: false });
  for (const user of [...otherInputs(), '', 'x'.repeat(257), '\ud800']) {
    const rejected = guard.verify(/** @type {any} */ (user), SECRET, code, { time: NOW });
    await assert.rejects(rejected, { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  const full = totp.guard({ store: memoryStore({ max: 1 }), limiter: false });
  assert.equal((await full.verify('1', SECRET, code, { time: NOW })).ok, true);
  await assert.rejects(full.verify('2', SECRET, code, { time: NOW }), { code: 'ERR_HAUBERK_MFA_STORE' });
});

test('guard: a limiter must be given or refused on purpose, and so must a store', () => {
  const store = memoryStore();
  for (const options of [
    {},
    { store },
    { limiter: false },
    { store, limiter: {} },
    { store: {}, limiter: false },
  ]) {
    assert.throws(() => totp.guard(/** @type {any} */ (options)), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
});

test('guard: opens sealed secrets, for their own user only', async () => {
  const box = sealer({ secret: 'a secret of at least thirty-two bytes' });
  const guard = totp.guard({ store: memoryStore(), limiter: false, sealer: box });
  const code = totp.generate(SECRET, { time: NOW });
  assert.equal((await guard.verify('7', box.seal(SECRET, '7'), code, { time: NOW })).ok, true);
  const foreign = guard.verify('8', box.seal(SECRET, '7'), code, { time: NOW });
  await assert.rejects(foreign, { code: 'ERR_HAUBERK_MFA_SEALED' });
});
