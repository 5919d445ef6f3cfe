'use strict';

const assert = require('node:assert/strict');
const diagnostics = require('node:diagnostics_channel');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const hauberk = require('../..');
const { publish } = require('../../lib/internal/events');
const { events } = require('../helpers/events');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

/** An event as a practice tells it. @param {Record<string, unknown>} [more] @returns {any} */
function event(more) {
  return {
    event: 'input_validation_fail',
    practice: 'body',
    code: 'ERR_HAUBERK_BODY_SYNTAX',
    blocked: true,
    detail: 'the body is malformed',
    requestId: 'abc',
    client: '203.0.113.0/24',
    time: Date.now(),
    ...more,
  };
}

const CLIENT = { address: '203.0.113.7', key: '203.0.113.7', masked: '203.0.113.0/24' };

/** What a monitor tells until the test ends. @param {import('node:test').TestContext} t @param {any} [options] */
function listening(t, options) {
  const monitor = hauberk.monitor(options);
  t.after(() => monitor.close());
  /** @type {any[]} */
  const told = [];
  monitor.events.on('event', (record) => told.push(record));
  return { monitor, told };
}

for (const { name, express } of expresses) {
  test(`${name}: an event carries rule, reason, masked key and the correlation id of the answer`, async (t) => {
    const seen = events(t);
    const { told } = listening(t);
    const app = express();
    const guard = hauberk({ ratelimit: { limit: 1, burst: 1, windowMs: 3_600_000 }, monitor: false });
    t.after(guard.close);
    app.use(guard);
    app.use((/** @type {any} */ _req, /** @type {any} */ res) => res.end());
    const { port } = await serve(t, app);
    await send(port, { method: 'GET' });
    told.length = 0;
    const refused = await send(port, { method: 'GET' });
    assert.equal(refused.status, 429);
    const [one] = seen();
    assert.equal(one.event, 'excess_rate_limit_exceeded');
    assert.equal(one.rule, 'ratelimit/exceeded#1-in-1hr');
    assert.equal(one.reason, 'Too many requests');
    assert.equal(one.client, '127.0.0.0/24');
    assert.equal(one.requestId, refused.headers['x-request-id']);
    assert.doesNotMatch(JSON.stringify(one), /127\.0\.0\.1/);
    const [record] = told;
    assert.deepEqual(
      { ...record, time: undefined, detail: undefined },
      {
        time: undefined,
        level: 'warn',
        event: one.event,
        practice: 'ratelimit',
        code: 'ERR_HAUBERK_RATELIMIT_EXCEEDED',
        rule: one.rule,
        reason: one.reason,
        detail: undefined,
        blocked: true,
        requestId: one.requestId,
        client: '127.0.0.0/24',
      },
    );
    assert.equal(new Date(record.time).toISOString(), record.time);
  });

  test(`${name}: the rule of csrf has its number`, async (t) => {
    const seen = events(t);
    const app = express();
    app.use(hauberk.csrf());
    app.use((/** @type {any} */ _req, /** @type {any} */ res) => res.end());
    const { port } = await serve(t, app);
    const refused = await send(port, { headers: { 'Sec-Fetch-Site': 'cross-site', Cookie: 'a=b' } });
    assert.equal(seen()[0].rule, `csrf/cross-site#${refused.rule}`);
  });

  test(`${name}: allowed decisions are events only while somebody listens`, async (t) => {
    const channel = diagnostics.channel('hauberk:event:allowed');
    /** @type {any[]} */
    const seen = [];
    const listen = (/** @type {any} */ one) => seen.push(one);
    const app = express();
    const guard = hauberk();
    t.after(guard.close);
    app.use(guard);
    app.get('/', hauberk.validate({ query: { type: 'object' } }), (_req, res) => res.end());
    const { port } = await serve(t, app);
    await send(port, { method: 'GET' });
    assert.equal(seen.length, 0);
    channel.subscribe(listen);
    t.after(() => channel.unsubscribe(listen));
    const answer = await send(port, { method: 'GET' });
    const practices = seen.map(({ practice }) => practice);
    for (const practice of ['headers', 'ratelimit', 'csrf', 'body', 'validate']) {
      assert.equal(practices.filter((one) => one === practice).length, practice === 'body' ? 2 : 1, practice);
    }
    // The check of privileges stands before the request has an id.
    for (const one of seen.filter(({ practice }) => practice !== 'privileges')) {
      assert.equal(one.requestId, answer.headers['x-request-id'], one.practice);
    }
    channel.unsubscribe(listen);
    seen.length = 0;
    await send(port, { method: 'GET' });
    assert.equal(seen.length, 0);
  });
}

