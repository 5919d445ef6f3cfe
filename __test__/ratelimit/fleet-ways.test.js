'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { MemoryStore } = require('express-rate-limit');

const ratelimit = require('../../lib/ratelimit');
const { clients, freePort, missing, redisServer, until } = require('../helpers/redis');
const { expresses, serve } = require('../helpers/server');

const HOUR = 3_600_000;
/** So long that nothing comes back while a test runs. */
const YEAR = 31_536_000_000;
/** The answer may be late on a busy machine; these tests are about numbers. */
const PATIENT = { deadlineMs: 10_000 };

/** @param {import('node:test').TestContext} t @param {any} redis @param {object} options */
function limiter(t, redis, options) {
  const made = ratelimit({ redis, ...PATIENT, ...options });
  t.after(() => made.close());
  return made;
}

/** A connected client of node-redis. @param {import('node:test').TestContext} t */
async function connected(t) {
  const server = await redisServer(t);
  const client = clients[2].open(t, server.port);
  await until(() => client.isReady);
  return client;
}

/** What stands in a bucket: two doubles. */
function bucket(one, other) {
  const bytes = Buffer.alloc(16);
  bytes.writeDoubleLE(one, 0);
  bytes.writeDoubleLE(other, 8);
  return bytes;
}

/** The server's clock in microseconds. */
async function clock(client) {
  const [seconds, us] = await client.sendCommand(['TIME']);
  return Number(seconds) * 1e6 + Number(us);
}

/** Counts the commands that a client sends. */
function counted(client) {
  const seen = [];
  const send = client.sendCommand;
  client.sendCommand = (words, ...rest) => {
    seen.push(words);
    return send.call(client, words, ...rest);
  };
  return seen;
}

test('what is asked in one turn is one command, also with different costs and several policies', async (t) => {
  if (missing) return t.skip(missing);
  const client = await connected(t);
  const policies = [
    { name: 'a', limit: 5, windowMs: YEAR },
    { name: 'b', limit: 4, windowMs: YEAR },
  ];
  const made = limiter(t, client, { name: 'turn', policies });
  await made.consume('first');
  const seen = counted(client);
  const asked = [];
  for (let i = 0; i < 50; i += 1) asked.push(made.consume(`k${i}`, 1 + (i % 4)), made.get(`k${i}`));
  // 64 decisions of two buckets each are as many as one command has.
  const answers = await Promise.all(asked);
  assert.deepEqual(
    seen.map(([name, , keys]) => [name, keys]),
    [
      ['EVALSHA', '128'],
      ['EVALSHA', '72'],
    ],
  );
  for (let i = 0; i < 50; i += 1) {
    assert.deepEqual([answers[2 * i].policy, answers[2 * i].remaining], ['b', 3 - (i % 4)]);
    assert.equal(answers[2 * i + 1].remaining, 3 - (i % 4), 'asked after the charge, in the same turn');
  }
});

for (const { name, open } of clients) {
  test(`${name}: parallel race for one key in one turn: exactly the limit, in the order of asking`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const client = open(t, server.port);
    const made = limiter(t, client, { name: 'turn', limit: 20, windowMs: YEAR });
    await until(async () => (await made.get('new')).remaining === 20);
    const answers = await Promise.all(Array.from({ length: 300 }, () => made.consume('one')));
    assert.deepEqual(
      answers.map(({ allowed }) => allowed),
      Array.from({ length: 300 }, (_, i) => i < 20),
    );
    assert.deepEqual(
      answers.slice(0, 20).map(({ remaining }) => remaining),
      Array.from({ length: 20 }, (_, i) => 19 - i),
    );
  });
}

