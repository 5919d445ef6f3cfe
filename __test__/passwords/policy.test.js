'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const zlib = require('node:zlib');

const { policy, hash } = require('../../lib/passwords');
const { CODES } = require('../../lib/passwords/policy/reasons');

const FOLDER = process.env.HAUBERK_CORPORA ?? path.join(__dirname, '../../../shared/corpora');
const GOOD = 'vaporous lettuce orbits quietly';

/** @param {unknown} password @param {any} [about] @param {any} [rules] */
async function codes(password, about, rules = policy) {
  const verdict = await rules.check(password, about);
  assert.equal(verdict.ok, verdict.reasons.length === 0);
  for (const { code, text } of verdict.reasons) {
    assert.ok(CODES.includes(code));
    assert.match(text, /^[A-Z].{20,}[.]$/);
  }
  return verdict.reasons.map((/** @type {any} */ reason) => reason.code);
}

test('a passphrase is accepted, with its strength', async () => {
  assert.deepEqual(await policy.check(GOOD), {
    ok: true,
    reasons: [],
    score: 4,
    guessesLog10: (await policy.check(GOOD)).guessesLog10,
    length: 31,
    breached: undefined,
  });
});

test('NIST SP 800-63B-4: 15 code points alone, 8 with a second factor, counted as code points', async () => {
  const random = 'xK9#mQ2zLp7&wR4';
  assert.deepEqual(await codes(random), []);
  assert.deepEqual(await codes(random.slice(1)), ['too_short']);
  assert.deepEqual(await codes(random.slice(0, 8), { mfa: true }), []);
  assert.ok((await codes(random.slice(0, 7), { mfa: true })).includes('too_short'));
  const emoji = '\u{1F600}\u{1F680}\u{1F6F0}\u{1F40D}\u{1F9C0}\u{1F3BB}\u{1F5FF}\u{1F9ED}'; // 8 code points, 16 units
  assert.equal((await policy.check(emoji, { mfa: true })).length, 8);
  assert.ok((await codes(emoji)).includes('too_short'));
  const ligature = '\ufdfa'; // one code point, 18 in NFKC
  assert.equal((await policy.check(ligature)).length, 1);
  assert.equal((await policy({ normalize: 'NFKC' }).check(ligature)).length, 18);
});

test('nothing is cut: 4096 bytes are looked at, and what is accepted can be hashed', async () => {
  const long = `${GOOD} `.repeat(2) + 'x'.repeat(4096 - 64);
  assert.equal(Buffer.byteLength(long), 4096);
  const verdict = await policy.check(long);
  assert.equal(verdict.length, 4096);
  assert.equal(verdict.ok, true);
  assert.match(await hash(long, { memoryKiB: 8, passes: 1 }), /^\$argon2id/);
  assert.deepEqual(await codes(`${long}x`), ['too_long']);
  assert.deepEqual(await codes('\u20ac'.repeat(1366)), ['too_long']);
  const short = policy({ maxLength: 64 });
  assert.deepEqual(await codes('x'.repeat(65), {}, short), ['too_long']);
});

test('what is no password gets a reason, not an error (1 MB input, NUL, lone surrogates, other types)', async () => {
  for (const value of [undefined, null, 5, NaN, 10n, true, {}, [], [GOOD], Buffer.from(GOOD), () => GOOD]) {
    assert.deepEqual(await codes(value), ['not_text']);
  }
  assert.deepEqual(await codes('x'.repeat(1_000_000)), ['too_long']);
  assert.deepEqual(await codes(`${GOOD}\ud800`), ['ill_formed']);
  assert.deepEqual(await codes('vaporous\0lettuce\0orbits'), []);
  assert.ok((await codes('')).includes('too_short'));
});

test('the most common passwords are refused, in any case and width', async () => {
  for (const common of ['password', 'PassWord', '123456', 'qwerty', 'letmein', '\uff50assword', 'iloveyou']) {
    assert.ok((await codes(common)).includes('common'), common);
  }
  assert.ok(!(await codes(GOOD)).includes('common'));
  assert.ok(!(await codes('password', {}, policy({ common: false }))).includes('common'));
});

/** @param {string} name */
function list(name) {
  const file = path.join(FOLDER, `${name}.txt.gz`);
  if (!fs.existsSync(file)) return undefined;
  return zlib.gunzipSync(fs.readFileSync(file)).toString('utf8').split('\n').filter(Boolean);
}

test('ASVS 5, 6.2.4: the top 3000 of both lists, and all the rest of them, are refused as common', (t) => {
  const { isCommon } = require('../../lib/passwords/policy/common');
  for (const name of ['passwords-zxcvbn', 'passwords-django20k']) {
    const passwords = list(name);
    if (!passwords) return t.skip(`corpora absent: ${name}`);
    assert.ok(passwords.length > 19_000);
    assert.deepEqual(
      passwords.filter((password) => !isCommon(password)),
      [],
    );
  }
});

test('the list that is shipped takes no random password for a common one', () => {
  const { isCommon } = require('../../lib/passwords/policy/common');
  // The probability that one of these is hit is 0.004.
  const hits = Array.from({ length: 10_000 }, (_, i) => `not-common-${i}-xyzzy`).filter(isCommon);
  assert.deepEqual(hits, []);
});

test('scripts/common-passwords.js makes the committed file again', async (t) => {
  const files = ['passwords-zxcvbn', 'passwords-django20k'].map((name) =>
    path.join(FOLDER, `${name}.txt.gz`),
  );
  if (!files.every((file) => fs.existsSync(file))) return t.skip('corpora absent: passwords-zxcvbn');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-common-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const to = path.join(folder, 'common.bin');
  await require('../../scripts/common-passwords').make(files, to);
  const committed = path.join(__dirname, '../../lib/passwords/policy/common.bin');
  assert.ok(fs.readFileSync(to).equals(fs.readFileSync(committed)));
});

