'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const net = require('node:net');
const path = require('node:path');
const test = require('node:test');

const ratelimit = require('../../lib/ratelimit');
const { events } = require('../helpers/events');
const { clients, freePort, missing, redisServer, until } = require('../helpers/redis');

const HOUR = 3_600_000;

/**
 * A limiter that waits for a server on a busy machine.
 *
 * @param {import('node:test').TestContext} t @param {any} redis @param {object} [options]
 */
function limiter(t, redis, options) {
  const made = ratelimit({ redis, limit: 10, windowMs: HOUR, deadlineMs: 10_000, ...options });
  t.after(() => made.close());
  return made;
}

/** Whether decisions come from the server: of the substitute nothing is left of 10 after 5. */
async function inService(made) {
  return (await made.get(`new-${Math.random()}`)).remaining === 10;
}

/** Decides under load for a while, and waits for every decision; gives how many there were. */
async function load(made, ms, keyOf = (i) => `load-${i % 50}`) {
  const pending = [];
  for (const end = performance.now() + ms; performance.now() < end;) {
    pending.push(made.consume(keyOf(pending.length)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(pending);
  return pending.length;
}

for (const { name, open } of clients) {
  test(`${name}: decides as the local limiter does, in one bucket for all limiters of the name`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const first = limiter(t, open(t, server.port), { name: 'pair', limit: 3 });
    const second = limiter(t, open(t, server.port), { name: 'pair', limit: 3 });
    await until(
      async () => (await first.get('x')).remaining === 3 && (await second.get('x')).remaining === 3,
    );
    const local = ratelimit({ limit: 3, windowMs: HOUR });
    for (let i = 0; i < 5; i += 1) {
      const ours = await (i % 2 ? first : second).consume('client');
      const theirs = local.consume('client');
      assert.equal(ours.allowed, theirs.allowed);
      assert.equal(ours.remaining, theirs.remaining);
      assert.ok(Math.abs(ours.resetMs - theirs.resetMs) < 2000);
      assert.ok(Math.abs(ours.retryAfterMs - theirs.retryAfterMs) < 2000);
    }
    await first.reset('client');
    assert.equal((await first.consume('client')).allowed, true);
    assert.equal((await first.consume('another', 3)).remaining, 0);
    assert.equal((await first.consume('one more', 2)).remaining, 1);
  });

  test(`${name}: stopped under load (SIGTERM) and back, told once each`, async (t) => {
    if (missing) return t.skip(missing);
    const seen = events(t);
    const server = await redisServer(t);
    const made = limiter(t, open(t, server.port), { name: 'term' });
    await until(() => inService(made));
    const before = seen().length;
    const running = load(made, 4000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await server.stop('SIGTERM');
    // Long enough that the client itself would wait for a second and more before it connects again.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await server.start();
    await until(() => inService(made));
    await running;
    const told = seen()
      .slice(before)
      .filter(({ code }) => code === 'ERR_HAUBERK_RATELIMIT_STORE');
    assert.deepEqual(
      told.map(({ event }) => event),
      ['sys_monitor_disabled', 'sys_monitor_enabled'],
    );
  });

  test(`${name}: store timeout (SIGSTOP): decisions are made while it is frozen`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const made = limiter(t, open(t, server.port), { name: 'freeze', deadlineMs: 50 });
    await until(() => inService(made));
    server.kill('SIGSTOP');
    // Waits for every decision: none of them may need the server.
    assert.ok((await load(made, 700)) > 10);
    server.kill('SIGCONT');
    await until(() => inService(made));
  });

  test(`${name}: down at start, then there`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t, { started: false });
    const made = limiter(t, open(t, server.port), { name: 'late' });
    assert.equal((await made.consume('a')).allowed, true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.start();
    await until(() => inService(made));
    assert.equal((await made.consume('a')).remaining, 9);
  });

  test(`${name}: garbage answers are no answers, and end nothing`, async (t) => {
    const greeting = /^(?:HELLO|INFO|CLIENT|SELECT|PING)/i;
    const garbage = [
      ':-99999999999\r\n',
      '+yes\r\n',
      '*2\r\n:1\r\n:2\r\n',
      '$-1\r\n',
      ':1e9\r\n',
      'HTTP/1.1 400\r\n\r\n',
    ];
    let turn = 0;
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        for (const [, command] of String(data).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
          if (/^HELLO/i.test(command)) socket.write('%1\r\n+server\r\n+redis\r\n');
          else if (/^INFO/i.test(command)) socket.write('$15\r\nredis_version:7\r\n');
          else if (greeting.test(command)) socket.write('+OK\r\n');
          else socket.write(garbage[(turn += 1) % garbage.length]);
        }
      });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => server.close());
    const { port } = /** @type {any} */ (server.address());
    const made = limiter(t, open(t, port), { name: `garbage-${name.replace(' ', '-')}`, deadlineMs: 50 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    let allowed = 0;
    for (let i = 0; i < 40; i += 1) {
      if ((await made.consume('a')).allowed) allowed += 1;
    }
    assert.ok(turn >= 3, 'garbage was answered');
    assert.equal(allowed, 5, 'half of the limit, decided here');
  });
}