test('a limit that varies: one bucket of time for all limits of a key, as in this process', async (t) => {
  if (missing) return t.skip(missing);
  const client = await connected(t);
  for (const burst of [undefined, 12]) {
    const options = { limit: () => 1, windowMs: YEAR, burst };
    const made = limiter(t, client, { ...options, name: `varying${burst}` });
    const local = ratelimit({ ...options, name: `varying-local${burst}` });
    t.after(() => local.close());
    let random = 7;
    const next = (most) => 1 + ((random = (random * 16_807) % 2_147_483_647) % most);
    for (let i = 0; i < 400; i += 1) {
      const [key, cost, limit] = [`k${next(5)}`, next(3), 20 * next(4)];
      const [ours, theirs] = [await made.consume(key, cost, limit), local.consume(key, cost, limit)];
      const show = JSON.stringify({ i, key, cost, limit, burst, ours, theirs });
      assert.equal(ours.allowed, theirs.allowed, show);
      // Units are rounded to the microsecond there, to the nanosecond here.
      assert.ok(Math.abs(ours.remaining - theirs.remaining) <= 1, show);
      assert.equal(ours.limit, limit);
    }
    for (const limit of [undefined, 0, 1.5, NaN, '5', 2 ** 40]) {
      await assert.rejects(made.consume('a', 1, limit), { code: 'ERR_HAUBERK_ARGUMENT' }, String(limit));
      await assert.rejects(made.get('a', limit), { code: 'ERR_HAUBERK_ARGUMENT' }, String(limit));
    }
  }
  const fixed = limiter(t, client, { name: 'fixed', limit: 5 });
  await assert.rejects(fixed.consume('a', 1, 5), { code: 'ERR_HAUBERK_ARGUMENT' });
});

test('fixed windows: all units in each window, none before it ends', async (t) => {
  if (missing) return t.skip(missing);
  const client = await connected(t);
  const made = limiter(t, client, { name: 'window', limit: 3, windowMs: HOUR, algorithm: 'fixed-window' });
  const seen = [];
  for (let i = 0; i < 5; i += 1) seen.push(await made.consume('a'));
  assert.deepEqual(
    seen.map(({ allowed, remaining }) => [allowed, remaining]),
    [
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
    ],
  );
  assert.ok(seen[4].retryAfterMs > HOUR - 60_000 && seen[4].retryAfterMs <= HOUR);
  assert.equal((await made.get('b')).resetMs, 0);
  // A window that has ended; and one that has not.
  const now = await clock(client);
  await client.sendCommand(['SET', 'hauberk:window:{c}', bucket(3, now - 1)]);
  assert.deepEqual([(await made.consume('c')).remaining, (await made.consume('c', 2)).allowed], [2, true]);
  await client.sendCommand(['SET', 'hauberk:window:{d}', bucket(3, now + 1e9)]);
  assert.equal((await made.consume('d')).allowed, false);
  assert.ok((await client.pTTL('hauberk:window:{c}')) <= HOUR + 1);
});

test('fixed windows under several policies: all or none charged', async (t) => {
  if (missing) return t.skip(missing);
  const client = await connected(t);
  const policies = [
    { name: 'hour', limit: 3, windowMs: HOUR },
    { name: 'day', limit: 4, windowMs: 24 * HOUR },
  ];
  const made = limiter(t, client, { name: 'windows', policies, algorithm: 'fixed-window' });
  for (let i = 0; i < 3; i += 1) assert.equal((await made.consume('a')).allowed, true);
  const { allowed, policy } = await made.consume('a');
  assert.deepEqual([allowed, policy], [false, 'hour']);
  await client.del('hauberk:windows:{a}:0');
  assert.deepEqual((await made.get('a')).remaining, 1);
});

