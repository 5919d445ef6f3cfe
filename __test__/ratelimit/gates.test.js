'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const client = require('../../lib/client');
const ratelimit = require('../../lib/ratelimit');
const { corpus } = require('../helpers/corpora');
const { events } = require('../helpers/events');
const { expresses, serve, raw } = require('../helpers/server');
const { clients, missing, redisServer, until } = require('../helpers/redis');

const HOUR = 3_600_000;

/** An app behind one proxy; `hold` keeps a request open until it is let go. */
async function app(t, express, options) {
  const layer = ratelimit({ limit: 1000, windowMs: HOUR, ...options });
  t.after(() => layer.close());
  const server = express();
  server.use(client({ trustProxy: 1 }), layer);
  /** @type {any[]} */
  const held = [];
  server.get('/hold', (_req, res) => void held.push(res));
  server.use((_req, res) => res.end('ok'));
  server.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ error: error.code }));
  const { url, port } = await serve(t, server);
  const ask = (from = '203.0.113.1', path = '/') =>
    fetch(url + path, { headers: { 'X-Forwarded-For': from } });
  return { ask, url, port, held, layer };
}

for (const { name, express } of expresses) {
  test(`${name}: allow is neither counted nor refused, deny is refused with 403`, async (t) => {
    const { ask } = await app(t, express, {
      limit: 1,
      allow: ['198.51.100.0/24', '2001:db8::/32'],
      deny: '192.0.2.0/24, 203.0.113.66',
    });
    for (let i = 0; i < 3; i += 1) assert.equal((await ask('198.51.100.7')).status, 200);
    assert.equal((await ask('2001:db8:9::1')).headers.get('ratelimit'), null);
    const refused = await ask('192.0.2.200');
    assert.equal(refused.status, 403);
    assert.equal((await refused.json()).code, 'ERR_HAUBERK_RATELIMIT_DENIED');
    assert.equal((await ask('203.0.113.66')).status, 403);
    assert.equal((await ask('203.0.113.67')).status, 200);
    assert.equal((await ask('203.0.113.67')).status, 429);
  });

  test(`${name}: a wrapped address is denied with its IPv4 address, but never allowed as it`, async (t) => {
    const { ask } = await app(t, express, { limit: 1, allow: '198.51.100.0/24', deny: '192.0.2.0/24' });
    for (const wrapped of ['2002:c000:0201::1', '64:ff9b::192.0.2.1', '::ffff:192.0.2.1']) {
      assert.equal((await ask(wrapped)).status, 403, wrapped);
    }
    assert.equal((await ask('2002:c633:6407::1')).status, 200);
    assert.equal((await ask('2002:c633:6407::1')).status, 429);
    assert.equal((await ask('::ffff:198.51.100.7')).headers.get('ratelimit'), null);
  });

  test(`${name}: concurrency: 503 with Retry-After and the registered type, before anything is charged`, async (t) => {
    const { ask, held } = await app(t, express, { concurrency: 2 });
    const open = [ask('203.0.113.1', '/hold'), ask('203.0.113.2', '/hold')];
    await until(() => held.length === 2);
    const busy = await ask('203.0.113.3');
    assert.equal(busy.status, 503);
    assert.match(String(busy.headers.get('retry-after')), /^[123]$/);
    const problem = await busy.json();
    assert.match(problem.type, /#temporary-reduced-capacity$/);
    assert.equal(problem.code, 'ERR_HAUBERK_RATELIMIT_BUSY');
    held.forEach((res) => res.end());
    await Promise.all(open);
    await until(async () => (await ask('203.0.113.3')).status === 200);
    assert.match(String((await ask('203.0.113.3')).headers.get('ratelimit')), /;r=998;/);
  });

  test(`${name}: a client that closes early gives its place back`, async (t) => {
    const { ask, held, url } = await app(t, express, { concurrency: 1 });
    for (let i = 1; i <= 3; i += 1) {
      const leaving = new AbortController();
      const gone = fetch(`${url}/hold`, { signal: leaving.signal }).catch(() => {});
      await until(() => held.length === i);
      leaving.abort();
      await gone;
      await until(async () => (await ask()).status === 200);
    }
  });

  test(`${name}: concurrency per key: 429 for that client alone`, async (t) => {
    const { ask, held } = await app(t, express, { concurrencyPerKey: 1 });
    const open = ask('203.0.113.1', '/hold');
    await until(() => held.length === 1);
    const refused = await ask('203.0.113.1');
    assert.equal(refused.status, 429);
    assert.equal((await refused.json()).code, 'ERR_HAUBERK_RATELIMIT_CONCURRENCY');
    assert.equal((await ask('203.0.113.2')).status, 200);
    held[0].end();
    await open;
    await until(async () => (await ask('203.0.113.1')).status === 200);
  });

  test(`${name}: an event loop that is late sheds load, and takes it again`, async (t) => {
    const { ask } = await app(t, express, { maxLoopDelayMs: 50 });
    await until(async () => (await ask()).status === 200);
    const end = performance.now() + 300;
    const pending = ask();
    while (performance.now() < end);
    const { status, headers } = await pending;
    assert.equal(status, 503);
    assert.match(String(headers.get('retry-after')), /^[123]$/);
    await until(async () => (await ask()).status === 200);
  });

  test(`${name}: slow-down: what is over waits, and is still refused at the end`, async (t) => {
    const { ask } = await app(t, express, {
      limit: 4,
      slowDown: { after: 2, delayMs: 120, maxDelayMs: 200 },
    });
    const took = [];
    for (let i = 0; i < 5; i += 1) {
      const start = performance.now();
      const { status } = await ask();
      took.push([status, performance.now() - start]);
    }
    assert.deepEqual(
      took.map(([status]) => status),
      [200, 200, 200, 200, 429],
    );
    assert.ok(took[2][1] >= 119 && took[3][1] >= 199, JSON.stringify(took));
  });

  test(`${name}: HEAD, case, //, %2f and dot segments share the bucket of a route`, async (t) => {
    const { port, ask } = await app(t, express, { limit: 9, perRoute: true });
    const spellings = [
      '/Users/7',
      '//users//7',
      '/users%2f7',
      '/users/./7',
      '/x/../users/7',
      '/users/7/',
      '/%75sers/7?a=1',
      '/users%2F%37',
    ];
    const lines = [...spellings.map((path) => `GET ${path}`), 'HEAD /users/7', 'GET /users/7'];
    const statuses = [];
    for (const line of lines) {
      const answer = await raw(
        port,
        `${line} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.1\r\nConnection: close\r\n\r\n`,
      );
      statuses.push(Number(answer.slice(9, 12)));
    }
    assert.deepEqual(statuses, [...Array(9).fill(200), 429]);
    assert.equal((await ask('203.0.113.1', '/users/8')).status, 200);
    assert.equal((await ask('203.0.113.2', '/users/7')).status, 200);
  });

  test(`${name}: on a route, ids do not make routes`, async (t) => {
    const layer = ratelimit({ limit: 3, windowMs: HOUR, perRoute: true });
    t.after(() => layer.close());
    const server = express();
    server.get('/users/:id', layer, (_req, res) => res.end());
    const { url } = await serve(t, server);
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await fetch(`${url}/users/${i}`)).status);
    assert.deepEqual(statuses, [200, 200, 200, 429]);
  });

  test(`${name}: gates in report mode tell and refuse nothing`, async (t) => {
    const seen = events(t);
    const { ask } = await app(t, express, {
      deny: '0.0.0.0/0',
      mode: 'report',
      slowDown: { after: 0, delayMs: 60_000, maxDelayMs: 60_000 },
    });
    assert.equal((await ask()).status, 200);
    assert.equal((await ask('2001:db8::1')).status, 200);
    assert.deepEqual(
      seen().map(({ event, blocked }) => [event, blocked]),
      [['authz_fail', false]],
    );
  });

  test(`${name}: gates with a key that is no use fail closed`, async (t) => {
    for (const value of [undefined, NaN, {}, Promise.resolve('a'), 'x'.repeat(2 ** 20)]) {
      const { ask } = await app(t, express, { concurrencyPerKey: 5, key: () => value });
      assert.deepEqual(await (await ask()).json(), { error: 'ERR_HAUBERK_RATELIMIT_KEY' });
    }
  });

  test(`${name}: gates in front of buckets in Redis`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const redis = clients[2].open(t, server.port);
    await until(() => redis.isReady);
    const options = {
      redis,
      limit: 2,
      windowMs: 3_600_000,
      // A deadline that a busy machine does not miss: a substitute would count for itself.
      deadlineMs: 10_000,
      perRoute: true,
      slowDown: { after: 1, delayMs: 100 },
      name: `gates-${name.at(-1)}`,
    };
    const { ask } = await app(t, express, { ...options, deny: '192.0.2.1' });
    assert.equal((await ask('192.0.2.1')).status, 403);
    const start = performance.now();
    assert.deepEqual([(await ask()).status, (await ask()).status, (await ask()).status], [200, 200, 429]);
    assert.ok(performance.now() - start >= 99);
    assert.match(String((await ask('203.0.113.1', '/other')).headers.get('ratelimit')), /;r=1;/);
  });
}

