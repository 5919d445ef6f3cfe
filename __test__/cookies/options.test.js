'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const hauberk = require('../..');
const cookies = require('../../lib/cookies');
const { CookieNames, TELLTALE } = require('../../lib/internal/cookie-names');
const { Keys } = require('../../lib/internal/keys');

const NONE = [-1, 0, NaN, Infinity, 'x', 7n, {}, Object.create(null), null, () => 1];

test('every option refuses what it cannot be, and a misspelt name gives the nearest one', () => {
  const invalid = (/** @type {any} */ options, /** @type {RegExp} */ message) =>
    assert.throws(() => cookies(options), { code: 'ERR_HAUBERK_OPTION_INVALID', message });
  for (const value of NONE) {
    invalid({ rename: value }, /cookies\.rename/);
    invalid({ insecure: value }, /cookies\.insecure/);
    invalid({ mode: value }, /cookies\.mode/);
    invalid({ sameSite: value }, /cookies\.sameSite/);
    invalid({ oldNamesUntil: value }, /cookies\.oldNamesUntil/);
    for (const list of ['names', 'keep', 'shared', 'readable']) {
      invalid({ [list]: value }, new RegExp(`cookies\\.${list}`));
      invalid({ [list]: [value === 'x' ? 'a b' : value] }, new RegExp(`cookies\\.${list}\\[0\\]`));
    }
  }
  invalid({ sameSite: 'none' }, /lax/);
  invalid({ oldNamesUntil: '31.12.2027' }, /2027-01-31/);
  invalid({ oldNamesUntil: '2027-13-45' }, /2027-01-31/);
  invalid({ oldNamesUntil: new Date(NaN) }, /a Date/);
  invalid({ keep: ['session'], shared: ['session'] }, /keep/);
  invalid({ keys: 7 }, /cookies\.keys/);
  assert.throws(() => cookies({ keys: 'short' }), { code: 'ERR_HAUBERK_SECRET' });
  assert.throws(() => cookies(/** @type {any} */ ({ readble: [] })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /did you mean readable/,
  });
  assert.throws(() => hauberk(/** @type {any} */ ({ cookie: {} })), { message: /did you mean cookies/ });
});

test('handed to Express without being called, it says so', () => {
  assert.throws(() => /** @type {any} */ (cookies)({}, {}, () => {}), {
    code: 'ERR_HAUBERK_GUARD_NOT_CALLED',
  });
});

test('names: from the secret, different for each secret and each name, the same on every start', () => {
  const of = (/** @type {string} */ secret, /** @type {string} */ name) =>
    new CookieNames(new Keys(secret)).outgoing(name);
  const one = 'x'.repeat(40);
  assert.equal(of(one, 'connect.sid'), of(one, 'connect.sid'));
  const all = TELLTALE.flatMap((name) => [of(one, name), of('y'.repeat(40), name)]);
  assert.equal(new Set(all).size, TELLTALE.length * 2);
  for (const name of all) assert.match(name, /^__Host-[\w-]{16}$/);
  assert.equal(of(one, 'theme'), 'theme');
  const names = new CookieNames(new Keys([one, 'y'.repeat(40)]));
  for (const name of TELLTALE) {
    for (const plain of [false, true]) assert.equal(names.incoming(names.outgoing(name, plain), plain), name);
    assert.equal(names.incoming(name), undefined);
  }
});

test('names without a secret: from the package of the application, the same in every process', (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-names-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const lib = JSON.stringify(path.join(__dirname, '../../lib/internal'));
  const script = `const { Keys } = require(${lib} + '/keys'); const { CookieNames } = require(${lib} + '/cookie-names');
    console.log(new CookieNames(new Keys(undefined)).outgoing('connect.sid'));`;
  const nameOf = (/** @type {string} */ name, /** @type {string} */ cwd) => {
    const home = path.join(folder, name, 'src');
    fs.mkdirSync(home, { recursive: true });
    fs.writeFileSync(path.join(folder, name, 'package.json'), JSON.stringify({ name }));
    fs.writeFileSync(path.join(home, 'main.js'), script);
    const env = { ...process.env, HAUBERK_SECRET: '' };
    return execFileSync(process.execPath, [path.join(home, 'main.js')], {
      cwd,
      env,
      encoding: 'utf8',
    }).trim();
  };
  const first = nameOf('shop', folder);
  assert.match(first, /^__Host-[\w-]{16}$/);
  assert.equal(nameOf('shop', os.tmpdir()), first);
  assert.notEqual(nameOf('blog', folder), first);
});

test('the report says what is unsafe or will change', (t) => {
  const whats = (/** @type {any} */ options) => {
    const guard = hauberk(options);
    t.after(() => guard.close());
    return guard
      .report()
      .findings.filter(({ practice }) => practice === 'cookies')
      .map(({ level, what }) => `${level} ${what}`);
  };
  const secret = 'x'.repeat(40);
  assert.deepEqual(whats({ secret }), []);
  assert.match(whats({})[0], /^note the names of session cookies are derived from the package/);
  assert.match(whats({ secret, cookies: { rename: false } })[0], /^note session cookies keep the names/);
  assert.match(whats({ secret, cookies: { oldNamesUntil: '2020-01-01' } })[0], /^note the time .* is over/);
  assert.match(whats({ secret, cookies: false })[0], /^unsafe cookies is off/);
});
