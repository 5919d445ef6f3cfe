'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');

const hauberk = require('../..');
const { HauberkError } = require('../../lib/internal/fault');
const anomalies = require('../../lib/monitor/anomalies');
const { corpus } = require('../helpers/corpora');
const { events } = require('../helpers/events');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';
const ANOMALY = 'ERR_HAUBERK_MONITOR_ANOMALY';

/**
 * Anomalies by themselves, under a clock of the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} [options]
 * @param {any} [bans]
 */
function alone(t, options = {}, bans = undefined) {
  /** @type {any[]} */
  const told = [];
  const clock = { ms: 1_000_000 };
  const settings = anomalies.parse(options);
  const made = anomalies.create(settings, { emit: (event) => told.push(event), bans, now: () => clock.ms });
  t.after(() => made.close());
  return { made, told, clock };
}

/**
 * A guarded app; `ask` sends one request in the name of an address.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} express
 * @param {any} monitor
 * @param {any} [more]
 */
async function guarded(t, express, monitor, more = {}) {
  const guard = hauberk({
    secret: SECRET,
    privileges: false,
    client: { trustProxy: 'private' },
    ratelimit: false,
    monitor,
    ...more,
  });
  t.after(() => guard.close());
  const app = express();
  app.use(guard);
  app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.json({ ok: true }));
  app.get('/secret', (/** @type {any} */ _req, /** @type {any} */ res) => res.status(401).json({}));
  app.post('/valid', hauberk.validate({ body: { type: 'object', required: ['a'] } }), (_req, res) =>
    res.json({}),
  );
  app.use(guard.errors);
  const { port } = await serve(t, app);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  t.after(() => agent.destroy());
  /** @returns {Promise<number>} the status */
  const ask = (/** @type {string} */ from, /** @type {any} */ request = {}) =>
    new Promise((resolve, reject) => {
      const { path: target = '/', method = 'GET', headers = {}, body = '' } = request;
      const all = { 'X-Forwarded-For': from, 'Content-Length': Buffer.byteLength(body), ...headers };
      const req = http.request(
        { port, host: '127.0.0.1', agent, path: target, method, headers: all },
        (res) => {
          res.resume().on('end', () => resolve(res.statusCode ?? 0));
        },
      );
      req.on('error', reject);
      req.end(body);
    });
  return { guard, ask };
}

const anomaliesOf = (/** @type {any[]} */ all) => all.filter(({ code }) => code === ANOMALY);