test('the route of a request: broken escapes, targets in absolute form, long paths', () => {
  const route = (/** @type {string} */ url, method = 'GET') => ratelimit.route({ method, url });
  assert.equal(route('/a%2Fb/../C'), 'GET /a/c');
  assert.equal(route('http://x.example/A?b'), 'GET /a');
  assert.equal(route('/a%zz/%41'), 'GET /a%zz/a');
  assert.equal(route('/../../a'), 'GET /a');
  assert.equal(route('*', 'OPTIONS'), 'OPTIONS /*');
  assert.equal(route('/\\evil'), 'GET /evil');
  const long = route(`/${'x'.repeat(10_000)}`);
  assert.ok(long.length < 100);
  assert.notEqual(long, route(`/${'x'.repeat(10_001)}`));
  assert.equal(long, route(`//${'X'.repeat(10_000)}/`, 'HEAD'));
});

test('a replay of a web log: whoever stays below the limit is never refused, nobody gets more', (t) => {
  const rows = corpus('trace-semicomplete2015');
  if (rows === undefined) return t.skip('corpora absent: trace-semicomplete2015');
  const limiter = ratelimit({ limit: 60, windowMs: 30 * 24 * HOUR });
  t.after(() => limiter.close());
  /** @type {Map<string, { asked: number, admitted: number }>} */
  const seen = new Map();
  for (const { ip } of rows) {
    const entry = seen.get(ip) ?? { asked: 0, admitted: 0 };
    seen.set(ip, entry);
    entry.asked += 1;
    if (limiter.consume(ip).allowed) entry.admitted += 1;
  }
  assert.ok(rows.length > 5000 && seen.size > 500);
  for (const [ip, { asked, admitted }] of seen) assert.equal(admitted, Math.min(asked, 60), ip);
});

test('bad options of the gates throw at construction', () => {
  const bad = [
    { allow: [] },
    { allow: ['x'] },
    { deny: ['10.0.0.0/33'] },
    { deny: 7 },
    { concurrency: 0 },
    { concurrency: '5' },
    { concurrencyPerKey: NaN },
    { maxLoopDelayMs: 1 },
    { slowDown: true },
    { slowDown: {} },
    { slowDown: { after: -1 } },
    { perRoute: 'yes' },
  ];
  for (const options of bad) {
    assert.throws(() => ratelimit(options), { code: 'ERR_HAUBERK_OPTION_INVALID' }, JSON.stringify(options));
  }
  assert.throws(() => ratelimit({ slowDown: { afer: 1 } }), /did you mean after/);
});
