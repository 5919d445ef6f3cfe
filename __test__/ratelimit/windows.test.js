'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { MemoryStore } = require('express-rate-limit');

const hauberk = require('../..');
const ratelimit = require('../../lib/ratelimit');
const { clients, missing, redisServer, until } = require('../helpers/redis');
const { serve, expresses } = require('../helpers/server');

const HOUR = 3_600_000;
/** So long that no window ends while a test runs. */
const YEAR = 31_536_000_000;
const WINDOWS = { algorithm: 'fixed-window', limit: () => 1, windowMs: YEAR };
/** The answer may be late on a busy machine; these tests are about numbers. */
const PATIENT = { deadlineMs: 10_000 };

/** Units that were admitted, by key: a request goes on where they and its own do not exceed its limit. */
class Model {
  constructor() {
    /** @type {Map<string, number>} */
    this.used = new Map();
  }

  consume(key, cost, limit) {
    const used = this.used.get(key) ?? 0;
    const allowed = used + cost <= limit;
    if (allowed) this.used.set(key, used + cost);
    return { allowed, limit, remaining: Math.max(0, limit - used - (allowed ? cost : 0)) };
  }

  get(key, limit) {
    const used = this.used.get(key) ?? 0;
    return { allowed: used + 1 <= limit, limit, remaining: Math.max(0, limit - used) };
  }
}

/** Where a limiter can count, and the options for it. */
const SCOPES = {
  process: () => ({}),
  machine(t) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-windows-'));
    t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
    return { scope: 'machine', directory };
  },
  async 'fleet, node-redis'(t) {
    const server = await redisServer(t);
    const redis = clients[2].open(t, server.port);
    await until(() => redis.isReady);
    return { redis, ...PATIENT };
  },
  async 'fleet, ioredis'(t) {
    const server = await redisServer(t);
    const redis = clients[4].open(t, server.port);
    await until(() => redis.status === 'ready');
    return { redis, ...PATIENT };
  },
};

for (const [scope, place] of Object.entries(SCOPES)) {
  test(`a limit for each request in fixed windows decides as the model: ${scope}`, async (t) => {
    if (scope.startsWith('fleet') && missing) return t.skip(missing);
    const limiter = ratelimit({ ...WINDOWS, ...(await place(t)), name: 'windows-model' });
    t.after(() => limiter.close());
    const model = new Model();
    let random = 11;
    const next = (most) => 1 + ((random = (random * 16_807) % 2_147_483_647) % most);
    const seen = { true: 0, false: 0 };
    for (let i = 0; i < 1500; i += 1) {
      const [key, cost, limit] = [`k${next(6)}`, next(4), next(60) + (i % 200)];
      const asks = next(4) === 1;
      const ours = await (asks ? limiter.get(key, limit) : limiter.consume(key, cost, limit));
      const theirs = asks ? model.get(key, limit) : model.consume(key, cost, limit);
      const { allowed, remaining, resetMs, retryAfterMs } = ours;
      const show = JSON.stringify({ i, key, cost, limit, asks, ours, theirs });
      assert.deepEqual({ allowed, limit: ours.limit, remaining }, theirs, show);
      assert.equal(retryAfterMs > 0, !allowed, show);
      assert.equal(resetMs > 0, model.used.has(key), show);
      seen[allowed] += 1;
      if (i % 500 === 499) {
        await limiter.reset('k1');
        model.used.delete('k1');
      }
    }
    assert.ok(seen.true > 200 && seen.false > 200, JSON.stringify(seen));
  });

  test(`what is asked at once is decided one after the other: ${scope}`, async (t) => {
    if (scope.startsWith('fleet') && missing) return t.skip(missing);
    const limiter = ratelimit({ ...WINDOWS, ...(await place(t)), name: 'windows-at-once' });
    t.after(() => limiter.close());
    const asked = Array.from({ length: 120 }, (_, i) => limiter.consume('one', 1, i % 2 === 0 ? 40 : 70));
    const allowed = (await Promise.all(asked)).map((decision) => decision.allowed);
    const model = new Model();
    assert.deepEqual(
      allowed,
      allowed.map((_, i) => model.consume('one', 1, i % 2 === 0 ? 40 : 70).allowed),
    );
  });
}