for (const { name, express } of expresses) {
  test(`${name}: a burst of 404 by one client among ten thousand is caught, and banned; no other one is`, async (t) => {
    const seen = events(t);
    const { guard, ask } = await guarded(t, express, { anomalies: { windowMs: 3_600_000, ban: true } });
    const people = name === 'Express 5' ? 10_000 : 1000;
    const scanner = '203.0.113.99';
    /** @type {number[]} */
    const answers = [];
    let next = 0;
    const person = async () => {
      for (let n = next++; n < people; n = next++) {
        const from = `198.18.${n % 250}.${1 + Math.floor(n / 250)}`;
        // Every other one misses once.
        if (n % 2 === 0) assert.equal(await ask(from), 200);
        else assert.equal(await ask(from, { path: '/favicon.ico' }), 404);
      }
    };
    const attacker = async () => {
      for (let i = 0; i < 60; i += 1) answers.push(await ask(scanner, { path: `/guess/${i}` }));
    };
    await Promise.all([...Array.from({ length: 12 }, person), attacker()]);
    // Told at the thirtieth; the very next request meets the ban.
    assert.deepEqual(answers, [...Array(30).fill(404), ...Array(30).fill(403)]);
    const found = anomaliesOf(seen());
    assert.equal(found.length, 1);
    assert.equal(found[0].event, 'malicious_excess_404');
    assert.equal(found[0].client, '203.0.113.0/24');
    assert.equal(found[0].blocked, true);
    assert.match(found[0].detail, /^anomaly notFound: 30 in 3600 s by one client/);
    assert.equal(guard.bans.check(scanner).reason, 'scanner');
    assert.equal(guard.bans.count(), 1);
    const stats = guard.monitor.snapshot().anomalies;
    assert.equal(stats.banned, 1);
    assert.equal(stats.told.notFound, 1);
    assert.equal(stats.counted.notFound, people / 2 + 30);
    // What a banned client still sends is not counted against it.
    assert.equal(stats.counted.forbidden, 0);
  });

  test(`${name}: each answer is counted once, whoever gave it`, async (t) => {
    const { guard, ask } = await guarded(t, express, { anomalies: true });
    const json = { 'Content-Type': 'application/json' };
    assert.equal(await ask('198.18.0.1', { path: '/secret' }), 401);
    assert.equal(await ask('198.18.0.1', { path: '/nowhere' }), 404);
    assert.equal(await ask('198.18.0.1', { path: '/valid', method: 'POST', headers: json, body: '{}' }), 422);
    assert.equal(await ask('198.18.0.1', { path: '/valid', method: 'POST', headers: json, body: '{' }), 400);
    const proto = '{"__proto__":1}';
    assert.equal(
      await ask('198.18.0.1', { path: '/valid', method: 'POST', headers: json, body: proto }),
      422,
    );
    const large = `"${'x'.repeat(200_000)}"`;
    assert.equal(
      await ask('198.18.0.1', { path: '/valid', method: 'POST', headers: json, body: large }),
      413,
    );
    const form = {
      'Content-Type': 'text/plain',
      'Sec-Fetch-Site': 'cross-site',
      Origin: 'https://e.example',
    };
    assert.equal(await ask('198.18.0.1', { path: '/valid', method: 'POST', headers: form, body: 'x' }), 403);
    assert.deepEqual(guard.monitor.snapshot().anomalies.counted, {
      unauthorized: 1,
      forbidden: 1,
      notFound: 1,
      tooLarge: 1,
      limited: 0,
      invalid: 3,
      probe: 0,
      tool: 0,
    });
  });

  test(`${name}: over the rate limit for long is an anomaly`, async (t) => {
    const seen = events(t);
    const { ask } = await guarded(
      t,
      express,
      { anomalies: { thresholds: { limited: 5 } } },
      { ratelimit: { limit: 1, windowMs: 3_600_000 } },
    );
    for (let i = 0; i < 8; i += 1) await ask('198.18.0.1');
    const [one, ...others] = anomaliesOf(seen());
    assert.equal(others.length, 0);
    assert.equal(one.event, 'excess_rate_limit_exceeded');
    assert.equal(one.blocked, false);
  });

  test(`${name}: a scanner is found by its paths, an attack tool by its agent, whatever the answer`, async (t) => {
    const seen = events(t);
    const { ask, guard } = await guarded(t, express, { anomalies: { ban: 60_000 } });
    for (const target of ['/.env', '/api/%2e%67it/config', '/wp-login.php?x=1']) {
      await ask('198.18.0.1', { path: target });
    }
    const nikto = { 'User-Agent': 'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000001)' };
    assert.equal(await ask('198.18.7.2', { headers: nikto }), 200);
    assert.equal(await ask('198.18.7.2', { headers: nikto }), 403);
    const found = anomaliesOf(seen());
    assert.deepEqual(
      found.map(({ event, client }) => [event, client]),
      [
        ['malicious_attack_tool', '198.18.0.0/24'],
        ['malicious_attack_tool', '198.18.7.0/24'],
      ],
    );
    assert.match(found[0].detail, /^anomaly probe: 3 /);
    assert.match(found[1].detail, /^anomaly tool: 1 /);
    assert.equal(guard.bans.count(), 2);
  });

  test(`${name}: behind a proxy that shares its connections each agent is looked at`, async (t) => {
    const { ask, guard } = await guarded(t, express, { anomalies: true });
    for (const [from, agent] of [
      ['198.18.0.1', 'Mozilla/5.0 Firefox/140.0'],
      ['198.18.0.2', 'sqlmap/1.8'],
      ['198.18.0.3', 'Mozilla/5.0 Firefox/140.0'],
      ['198.18.0.2', 'sqlmap/1.8'],
    ]) {
      await ask(from, { headers: { 'User-Agent': agent } });
    }
    const { counted, recent } = guard.monitor.snapshot().anomalies;
    assert.equal(counted.tool, 2);
    assert.equal(recent.length, 1);
  });

  test(`${name}: a path that the application serves is no probe`, async (t) => {
    const { guard, ask } = await guarded(t, express, { anomalies: true }, {});
    assert.equal(await ask('198.18.0.1', { path: '/?next=/.env' }), 200);
    assert.equal(guard.monitor.snapshot().anomalies.counted.probe, 0);
  });

  test(`${name}: a client that speaks plain HTTP is not counted`, async (t) => {
    const { guard, ask } = await guarded(
      t,
      express,
      { anomalies: { thresholds: { forbidden: 1, invalid: 1 }, ban: true } },
      { https: { hosts: ['api.example'], api: 'refuse' } },
    );
    for (let i = 0; i < 5; i += 1) {
      assert.equal(
        await ask('198.18.0.1', { headers: { Host: 'api.example', Accept: 'application/json' } }),
        403,
      );
    }
    const { counted, banned } = guard.monitor.snapshot().anomalies;
    assert.equal(banned, 0);
    assert.deepEqual(new Set(Object.values(counted)), new Set([0]));
  });

  test(`${name}: in dry run the guard tells who would be banned, and bans nobody`, async (t) => {
    const seen = events(t);
    const { guard, ask } = await guarded(t, express, { anomalies: { ban: true } }, { mode: 'report' });
    for (let i = 0; i < 40; i += 1) assert.equal(await ask('198.18.0.1', { path: '/x' }), 404);
    const [one, ...others] = anomaliesOf(seen());
    assert.equal(others.length, 0);
    assert.equal(one.blocked, false);
    assert.match(one.detail, /in enforce mode: banned for 600 s$/);
    assert.equal(guard.bans.count(), 0);
  });

  test(`${name}: what would only be refused in dry run is not counted`, async (t) => {
    const { guard, ask } = await guarded(
      t,
      express,
      { anomalies: true },
      { ratelimit: { limit: 1, windowMs: 3_600_000, mode: 'report' } },
    );
    for (let i = 0; i < 5; i += 1) assert.equal(await ask('198.18.0.1'), 200);
    assert.equal(guard.monitor.snapshot().anomalies.counted.limited, 0);
  });
}

