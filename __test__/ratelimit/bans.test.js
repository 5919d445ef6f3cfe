'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { serve, expresses } = require('../helpers/server');
const hauberk = require('../..');
const { bans: open } = require('../../lib/ratelimit');

const HOUR = 3_600_000;
const code =
  (name, text = '') =>
  (error) =>
    error.code === name && error.message.includes(text);
let number = 0;
/** Bans that no other test shares. @param {import('node:test').TestContext} t @param {object} [options] */
function own(t, options) {
  const bans = open({ name: `test-${(number += 1)}`, ...options });
  t.after(() => bans.close());
  return bans;
}

test('a ban holds until its end, and not for others', async (t) => {
  const bans = own(t);
  assert.equal(bans.check('203.0.113.1'), undefined);
  const before = Date.now();
  const ban = bans.ban('203.0.113.1', HOUR, 'scanner');
  assert.equal(ban.reason, 'scanner');
  assert.ok(ban.untilMs >= before + HOUR - 2 && ban.untilMs <= Date.now() + HOUR);
  assert.equal(bans.check('203.0.113.1').reason, 'scanner');
  assert.equal(bans.check('203.0.113.2'), undefined);
  assert.equal(bans.count(), 1);
  bans.unban('203.0.113.1');
  assert.equal(bans.check('203.0.113.1'), undefined);
  bans.ban('203.0.113.1', 30);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(bans.check('203.0.113.1'), undefined);
  assert.equal(bans.count(), 0);
});

test('a longer ban stays, a shorter one is made longer', (t) => {
  const bans = own(t);
  bans.ban('k', HOUR, 'login');
  assert.equal(bans.ban('k', 1000, 'manual').reason, 'login');
  assert.ok(bans.ban('k', 2 * HOUR, 'flood').leftMs > HOUR);
  assert.equal(bans.check('k').reason, 'flood');
});

test('a flood of bans stays in its table and keeps the longest', (t) => {
  const bans = own(t, { slots: 1024 });
  bans.ban('worst', 24 * HOUR);
  for (let i = 0; i < 50_000; i += 1) bans.ban(`k-${i}`, HOUR);
  assert.ok(bans.check('worst'));
  assert.equal(bans.count(), 1024);
  assert.ok(bans.lost() > 40_000);
});

test('scope machine: another process sees the ban', (t) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-bans-'));
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const options = { scope: 'machine', directory, reasons: ['one', 'two'] };
  const bans = own(t, options);
  const source = `const { bans } = require(${JSON.stringify(path.join(__dirname, '../../lib/ratelimit'))});
    bans(${JSON.stringify({ ...options, name: `test-${number}` })}).ban('k', ${HOUR}, 'two');`;
  execFileSync(process.execPath, ['-e', source]);
  assert.equal(bans.check('k').reason, 'two');
});

test('what cannot be a ban throws', (t) => {
  const bans = own(t);
  for (const ms of [0, -1, NaN, Infinity, 1.5, '5', null, undefined, 1e15]) {
    assert.throws(() => bans.ban('k', ms), code('ERR_HAUBERK_ARGUMENT'), String(ms));
  }
  assert.throws(() => bans.ban('k', 1000, 'whim'), code('ERR_HAUBERK_ARGUMENT', 'reason'));
  for (const key of ['', 1, null, {}, 'x'.repeat(1025), '\ud800']) {
    for (const act of [() => bans.ban(key, 1000), () => bans.check(key), () => bans.unban(key)]) {
      assert.throws(act, code('ERR_HAUBERK_RATELIMIT_KEY'));
    }
  }
  for (const options of [{ reasons: [] }, { reasons: ['a', 'a'] }, { reasons: ['a b'] }, { slots: 1 }]) {
    assert.throws(() => open(options), code('ERR_HAUBERK_OPTION_INVALID'));
  }
  assert.throws(() => open({ scop: 'machine' }), code('ERR_HAUBERK_OPTION_UNKNOWN', 'scope'));
  bans.close();
  bans.close();
  assert.throws(() => bans.check('k'), code('ERR_HAUBERK_RATELIMIT_TABLE'));
});

for (const { name, express } of expresses) {
  test(`${name}: the guard turns a banned client away before everything else`, async (t) => {
    const app = express();
    const guard = hauberk({ bans: { name: `guard-${name.slice(-1)}` } });
    t.after(guard.close);
    app.use(guard);
    app.get('/', (_req, res) => res.end('ok'));
    const { url } = await serve(t, app);
    assert.equal((await fetch(url)).status, 200);
    guard.bans.ban('127.0.0.1', HOUR, 'anomaly');
    const refused = await fetch(url);
    assert.equal(refused.status, 403);
    assert.match(refused.headers.get('content-type'), /^application\/problem\+json/);
    assert.equal(refused.headers.get('retry-after'), '3600');
    // It is charged nothing, and told nothing of the limits.
    assert.equal(refused.headers.get('ratelimit'), null);
    const problem = await refused.json();
    assert.equal(problem.type, 'https://iana.org/assignments/http-problem-types#abnormal-usage-detected');
    guard.bans.unban('127.0.0.1');
    assert.equal((await fetch(url)).status, 200);
  });
}

test('bans in dry run tell and let through; bans made elsewhere are used and not closed', async (t) => {
  const bans = own(t);
  const guard = hauberk({ bans: { use: bans, mode: 'report' } });
  const { url } = await serve(t, (req, res) => guard(req, res, () => res.end('ok')));
  bans.ban('127.0.0.1', HOUR);
  /** @type {any[]} */
  const events = [];
  const listen = (event) => events.push(event);
  require('node:diagnostics_channel').subscribe('hauberk:event', listen);
  t.after(() => require('node:diagnostics_channel').unsubscribe('hauberk:event', listen));
  assert.equal((await fetch(url)).status, 200);
  assert.deepEqual(
    events.map((event) => [event.code, event.blocked]),
    [['ERR_HAUBERK_RATELIMIT_BANNED', false]],
  );
  guard.close();
  assert.ok(bans.check('127.0.0.1'));
});

test('without the option there are no bans', () => {
  const guard = hauberk();
  assert.equal(guard.bans, undefined);
  assert.equal(guard.report().practices.bans, 'off');
  assert.ok(guard.report().findings.every(({ practice }) => practice !== 'bans'));
  guard.close();
});