test('a client without an error listener does not end the process when the server goes', async (t) => {
  if (missing) return t.skip(missing);
  for (const name of ['redis4', 'redis5', 'redis']) {
    const server = await redisServer(t);
    const child = spawn(process.execPath, [
      path.join(__dirname, '../helpers/fleet-child.js'),
      'survive',
      name,
      String(server.port),
    ]);
    let out = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (out += data));
    await until(() => out.includes('ready'));
    await server.stop('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 600));
    child.stdin.end('go\n');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0, out);
    assert.match(out, /survived/);
  }
});

for (const [way, options] of /** @type {const} */ ([
  ['gcra', { limit: 1000 }],
  ['fixed windows', { limit: 1000, algorithm: 'fixed-window' }],
  ['a limit for each request in fixed windows', { limits: [300, 1000, 700], algorithm: 'fixed-window' }],
  ['several policies', { policies: [5000, 1000].map((limit) => ({ limit, windowMs: 24 * HOUR })) }],
])) {
  test(`parallel race over 3 processes: exactly the limit is admitted (${way})`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const counts = await Promise.all(
      ['redis', 'redis5', 'ioredis'].map((name) => hammer(name, server.port, options)),
    );
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      1000,
    );
  });
}

/** How many of its 2000 requests a process was allowed. @returns {Promise<number>} */
function hammer(name, port, options) {
  return new Promise((resolve, reject) => {
    const program = path.join(__dirname, '../helpers/fleet-child.js');
    const child = spawn(process.execPath, [program, 'hammer', name, String(port), JSON.stringify(options)]);
    let out = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (out += data));
    child.once('exit', (code) =>
      code === 0 ? resolve(Number(/admitted (\d+)/.exec(out)?.[1])) : reject(new Error(out)),
    );
  });
}

test('while the store is away the share holds, also for dear requests; refuse refuses', async (t) => {
  const { createClient } = require('redis');
  const port = await freePort();
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.connect().catch(() => {});
  t.after(() => client.destroy());
  const quarter = limiter(t, client, { name: 'quarter', limit: 100, fallbackShare: 0.25 });
  let allowed = 0;
  for (let i = 0; i < 100; i += 1) if ((await quarter.consume('a')).allowed) allowed += 1;
  assert.equal(allowed, 25);
  assert.equal((await quarter.consume('b', 100)).allowed, true);
  assert.equal((await quarter.consume('b')).allowed, false);
  await assert.rejects(quarter.reset('a'), { code: 'ERR_HAUBERK_RATELIMIT_STORE' });
  const strict = limiter(t, client, { name: 'strict', onStoreError: 'refuse' });
  await assert.rejects(strict.consume('a'), { code: 'ERR_HAUBERK_RATELIMIT_STORE', status: 503 });
});

test('a refused client is answered without a round trip', async (t) => {
  if (missing) return t.skip(missing);
  const server = await redisServer(t);
  const client = clients[2].open(t, server.port);
  const made = limiter(t, client, { name: 'denials', limit: 2 });
  await until(() => client.isReady);
  let sent = 0;
  const send = client.sendCommand;
  client.sendCommand = (...args) => {
    sent += 1;
    return send.apply(client, args);
  };
  for (let i = 0; i < 100; i += 1) await made.consume('attacker');
  // Two admitted (the first loads the script), one refused; then from memory.
  assert.equal(sent, 4);
});

test('several policies: one round trip, all or none charged', async (t) => {
  if (missing) return t.skip(missing);
  const server = await redisServer(t);
  const client = clients[2].open(t, server.port);
  const policies = [
    { name: 'hour', limit: 5, windowMs: HOUR },
    { name: 'day', limit: 8, windowMs: 24 * HOUR },
  ];
  const made = limiter(t, client, { name: 'several', limit: undefined, windowMs: undefined, policies });
  await until(() => client.isReady);
  for (let i = 0; i < 5; i += 1) assert.equal((await made.consume('a')).allowed, true);
  const { allowed, policy, remaining } = await made.consume('a');
  assert.deepEqual([allowed, policy, remaining], [false, 'hour', 0]);
  // The refused one has not been charged to the day.
  await client.del('hauberk:several:{a}:0');
  assert.deepEqual(await left(made, 'a'), ['day', 3]);
});