test('thresholds slide: what is older than the window is gone', (t) => {
  const { made, told, clock } = alone(t, { windowMs: 8000, thresholds: { notFound: 5 } });
  const miss = () => made.count({ status: 404 }, '198.18.0.1');
  for (let i = 0; i < 4; i += 1) miss();
  clock.ms += 8000;
  for (let i = 0; i < 4; i += 1) miss();
  assert.equal(told.length, 0);
  clock.ms += 2000;
  miss();
  assert.equal(told.length, 1);
  assert.match(told[0].detail, /^anomaly notFound: 5 in 8 s/);
});

test('an anomaly is told once per window while it goes on', (t) => {
  const { made, told, clock } = alone(t, { windowMs: 8000, thresholds: { notFound: 3 } });
  for (let second = 0; second < 32; second += 1) {
    for (let i = 0; i < 10; i += 1) made.count({ status: 404 }, '198.18.0.1');
    clock.ms += 1000;
  }
  assert.equal(told.length, 4);
});

test('a threshold can have a window of its own, and a kind can be off', (t) => {
  const thresholds = { unauthorized: { count: 3, windowMs: 600_000 }, notFound: false };
  const { made, told, clock } = alone(t, { thresholds });
  for (let i = 0; i < 3; i += 1) {
    made.count({ status: 401 }, 'a');
    for (let j = 0; j < 100; j += 1) made.count({ status: 404 }, 'a');
    clock.ms += 120_000;
  }
  assert.deepEqual(
    told.map(({ event }) => event),
    ['authn_login_fail_max'],
  );
});

test('an event of a refusal counts by its status, once', (t) => {
  const { made } = alone(t);
  made.count({ code: 'ERR_HAUBERK_RATELIMIT_EXCEEDED', blocked: true }, 'a');
  made.count({ code: 'ERR_HAUBERK_VALIDATE_FAILED', blocked: true }, 'a');
  made.count({ code: 'ERR_HAUBERK_VALIDATE_FAILED', blocked: false }, 'a');
  for (const never of ['ERR_HAUBERK_HTTPS_REQUIRED', 'ERR_HAUBERK_RATELIMIT_BANNED', ANOMALY]) {
    made.count({ code: never, status: 403, blocked: true }, 'a');
  }
  made.count({ code: 'ERR_HAUBERK_VALIDATE_FAILED', blocked: true }, undefined);
  const { counted } = made.stats();
  assert.equal(counted.limited, 1);
  assert.equal(counted.invalid, 1);
  assert.equal(counted.forbidden, 0);
});

test('a flood of clients takes no more memory, and hides nobody who scans', (t) => {
  const { made, told } = alone(t, { clients: 64 });
  for (let i = 0; i < 10; i += 1) made.count({ status: 404 }, 'the scanner');
  for (let i = 0; i < 20_000; i += 1) made.count({ status: 404 }, `other ${i}`);
  for (let i = 0; i < 20; i += 1) made.count({ status: 404 }, 'the scanner');
  assert.equal(told.length, 1);
  const { clients, capacity, evicted } = made.stats();
  assert.equal(capacity, 64);
  assert.ok(evicted > 19_000);
  assert.ok(clients <= 64);
});