test('keys: masked, a keyed MAC that the secret decides, or none; never the address', (t) => {
  const secret = 'a secret of more than thirty-two bytes';
  const [masked, mac, same, other, none] = [
    listening(t),
    listening(t, { keys: 'mac', secret }),
    listening(t, { keys: 'mac', secret }),
    listening(t, { keys: 'mac', secret: `another ${secret}` }),
    listening(t, { keys: 'none' }),
  ];
  publish(event(), CLIENT);
  assert.equal(masked.told[0].client, '203.0.113.0/24');
  assert.match(mac.told[0].client, /^mac:[0-9a-f]{16}$/);
  assert.equal(same.told[0].client, mac.told[0].client);
  assert.notEqual(other.told[0].client, mac.told[0].client);
  assert.equal(none.told[0].client, undefined);
  for (const { monitor, told } of [masked, mac, none]) {
    assert.doesNotMatch(JSON.stringify([told, monitor.snapshot().offenders]), /203\.0\.113\.7/);
  }
});

test('beyond the allowance of a client, events are counted and not told; another client is', (t) => {
  const { monitor, told } = listening(t, { perKeyPerSecond: 100 });
  const before = monitor.snapshot();
  const other = { ...CLIENT, key: '198.51.100.9' };
  // One clock for all: no second passes in between.
  const time = Date.now();
  for (let i = 0; i < 5000; i += 1) publish(event({ time }), CLIENT);
  publish(event({ time, requestId: 'other' }), other);
  const rows = told.filter(({ code }) => code === 'ERR_HAUBERK_BODY_SYNTAX');
  assert.equal(rows.length, 101);
  assert.equal(rows.at(-1).requestId, 'other');
  const after = monitor.snapshot();
  assert.equal(after.dropped.sampled, 4900);
  const count = (/** @type {any} */ { events: all }) =>
    all
      .filter((/** @type {any} */ one) => one.code === 'ERR_HAUBERK_BODY_SYNTAX')
      .reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.count, 0);
  assert.equal(count(after) - count(before), 5001);
  const told_ = told.find(({ code }) => code === 'ERR_HAUBERK_MONITOR_DROPPED');
  assert.equal(told_.event, 'sys_monitor_disabled');
  assert.match(told_.detail, /^4900 events were counted but not told/);
  publish(event({ time: time + 1000 }), CLIENT);
  assert.equal(told.at(-1).client, '203.0.113.0/24');
  assert.equal(monitor.snapshot().dropped.sampled, 4900);
});

test('many clients together have an allowance too', (t) => {
  const { monitor, told } = listening(t, { perSecond: 50 });
  const time = Date.now();
  for (let i = 0; i < 500; i += 1) publish(event({ time }), { ...CLIENT, key: `198.51.100.${i}` });
  assert.equal(told.length, 50);
  assert.equal(monitor.snapshot().dropped.sampled, 450);
});