/** The policy with the least left, and how much that is. */
async function left(made, key) {
  const { policy, remaining } = await made.get(key);
  return [policy, remaining];
}

test('several policies in one middleware: fields of each, the name of the one that refuses', async (t) => {
  if (missing) return t.skip(missing);
  const { expresses, serve } = require('../helpers/server');
  const server = await redisServer(t);
  const client = clients[2].open(t, server.port);
  await until(() => client.isReady);
  for (const { name, express } of expresses) {
    const policies = [
      { name: 'hour', limit: 2, windowMs: HOUR },
      { name: 'day', limit: 8, windowMs: 24 * HOUR },
    ];
    const made = ratelimit({ redis: client, name: `both-${name.at(-1)}`, policies, deadlineMs: 10_000 });
    t.after(() => made.close());
    const app = express();
    app.use(made, (_req, res) => res.end());
    const { url } = await serve(t, app);
    assert.match(String((await fetch(url)).headers.get('ratelimit')), /^"hour";r=1;t=\d+, "day";r=7;t=\d+$/);
    await fetch(url);
    const refused = await fetch(url);
    assert.equal(refused.status, 429);
    assert.deepEqual((await refused.json())['violated-policies'], ['hour']);
    assert.equal((await made.get('127.0.0.1')).policy, 'hour');
  }
});

test('lost scripts are loaded again; a foreign value and a clock that was set back are harmless', async (t) => {
  if (missing) return t.skip(missing);
  const server = await redisServer(t);
  const client = clients[2].open(t, server.port);
  const made = limiter(t, client, { name: 'odd' });
  await until(() => client.isReady);
  await made.consume('a');
  await client.sendCommand(['SCRIPT', 'FLUSH']);
  assert.equal((await made.consume('a')).remaining, 8);
  await client.set('hauberk:odd:{b}', 'what is this');
  assert.equal((await made.consume('b')).remaining, 9);
  // A bucket of an hour in the future: the clock was set back by an hour since.
  const ahead = Buffer.alloc(16);
  ahead.writeDoubleLE((HOUR * 1000) / 2, 0);
  ahead.writeDoubleLE((Date.now() + HOUR) * 1000, 8);
  await client.sendCommand(['SET', 'hauberk:odd:{c}', ahead]);
  assert.equal((await made.consume('c')).remaining, 4);
  for (const [i, odd] of [NaN, -1, Infinity].entries()) {
    ahead.writeDoubleLE(odd, 0);
    ahead.writeDoubleLE(NaN, 8);
    await client.sendCommand(['SET', `hauberk:odd:{e${i}}`, ahead]);
    assert.equal((await made.consume(`e${i}`)).remaining, 9);
  }
  await client.lPush('hauberk:odd:{d}', 'a list');
  assert.equal((await made.consume('d')).allowed, true);
});

test('a clock of the process that jumps changes nothing', async (t) => {
  if (missing) return t.skip(missing);
  const server = await redisServer(t);
  const made = limiter(t, clients[2].open(t, server.port), { name: 'jump', limit: 2 });
  await until(async () => (await made.get('x')).remaining === 2);
  await made.consume('a', 2);
  const now = Date.now;
  t.after(() => (Date.now = now));
  for (const step of [24 * HOUR, -24 * HOUR]) {
    Date.now = () => now() + step;
    assert.equal((await made.consume('a')).allowed, false);
    assert.equal((await made.consume(`b${step}`)).allowed, true);
  }
});

test('keys of any text are kept apart and short', async (t) => {
  if (missing) return t.skip(missing);
  const server = await redisServer(t);
  const client = clients[2].open(t, server.port);
  const made = limiter(t, client, { name: 'text', limit: 1 });
  await until(() => client.isReady);
  const keys = ['}', '{a}', 'a b', 'x'.repeat(1024), 'y'.repeat(1024), '\u00e9', '2001:db8::/56'];
  for (const key of keys) assert.equal((await made.consume(key)).allowed, true, key.slice(0, 9));
  for (const key of keys) assert.equal((await made.consume(key)).allowed, false, key.slice(0, 9));
  for (const key of await client.keys('*')) assert.ok(key.length < 150);
  for (const key of [undefined, null, NaN, {}, '', 'x'.repeat(2 ** 20), Promise.resolve('a')]) {
    await assert.rejects(made.consume(key), { code: 'ERR_HAUBERK_RATELIMIT_KEY' });
  }
});