test('who has no address is everybody, and never banned', (t) => {
  /** @type {string[]} */
  const banned = [];
  const bans = { ban: (/** @type {string} */ key) => banned.push(key) };
  const { made, told } = alone(t, { ban: { use: bans } });
  for (let i = 0; i < 30; i += 1) made.count({ status: 404 }, 'unknown');
  for (let i = 0; i < 30; i += 1) made.count({ status: 404 }, '198.18.0.1');
  assert.equal(told.length, 2);
  assert.deepEqual(banned, ['198.18.0.1']);
});

test('ban.kinds: only these are banned', (t) => {
  /** @type {any[]} */
  const banned = [];
  const bans = { ban: (/** @type {any[]} */ ...all) => banned.push(all), reasons: ['login', 'scanner'] };
  const { made, told } = alone(t, { ban: { ms: 5000, kinds: ['unauthorized'], use: bans } });
  for (let i = 0; i < 30; i += 1) made.count({ status: 404 }, 'a');
  for (let i = 0; i < 30; i += 1) made.count({ status: 401 }, 'b');
  assert.equal(told.length, 2);
  assert.deepEqual(banned, [['b', 5000, 'login']]);
});

test('allow: a client in these networks is not counted', async (t) => {
  const { guard, ask } = await guarded(t, expresses[1].express, { anomalies: { allow: ['198.18.0.0/16'] } });
  await ask('198.18.3.4', { path: '/x' });
  await ask('198.19.3.4', { path: '/x' });
  assert.equal(guard.monitor.snapshot().anomalies.counted.notFound, 1);
});

test('bans that were closed break no answer', async (t) => {
  const bans = hauberk.ratelimit.bans();
  const { ask, guard } = await guarded(t, expresses[1].express, { anomalies: { ban: { use: bans } } });
  bans.close();
  for (let i = 0; i < 35; i += 1) assert.equal(await ask('198.18.0.1', { path: '/x' }), 404);
  const { banned, told } = guard.monitor.snapshot().anomalies;
  assert.equal(told.notFound, 1);
  assert.equal(banned, 0);
});

test('bans that are kept elsewhere and out of reach break no answer, and no process', async (t) => {
  let asked = 0;
  const bans = {
    async ban() {
      asked += 1;
      throw new Error('out of reach');
    },
  };
  // A rejection that nobody handles would fail the file.
  const { ask } = await guarded(t, expresses[1].express, { anomalies: { ban: { use: bans } } });
  for (let i = 0; i < 35; i += 1) assert.equal(await ask('198.18.0.1', { path: '/x' }), 404);
  assert.equal(asked, 1);
});

test("scope 'machine': another process shuts the client out too", async (t) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-anomalies-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const place = { scope: 'machine', name: 'anomalies-test', directory, slots: 1024 };
  const { ask } = await guarded(t, expresses[1].express, { anomalies: { ban: true } }, { bans: place });
  for (let i = 0; i < 31; i += 1) await ask('198.18.0.1', { path: '/x' });
  const program = `
    const bans = require(${JSON.stringify(path.join(__dirname, '../..'))}).ratelimit.bans(${JSON.stringify(place)});
    console.log(bans.check('198.18.0.1')?.reason, bans.check('198.18.0.2')?.reason);`;
  assert.equal(
    execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }).trim(),
    'scanner undefined',
  );
});

test('threads count together', async (t) => {
  const { made } = alone(t, { name: 'threads-test', thresholds: { notFound: 100 } });
  const file = require.resolve('../../lib/monitor/anomalies');
  const program = `
    const { parentPort } = require('node:worker_threads');
    const { parse, create } = require(${JSON.stringify(file)});
    const settings = parse({ name: 'threads-test', thresholds: { notFound: 100 } });
    let told = 0;
    const made = create(settings, { emit: () => (told += 1), now: () => 1_000_000 });
    for (let i = 0; i < 25; i += 1) made.count({ status: 404 }, 'a');
    parentPort.postMessage(told);`;
  const threads = Array.from({ length: 4 }, () => new Worker(program, { eval: true }));
  const told = await Promise.all(
    threads.map(
      (thread) => new Promise((resolve, reject) => thread.on('message', resolve).on('error', reject)),
    ),
  );
  assert.equal(
    told.reduce((sum, one) => sum + one, 0),
    1,
  );
  assert.equal(made.stats().clients, 1);
});