test("the server's clock was set back: nobody is shut out for as long as the step", async (t) => {
  if (missing) return t.skip(missing);
  const client = await connected(t);
  const now = await clock(client);
  const ahead = now + 100 * HOUR * 1000;
  const gcra = { limit: 10, windowMs: HOUR };
  /** @type {[string, object, Buffer, (made: any) => Promise<any>][]} */
  const cases = [
    ['gcra', gcra, bucket(HOUR * 1000, ahead), (made) => made.consume('a')],
    [
      'vary',
      { limit: () => 1, windowMs: HOUR },
      bucket(HOUR * 1000, ahead),
      (made) => made.consume('a', 1, 10),
    ],
    ['window', { ...gcra, algorithm: 'fixed-window' }, bucket(10, ahead), (made) => made.consume('a')],
    [
      'window-vary',
      { limit: () => 1, windowMs: HOUR, algorithm: 'fixed-window' },
      bucket(10, ahead),
      (made) => made.consume('a', 1, 10),
    ],
  ];
  for (const [name, options, held, ask] of cases) {
    const made = limiter(t, client, { ...options, name });
    await client.sendCommand(['SET', `hauberk:${name}:{a}`, held]);
    const { allowed, retryAfterMs } = await ask(made);
    assert.equal(allowed, false, `${name}: still empty`);
    assert.ok(retryAfterMs <= HOUR, name);
    // The refusal itself has brought the bucket to the time now, so it fills from here on.
    assert.ok((await client.pTTL(`hauberk:${name}:{a}`)) <= HOUR + 1, name);
  }
});

test('what is no bucket counts as none, in every way of counting', async (t) => {
  if (missing) return t.skip(missing);
  const client = await connected(t);
  const ways = [
    {},
    { limit: () => 1 },
    { algorithm: 'fixed-window' },
    { algorithm: 'fixed-window', limit: () => 1 },
  ];
  const texts = [
    '',
    'x',
    'x'.repeat(16),
    'x'.repeat(5000),
    bucket(NaN, NaN),
    bucket(-1, 0),
    bucket(Infinity, 1e300),
  ];
  for (const [way, options] of ways.entries()) {
    const made = limiter(t, client, { limit: 10, windowMs: YEAR, ...options, name: `w${way}` });
    const limit = 'limit' in options ? 10 : undefined;
    for (const [i, text] of texts.entries()) {
      await client.sendCommand(['SET', `hauberk:w${way}:{t${i}}`, text]);
      assert.equal((await made.consume(`t${i}`, 1, limit)).remaining, 9, `${way} ${i}`);
      assert.equal((await made.consume(`t${i}`, 1, limit)).remaining, 8, `${way} ${i}`);
    }
    // Another type in the middle of a batch harms nobody.
    await client.hSet(`hauberk:w${way}:{hash}`, 'a', 'b');
    const all = await Promise.all(['p', 'hash', 'q'].map((key) => made.consume(key, 1, limit)));
    assert.deepEqual(
      all.map(({ remaining }) => remaining),
      [9, 9, 9],
    );
  }
});

test('while the store is away the share holds for each way of counting', async (t) => {
  const { createClient } = require('redis');
  const client = createClient({ url: `redis://127.0.0.1:${await freePort()}` });
  client.connect().catch(() => {});
  t.after(() => client.destroy());
  const count = async (made, limit) => {
    let allowed = 0;
    for (let i = 0; i < 100; i += 1) if ((await made.consume('a', 1, limit)).allowed) allowed += 1;
    return allowed;
  };
  const base = { windowMs: YEAR, fallbackShare: 0.25 };
  const windows = limiter(t, client, { ...base, name: 'w', limit: 40, algorithm: 'fixed-window' });
  assert.equal(await count(windows), 10);
  const varying = limiter(t, client, { ...base, name: 'v', limit: () => 1 });
  assert.equal(await count(varying, 80), 20);
  assert.equal((await varying.consume('dear', 80, 80)).allowed, true, 'as much as there can be');
  assert.equal((await varying.consume('dear', 1, 80)).allowed, false);
  assert.equal((await varying.get('new', 80)).limit, 80);
  const burst = limiter(t, client, { ...base, name: 'b', limit: () => 1, burst: 40 });
  assert.equal(await count(burst, 80), 10);
  const both = limiter(t, client, { ...base, name: 'vw', limit: () => 1, algorithm: 'fixed-window' });
  assert.equal(await count(both, 80), 20);
  assert.equal((await both.consume('a', 1, 84)).allowed, true, 'what was used counts under a higher limit');
  assert.equal((await both.consume('a', 1, 84)).allowed, false);
  assert.equal((await both.get('new', 80)).limit, 80);
});

