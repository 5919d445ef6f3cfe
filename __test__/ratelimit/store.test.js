'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { MemoryStore } = require('express-rate-limit');
const { RedisStore } = require('rate-limit-redis');

const ratelimit = require('../../lib/ratelimit');
const { missing, redisServer, until, clients } = require('../helpers/redis');
const { expresses, serve } = require('../helpers/server');

const HOUR = 3_600_000;
let names = 0;

/** @param {import('node:test').TestContext} t @param {any} store @param {object} [options] */
function limiter(t, store, options) {
  const made = ratelimit({ store, limit: 3, windowMs: HOUR, name: `store${(names += 1)}`, ...options });
  t.after(() => made.close());
  return made;
}

/** @param {any} client @returns {any} */
const storeOf = (client) =>
  new RedisStore({
    sendCommand: (...args) => (client.call ? client.call(...args) : client.sendCommand(args)),
  });

for (const { name, open } of clients) {
  test(`rate-limit-redis over ${name}: counts, resets, and survives the server being down at start`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t, { started: false });
    const client = open(t, server.port);
    client.on('error', () => {});
    const made = limiter(t, storeOf(client), { deadlineMs: 2000 });
    assert.equal((await made.consume('a')).allowed, true, 'decided here');
    await server.start();
    await until(async () => (await made.get('new')).remaining === 3);
    await made.reset('a');
    const seen = [];
    for (let i = 0; i < 5; i += 1) seen.push((await made.consume('a')).remaining);
    assert.deepEqual(seen, [2, 1, 0, 0, 0]);
    const refused = await made.consume('a');
    assert.equal(refused.allowed, false);
    assert.ok(refused.retryAfterMs > HOUR - 20_000 && refused.retryAfterMs <= HOUR);
    assert.equal((await made.get('a')).allowed, false);
    await made.reset('a');
    assert.equal((await made.consume('a')).remaining, 2);
  });
}

for (const { name, express } of expresses) {
  test(`${name}: express-rate-limit's own MemoryStore, with fields and problem details`, async (t) => {
    const app = express();
    const store = new MemoryStore();
    t.after(() => store.shutdown());
    app.use(limiter(t, store, { limit: 2, name: `memory-${name.at(-1)}` }));
    app.use((_req, res) => res.end());
    const { url } = await serve(t, app);
    const answers = [await fetch(url), await fetch(url), await fetch(url)];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 429],
    );
    assert.match(String(answers[0].headers.get('ratelimit')), /;r=1;t=\d+$/);
    assert.equal((await answers[2].json())['violated-policies'][0], `memory-${name.at(-1)}`);
  });
}

const usual = { resetKey() {}, init() {} };

test('a store that hangs, throws, rejects or answers nonsense: the local share after the deadline', async (t) => {
  const broken = {
    hangs: () => new Promise(() => {}),
    throws() {
      throw new Error('mistake');
    },
    rejects: async () => Promise.reject(new Error('mistake')),
    nothing: () => undefined,
    text: () => ({ totalHits: '1' }),
    negative: () => ({ totalHits: -5 }),
    none: () => ({ totalHits: 0 }),
    nan: () => ({ totalHits: NaN }),
    date: () => ({ totalHits: 1, resetTime: new Date(NaN) }),
  };
  for (const [what, increment] of Object.entries(broken)) {
    const made = limiter(t, { ...usual, increment }, { limit: 10 });
    let allowed = 0;
    for (let i = 0; i < 12; i += 1) {
      const start = performance.now();
      if ((await made.consume('a')).allowed) allowed += 1;
      assert.ok(performance.now() - start < 200, what);
    }
    assert.equal(allowed, 5, what);
    const strict = limiter(t, { ...usual, increment }, { onStoreError: 'refuse' });
    await assert.rejects(strict.consume('a'), { code: 'ERR_HAUBERK_RATELIMIT_STORE' }, what);
  }
});

test('negative decrement, early close: nothing gives a hit back', async (t) => {
  let decremented = 0;
  let hits = 0;
  const store = {
    ...usual,
    increment: () => ({ totalHits: (hits += 1), resetTime: undefined }),
    decrement: () => (decremented += 1),
  };
  const app = expresses[1].express();
  app.use(limiter(t, store, { limit: 2 }));
  app.use((req) => req.socket.destroy());
  const { url } = await serve(t, app);
  for (let i = 0; i < 2; i += 1) await fetch(url).catch(() => {});
  assert.equal((await fetch(url)).status, 429);
  assert.deepEqual([hits, decremented], [3, 0]);
});

test('a store whose init throws fails at construction, one whose init rejects does not', async (t) => {
  const increment = () => ({ totalHits: 1 });
  const init = () => {
    throw new Error('mistake');
  };
  assert.throws(() => ratelimit({ store: { ...usual, increment, init } }), {
    code: 'ERR_HAUBERK_OPTION_INVALID',
  });
  const made = limiter(t, { ...usual, increment, init: async () => Promise.reject(new Error('later')) });
  assert.equal((await made.consume('a')).allowed, true);
});