test('no browser, search engine or library is taken for an attack tool; scanners are', (t) => {
  const rows = corpus('user-agents');
  if (rows === undefined) return t.skip('corpora absent: user-agents');
  const { made } = alone(t);
  let people = 0;
  /** @type {string[]} */
  const found = [];
  for (const { input, expect } of rows) {
    const before = made.stats().counted.tool;
    made.count({ status: 200, agent: input }, 'a');
    const isTool = made.stats().counted.tool > before;
    if (!expect.bot) {
      people += 1;
      assert.equal(isTool, false, input);
    }
    if (isTool) found.push(expect.pattern);
  }
  assert.ok(people > 400);
  assert.deepEqual([...new Set(found)].sort(), [
    'OpenVAS',
    'WPScan',
    'WhatWeb\\/',
    'ZmEu',
    'l9explore',
    'zgrab',
  ]);
});

test('two access logs of public servers: no client reaches a threshold of a status', (t) => {
  for (const name of ['trace-semicomplete2015', 'trace-basjes2015']) {
    const rows = corpus(name);
    if (rows === undefined) return t.skip(`corpora absent: ${name}`);
    const { made, told, clock } = alone(t);
    for (const { t: seconds, ip, s: status, u: target, ua: agent } of rows) {
      clock.ms = 1_000_000 + seconds * 1000;
      made.count({ status, path: target, agent }, ip);
    }
    assert.ok(made.stats().counted.notFound > 0);
    assert.deepEqual(
      told.map(({ detail }) => detail).filter((detail) => !/^anomaly (?:probe|tool)/.test(detail)),
      [],
    );
  }
});

test('log injection: nothing of a request stands in the event', (t) => {
  const { made, told } = alone(t);
  const evil = '/.env/\r\n{"event":"forged"}\u001b[31m\u202e';
  for (let i = 0; i < 3; i += 1) made.count({ status: 404, path: evil, agent: `nikto ${evil}` }, 'a');
  assert.equal(told.length, 2);
  for (const { detail } of told) assert.match(detail, /^[\x20-\x7e]+$/);
});

test('odd input is counted or not, never an exception', (t) => {
  const { made } = alone(t);
  for (const status of [0, -1, NaN, 200, 999, 1e9]) made.count({ status }, 'a');
  for (const path_ of ['', '%', '%00'.repeat(500), '\ud800/.env', 'x'.repeat(1 << 20)]) {
    made.count({ status: 404, path: path_, agent: path_ }, '\ud800'.repeat(300));
  }
  made.count({ code: '__proto__' }, 'a');
  made.close();
  made.close();
  made.count({ status: 404 }, 'a');
  assert.equal(made.stats().clients, 0);
});

test('options: what is misspelt or out of range throws', () => {
  const bad = (/** @type {any} */ options, /** @type {RegExp} */ message) =>
    assert.throws(
      () => hauberk.monitor({ anomalies: options }),
      (error) => error instanceof HauberkError && message.test(error.message),
    );
  bad({ windowMS: 1 }, /did you mean windowMs/);
  bad({ thresholds: { notfound: 3 } }, /did you mean notFound/);
  for (const value of [0, -1, 1.5, NaN, '30', true, [], 60_001])
    bad({ thresholds: { notFound: value } }, /notFound/);
  bad({ thresholds: { notFound: { windowMs: 5000 } } }, /notFound.count must be given/);
  for (const value of [999, 86_400_001, Infinity, '60s']) bad({ windowMs: value }, /windowMs/);
  for (const value of [0, 63, 2 ** 20 + 1, 1.5]) bad({ clients: value }, /clients/);
  for (const value of [0, 999, 'ten minutes', null, []]) bad({ ban: value }, /ban/);
  bad({ ban: { kinds: ['notFound', 'other'] } }, /kinds/);
  bad({ ban: { use: {} } }, /ratelimit.bans/);
  bad({ allow: ['nobody'] }, /allow/);
  bad({ mode: 'off' }, /mode/);
  bad('yes', /anomalies/);
  bad({ ban: true }, /needs bans/);
});

test('in a guard a ban needs its bans: they come on by themselves, and may not be off', (t) => {
  const guard = hauberk({ secret: SECRET, monitor: { anomalies: { ban: true } } });
  t.after(() => guard.close());
  assert.equal(guard.report().practices.bans, 'on');
  const without = hauberk({ secret: SECRET, monitor: { anomalies: true } });
  t.after(() => without.close());
  assert.equal(without.report().practices.bans, 'off');
  assert.throws(
    () => hauberk({ secret: SECRET, bans: false, monitor: { anomalies: { ban: true } } }),
    /needs bans/,
  );
});