for (const { name, express } of expresses) {
  test(`${name}: a limit for each request and fixed windows in Redis, with fields`, async (t) => {
    if (missing) return t.skip(missing);
    const redis = await connected(t);
    const app = express();
    const limit = (/** @type {any} */ req) => (req.headers.authorization ? 4 : 2);
    const varying = limiter(t, redis, { name: 'asks', limit, windowMs: YEAR, key: () => 'one' });
    const windows = {
      name: 'windows',
      limit: 2,
      windowMs: YEAR,
      algorithm: 'fixed-window',
      key: () => 'one',
    };
    app.get('/varying', varying, (_req, res) => res.end());
    app.get('/windows', limiter(t, redis, windows), (_req, res) => res.end());
    app.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ error: error.code }));
    const { url } = await serve(t, app);
    const ask = (path, authorization) =>
      fetch(url + path, { headers: authorization ? { authorization } : {} });
    const first = await ask('/varying');
    assert.match(String(first.headers.get('ratelimit')), /^"asks";r=1;t=\d+$/);
    assert.match(String(first.headers.get('ratelimit-policy')), /^"asks";q=2;w=31536000$/);
    await ask('/varying');
    assert.equal((await ask('/varying')).status, 429);
    // The time is spent under any limit.
    assert.equal((await ask('/varying', 'x')).status, 429);
    await varying.reset('one');
    const statuses = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await ask('/varying', 'x')).status);
    assert.deepEqual(statuses, [200, 200, 200, 200, 429]);
    const seen = [await ask('/windows'), await ask('/windows'), await ask('/windows')];
    assert.deepEqual(
      seen.map(({ status }) => status),
      [200, 200, 429],
    );
    assert.match(String(seen[0].headers.get('ratelimit')), /^"windows";r=1;t=\d+$/);
    assert.deepEqual((await seen[2].json())['violated-policies'], ['windows']);
  });

  test(`${name}: slowDown under a limit that varies, here and in Redis`, async (t) => {
    if (missing) return t.skip(missing);
    const redis = await connected(t);
    for (const place of [{}, { redis, ...PATIENT }]) {
      const made = ratelimit({
        ...place,
        name: `slow-${name.at(-1)}`,
        limit: () => 3,
        windowMs: YEAR,
        key: () => 'one',
        slowDown: { after: 1, delayMs: 60 },
      });
      t.after(() => made.close());
      const app = express();
      app.use(made, (_req, res) => res.end());
      const { url } = await serve(t, app);
      const start = performance.now();
      const statuses = [];
      for (let i = 0; i < 4; i += 1) statuses.push((await fetch(url)).status);
      assert.deepEqual(statuses, [200, 200, 200, 429]);
      // The second waits 60 ms, the third 120.
      assert.ok(performance.now() - start >= 179);
    }
  });
}

test('a store of express-rate-limit under a limit for each request', async (t) => {
  const store = new MemoryStore();
  t.after(() => store.shutdown());
  const made = ratelimit({ store, limit: () => 1, windowMs: HOUR, name: 'store-varies', ...PATIENT });
  t.after(() => made.close());
  const seen = [];
  for (const limit of [5, 2, 2, 5]) seen.push(await made.consume('a', 1, limit));
  assert.deepEqual(
    seen.map(({ allowed, limit, remaining }) => [allowed, limit, remaining]),
    [
      [true, 5, 4],
      [true, 2, 0],
      [false, 2, 0],
      [true, 5, 1],
    ],
  );
  await assert.rejects(made.consume('a'), { code: 'ERR_HAUBERK_ARGUMENT' });
});