const INJECTIONS = {
  'line feed': 'x\n{"event":"authn_login_success"}',
  'carriage return': 'x\r\nforged',
  'ANSI escape': '\u001b[2J\u001b[31mred',
  'C1 control': '\u009b31m',
  'bidirectional override': 'user\u202etxt.exe\u2066',
  'zero-width and BOM': 'ad\u200bmin\ufeff',
  'line separator': 'a\u2028b\u2029c',
  NUL: 'a\u0000b',
  'lone surrogate': 'a\ud800b',
  'tag characters': 'a\u{e0041}b',
};

for (const [what, text] of Object.entries(INJECTIONS)) {
  test(`log injection: ${what} stands escaped in one line of JSON`, async (t) => {
    /** @type {string[]} */
    const chunks = [];
    const { Writable } = require('node:stream');
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
    const monitor = hauberk.monitor({ log: stream });
    publish(event({ detail: text, requestId: text, client: text, rule: text }));
    await monitor.close();
    const [line, rest] = chunks.join('').split('\n');
    assert.equal(rest, '');
    assert.match(line, /^[\x20-\x7e]+$/);
    const record = JSON.parse(line);
    for (const field of ['detail', 'requestId', 'client', 'rule']) {
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(record[field], /[\u0000-\u001f\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u, field);
      assert.match(record[field], /\\u/);
    }
    t.diagnostic(record.detail);
  });
}

test('secrets in a detail are redacted, and a text of 10 MB is cut', (t) => {
  const { told } = listening(t);
  publish(event({ detail: 'failed with password=hunter2 and Authorization: Bearer abcdefghijkl' }), CLIENT);
  publish(event({ detail: 'x'.repeat(10_000_000) }), CLIENT);
  assert.doesNotMatch(told[0].detail, /hunter2|abcdefghijkl/);
  assert.ok(told[1].detail.length < 2000);
});

test('a listener that throws ends no request, and its error is not lost', async (t) => {
  const monitor = hauberk.monitor();
  t.after(() => monitor.close());
  monitor.events.on('event', () => {
    throw new Error('thrown by a listener');
  });
  const caught = new Promise((resolve) => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const other of others) process.on('uncaughtException', other);
      resolve(error);
    });
  });
  publish(event(), CLIENT);
  assert.equal(/** @type {any} */ (await caught).message, 'thrown by a listener');
});

test('a monitor without log and listeners is not on the way of events', () => {
  const monitor = hauberk.monitor();
  assert.equal(/** @type {any} */ (monitor).journal.unwatch, undefined);
  return monitor.close();
});

test('after close nothing is told', async (t) => {
  const { monitor, told } = listening(t);
  await monitor.close();
  publish(event(), CLIENT);
  monitor.events.on('event', (record) => told.push(record));
  publish(event(), CLIENT);
  assert.deepEqual(told, []);
});

test('every event of the sources has a name of the OWASP vocabulary', () => {
  const NAMES =
    /^(?:authn_(?:login_(?:success|fail|lock|fail_max|successafterfail)|password_change|impossible_travel|token_(?:created|revoked|reuse|delete))|authz_(?:fail|change|admin)|crypt_(?:decrypt|encrypt)_fail|excess_rate_limit_exceeded|upload_\w+|input_validation_\w+|malicious_(?:excess_404|extraneous|attack_tool|sqli|cors|csrf|csp_violation|direct_reference)|privilege_permissions_changed|sensitive_(?:create|read|update|delete)|sequence_fail|session_(?:created|renewed|expired|use_after_expire)|sys_(?:startup|shutdown|restart|crash|monitor_(?:disabled|enabled)))$/;
  const lib = path.join(__dirname, '../../lib');
  let seen = 0;
  for (const name of fs.readdirSync(lib, { recursive: true }).map(String)) {
    if (!name.endsWith('.js')) continue;
    const text = fs.readFileSync(path.join(lib, name), 'utf8');
    for (const [, word] of text.matchAll(/\bevent: '(\w+)'/g)) {
      if (word === 'allowed') continue;
      seen += 1;
      assert.match(word, NAMES, `${name}: ${word}`);
    }
  }
  assert.ok(seen >= 15);
});