test('context words: names, parts of the address and the service, disguised too', async () => {
  const user = { name: 'Zbigniew Krakowiak', email: 'zbig.krak@example.org', age: 5, tags: ['x'] };
  for (const password of [
    'zbigniewkrakowiak1',
    'Zbigniew-2026-!!!!',
    '2b1gn13w_Kr4k0w14k',
    'kaiwokark-weingibz',
    'zbig.krak@example.org',
    'Z.B.I.G.N.I.E.W-12345',
    '\uff5abigniew krakowiak',
  ]) {
    assert.ok((await codes(password, { user })).includes('context'), password);
  }
  for (const about of [
    { user: 'krakowiak' },
    { user: ['x', 'krakowiak'] },
    { context: 'krakowiak' },
    { context: ['krakowiak'] },
  ]) {
    assert.ok((await codes('krakowiak-krakowiak', about)).includes('context'));
  }
  const own = policy({ context: ['Acme Corp'] });
  assert.ok((await codes('acmecorp-acmecorp', {}, own)).includes('context'));
});

test('a word inside a longer password is no reason, unless the rule says so', async () => {
  const rose = 'red rose on an old castle';
  assert.deepEqual(await codes(rose, { user: 'Rose' }), []);
  assert.deepEqual(await codes(rose, { user: 'Rose' }, policy({ contextRule: 'contains' })), ['context']);
  const off = policy({ contextRule: false, minScore: 0 });
  assert.deepEqual(await codes('zbigniewkrakowiak1', { user: 'zbigniewkrakowiak' }, off), []);
  assert.deepEqual(await codes(GOOD, { user: { a: null, b: 5, c: '', d: 'ab' } }), []);
});

test('very much context costs nothing much and throws nothing', async () => {
  const user = Array.from({ length: 10_000 }, (_, i) => `word${i} `.repeat(100));
  assert.deepEqual(
    await codes(GOOD, { user, context: ['x'.repeat(1_000_000), '\ud800\ud800\ud800\ud800'] }),
    [],
  );
});

test('what is easily guessed is refused, with what would help', async () => {
  for (const weak of [
    'qwertyuiopasdfgh',
    'aaaaaaaaaaaaaaaa',
    'passwordpassword1',
    '1234567890'.repeat(10),
    'abcabcabcabcabcabc',
  ]) {
    const { reasons, score } = await policy.check(weak);
    const reason = /** @type {any} */ (reasons.find((one) => one.code === 'weak'));
    assert.ok(reason, weak);
    assert.equal(reason.score, score);
    assert.equal(reason.minScore, 3);
    assert.ok(reason.suggestions.length > 0);
  }
  assert.deepEqual(await codes('qwertyuiopasdfgh', {}, policy({ minScore: 0, common: false })), []);
});

test('a password made to be costly for zxcvbn is answered all the same', async () => {
  const made = '4@8({[<369|1!0$5+7%2'.repeat(200);
  assert.equal((await policy.check(made)).score, 4);
});

test('composition rules are off, and there for those who must', async () => {
  assert.deepEqual(await codes('nodigitsorcapitalshere'), []);
  const rules = policy({ composition: { lower: 1, upper: 1, digit: 2, symbol: 1 }, minScore: 0 });
  const { reasons } = await rules.check('nodigitsorcapitalshere1');
  assert.deepEqual(reasons[0], {
    code: 'composition',
    text: 'The password needs a capital letter, 2 digits, a symbol.',
    missing: [
      { name: 'upper', least: 1 },
      { name: 'digit', least: 2 },
      { name: 'symbol', least: 1 },
    ],
  });
  assert.deepEqual(await codes('\u00c9t\u00e9 en Provence, 42 ans', {}, rules), []);
});

test('options out of range, or misspelt, throw at construction', async () => {
  for (const options of [
    { minLength: 7 },
    { minLength: 65 },
    { minLength: '15' },
    { minLengthWithMfa: 7 },
    { maxLength: 63 },
    { maxLength: 5000 },
    { minScore: 5 },
    { minScoreWithMfa: -1 },
    { normalize: true },
    { normalize: 'NFC' },
    { composition: true },
    { composition: { digit: -1 } },
    { common: 1 },
    { context: 'acme' },
    { context: [5] },
    { contextRule: 'any' },
    { filter: '' },
    { filter: {} },
    { breached: 'yes' },
    { breached: { url: 'http://example.com/range/' } },
    { breached: { url: 'https://example.com/range' } },
    { breached: { url: 'file:///etc/' } },
    { breached: { timeoutMs: 0 } },
    { breached: { onFailure: 'ignore' } },
    { breached: { cache: { max: -1 } } },
  ]) {
    assert.throws(
      () => policy(/** @type {any} */ (options)),
      { code: 'ERR_HAUBERK_OPTION_INVALID' },
      JSON.stringify(options),
    );
  }
  for (const options of [
    { minLenght: 8 },
    { breached: { onfailure: 'allow' } },
    { composition: { digits: 1 } },
  ]) {
    assert.throws(() => policy(/** @type {any} */ (options)), { code: 'ERR_HAUBERK_OPTION_UNKNOWN' });
  }
  await assert.rejects(policy.check(GOOD, /** @type {any} */ ({ MFA: true })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
  });
  for (const about of [{ mfa: 'yes' }, { user: 5 }, { context: [5] }]) {
    await assert.rejects(policy.check(GOOD, /** @type {any} */ (about)), {
      code: 'ERR_HAUBERK_OPTION_INVALID',
    });
  }
});