test('GCRA and fixed windows with a limit for each request share no bucket under one name', (t) => {
  const [fixed, gcra] = [WINDOWS, { ...WINDOWS, algorithm: 'gcra' }].map((options) =>
    ratelimit({ ...options, name: 'windows-apart' }),
  );
  t.after(() => [fixed, gcra].forEach((limiter) => limiter.close()));
  assert.equal(fixed.consume('k', 3, 3).allowed, true);
  assert.equal(gcra.consume('k', 3, 3).allowed, true);
  assert.equal(fixed.consume('k', 1, 3).allowed, false);
});

test('bad limits of a request are refused in fixed windows too', (t) => {
  const limiter = ratelimit({ ...WINDOWS, windowMs: 2 });
  t.after(() => limiter.close());
  for (const limit of [undefined, 0, -1, 1.5, NaN, '5', null, {}, 2001, 2 ** 40]) {
    assert.throws(() => limiter.consume('a', 1, limit), { code: 'ERR_HAUBERK_ARGUMENT' }, String(limit));
    assert.throws(() => limiter.get('a', limit), { code: 'ERR_HAUBERK_ARGUMENT' }, String(limit));
  }
  assert.equal(limiter.consume('a', 1, 2000).remaining, 1999);
  assert.throws(() => ratelimit({ ...WINDOWS, burst: 3 }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
});

for (const { name, express } of expresses) {
  test(`${name}: a limit for each request in fixed windows, with fields and the guard`, async (t) => {
    const limit = (req) => (req.headers.authorization ? 4 : 2);
    const guard = hauberk({ ratelimit: { ...WINDOWS, limit, name: `windows-${name.at(-1)}` } });
    t.after(guard.close);
    const app = express();
    app.use(guard);
    app.get('/', (_req, res) => res.end());
    const { url } = await serve(t, app);
    const ask = (authorization) => fetch(url, { headers: authorization ? { authorization } : {} });
    assert.match((await ask()).headers.get('ratelimit'), /^"windows-[^"]+";r=1;t=\d+$/);
    // Two of four are used, and two are left.
    assert.match((await ask('x')).headers.get('ratelimit'), /";r=2;t=\d+$/);
    const refused = await ask();
    assert.equal(refused.status, 429);
    assert.match(refused.headers.get('ratelimit-policy'), /";q=2;w=31536000$/);
    assert.deepEqual(
      [(await ask('x')).status, (await ask('x')).status, (await ask('x')).status],
      [200, 200, 429],
    );
  });
}

test('where a fixed window is used up, t is the time until it ends', async (t) => {
  const limiter = ratelimit({ algorithm: 'fixed-window', limit: 10, windowMs: YEAR, key: () => 'one' });
  t.after(() => limiter.close());
  const { url } = await serve(t, (req, res) => limiter(req, res, () => res.end()));
  const { resetMs } = limiter.consume('one', 9);
  const last = await fetch(url);
  assert.equal(last.status, 200);
  const [, left, seconds] = /;r=(\d+);t=(\d+)$/.exec(last.headers.get('ratelimit'));
  assert.equal(left, '0');
  assert.ok(Number(seconds) > resetMs / 1000 - 600, `${seconds} of ${resetMs} ms`);
});

test("a store of express-rate-limit's shape takes both", async (t) => {
  const store = new MemoryStore();
  const limiter = ratelimit({ store, ...WINDOWS, windowMs: HOUR, ...PATIENT });
  t.after(() => {
    limiter.close();
    store.shutdown();
  });
  const seen = [];
  for (const limit of [2, 2, 2, 5, 5]) seen.push((await limiter.consume('a', 1, limit)).allowed);
  // Such a store counts what was refused, too.
  assert.deepEqual(seen, [true, true, false, true, true]);
});