for (const name of ['redis', 'ioredis']) {
  test(`a cluster of 3 servers, ${name}: several policies stay in one slot`, async (t) => {
    if (missing) return t.skip(missing);
    const nodes = await cluster(t);
    const client = await clusterClient(t, name, nodes);
    const policies = [
      { name: 'hour', limit: 3, windowMs: HOUR },
      { name: 'day', limit: 5, windowMs: 24 * HOUR },
    ];
    const made = ratelimit({ redis: client, name: `cluster-${name}`, policies, deadlineMs: 10_000 });
    t.after(() => made.close());
    // Of the substitute 1 is left.
    await until(async () => (await made.get('x')).remaining === 3);
    for (let key = 0; key < 20; key += 1) {
      const asked = Array.from({ length: 5 }, () => made.consume(`k${key}`));
      const allowed = (await Promise.all(asked)).map((decision) => decision.allowed);
      assert.deepEqual(allowed, [true, true, true, false, false]);
    }
    // Keys of all slots, asked in one turn.
    const many = await Promise.all(Array.from({ length: 100 }, (_, i) => made.consume(`many-${i}`)));
    assert.deepEqual(new Set(many.map(({ remaining }) => remaining)), new Set([2]));
  });
}

/** A port that is free, as the one above it by 10000 is: the cluster's bus takes that. */
async function clusterPort() {
  for (;;) {
    // Below what the system gives to connections.
    const port = 10_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all([port, port + 10_000].map(isFree));
    if (free.every(Boolean)) return port;
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Three servers, each with a third of the slots. @param {import('node:test').TestContext} t */
async function cluster(t) {
  const fs = require('node:fs');
  const os = require('node:os');
  const nodes = [];
  for (let i = 0; i < 3; i += 1) {
    const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-cluster-'));
    t.after(() => fs.rmSync(cwd, { recursive: true, force: true }));
    const port = await clusterPort();
    nodes.push(await redisServer(t, { port, args: ['--cluster-enabled', 'yes'], cwd }));
  }
  const { createClient } = require('redis');
  const direct = await Promise.all(
    nodes.map(({ port }) => createClient({ url: `redis://127.0.0.1:${port}` }).connect()),
  );
  const bounds = [0, 5461, 10923, 16384];
  for (const [i, one] of direct.entries()) {
    await one.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(bounds[i]), String(bounds[i + 1] - 1)]);
    if (i > 0) await one.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(nodes[0].port)]);
  }
  for (const one of direct) {
    await until(async () => {
      const info = String(await one.sendCommand(['CLUSTER', 'INFO']));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    }, 20_000);
    one.destroy();
  }
  return nodes;
}

/** @param {import('node:test').TestContext} t @param {string} name @param {{ port: number }[]} nodes */
async function clusterClient(t, name, nodes) {
  if (name === 'ioredis') {
    const { Cluster } = require('ioredis');
    const client = new Cluster(nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
    t.after(() => client.disconnect());
    return client;
  }
  const { createCluster } = require('redis');
  const client = createCluster({
    rootNodes: nodes.map(({ port }) => ({ url: `redis://127.0.0.1:${port}` })),
  });
  await client.connect();
  t.after(() => client.destroy());
  return client;
}

test('bad options throw at construction', () => {
  const client = { on() {}, off() {}, sendCommand() {}, isReady: false, duplicate() {} };
  const bad = [
    { scope: 'fleet' },
    { redis: {} },
    { redis: null },
    { redis: 'redis://x' },
    { redis: client, scope: 'process' },
    { redis: client, store: { increment() {}, resetKey() {} } },
    { redis: client, deadlineMs: 0 },
    { redis: client, fallbackShare: 0 },
    { redis: client, fallbackShare: NaN },
    { redis: client, fallbackShare: 2 },
    { redis: client, prefix: '{x}' },
    { redis: client, onStoreError: 'open' },
    { redis: client, algorithm: 'fixed-window', limit: () => 5, burst: 5 },
    { store: { increment() {}, resetKey() {} }, policies: [{ limit: 1 }] },
    { store: {} },
    { store: { increment() {}, resetKey() {} }, cost: 2 },
    { store: { increment() {}, resetKey() {} }, cost: () => 1 },
    { store: { increment() {}, resetKey() {} }, burst: 2 },
    { store: { increment() {}, resetKey() {} }, scope: 'fleet' },
  ];
  for (const options of bad) {
    assert.throws(
      () => ratelimit(options),
      { code: 'ERR_HAUBERK_OPTION_INVALID' },
      Object.keys(options).join(),
    );
  }
});
