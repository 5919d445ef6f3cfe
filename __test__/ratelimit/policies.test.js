'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { serve, expresses } = require('../helpers/server');
const hauberk = require('../..');
const ratelimit = require('../../lib/ratelimit');

const HOUR = 3_600_000;
const code =
  (name, text = '') =>
  (error) =>
    error.code === name && error.message.includes(text);
const TWO = [
  { name: 'short', limit: 3, windowMs: HOUR },
  { name: 'long', limit: 5, windowMs: 24 * HOUR },
];

test('all policies must admit, and a refused request is charged under none', () => {
  const limiter = ratelimit([
    { name: 'wide', limit: 100, windowMs: HOUR },
    { name: 'narrow', limit: 2, windowMs: HOUR },
  ]);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => limiter.consume('k').allowed),
    [true, true, false, false, false],
  );
  const refused = limiter.consume('k');
  assert.equal(refused.policy, 'narrow');
  assert.equal(refused.limit, 2);
  assert.ok(refused.retryAfterMs > HOUR / 2 - 60_000 && refused.retryAfterMs <= HOUR / 2);
  limiter.reset('k');
  assert.equal(limiter.get('k').remaining, 2);
});

test('cost counts under every policy', () => {
  const limiter = ratelimit({ policies: TWO });
  assert.equal(limiter.consume('k', 3).allowed, true);
  assert.equal(limiter.consume('k').allowed, false);
  assert.throws(() => limiter.consume('k', 4), code('ERR_HAUBERK_ARGUMENT'));
});

for (const { name, express } of expresses) {
  test(`${name}: every policy is told, the refusing ones are named`, async (t) => {
    const app = express();
    app.use(ratelimit({ policies: TWO, cost: (req) => Number(req.headers.cost ?? 1) }));
    app.get('/', (_req, res) => res.end('ok'));
    const { url } = await serve(t, app);
    const first = await fetch(url);
    assert.equal(first.headers.get('ratelimit-policy'), '"short";q=3;w=3600, "long";q=5;w=86400');
    assert.equal(first.headers.get('ratelimit'), '"short";r=2;t=1200, "long";r=4;t=17280');
    await fetch(url, { headers: { cost: '2' } });
    const refused = await fetch(url, { headers: { cost: '3' } });
    assert.equal(refused.status, 429);
    assert.deepEqual((await refused.json())['violated-policies'], ['short', 'long']);
    const one = await fetch(url);
    assert.deepEqual((await one.json())['violated-policies'], ['short']);
    const [, short, long] = /"short";r=0;t=(\d+), "long";r=2;t=(\d+)/.exec(one.headers.get('ratelimit'));
    assert.ok(Number(short) <= 1200 && Number(short) > 1100, short);
    assert.ok(Number(long) <= 3 * 17280 && Number(long) > 51_000, long);
    assert.ok(Number(one.headers.get('retry-after')) >= Number(short));
  });
}

test('two limiters of the same limit and window never print one name twice', async (t) => {
  const same = { limit: 5, windowMs: 60_000 };
  const [first, second] = [ratelimit(same), ratelimit(same)];
  const run = (req, res, layers) => {
    const [layer, ...rest] = layers;
    if (layer === undefined) return res.end('ok');
    layer(req, res, () => run(req, res, rest));
  };
  const { url } = await serve(t, (req, res) => run(req, res, [first, second, second]));
  const { headers } = await fetch(url);
  assert.equal(headers.get('ratelimit-policy'), '"5-in-1min";q=5;w=60, "5-in-1min-2";q=5;w=60');
  assert.equal(headers.get('ratelimit'), '"5-in-1min";r=4;t=12, "5-in-1min-2";r=3;t=24');
  await fetch(url);
  const refused = await fetch(url);
  assert.deepEqual((await refused.json())['violated-policies'], ['5-in-1min-2']);
});

test('the guard takes a list of policies, and a route another', async (t) => {
  const guard = hauberk({ ratelimit: TWO, routes: { '/hard': { ratelimit: [{ limit: 1 }] } } });
  t.after(guard.close);
  const { url } = await serve(t, (req, res) => guard(req, res, () => res.end('ok')));
  assert.match((await fetch(url)).headers.get('ratelimit'), /^"short";r=2;.*"long";r=4;/);
  assert.match((await fetch(`${url}/hard`)).headers.get('ratelimit'), /^"1-in-1min";r=0;t=60$/);
});

test('fixed windows: the limit in each window, all of it again in the next', async () => {
  const limiter = ratelimit({ algorithm: 'fixed-window', limit: 4, windowMs: 300 });
  const until = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  // From the beginning of a window.
  await until(limiter.consume('k').resetMs + 1);
  const decisions = [1, 2, 3, 4, 5].map(() => limiter.consume('k'));
  assert.deepEqual(
    decisions.map(({ allowed, remaining }) => [allowed, remaining]),
    [
      [true, 3],
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ],
  );
  assert.equal(decisions[4].retryAfterMs, decisions[4].resetMs);
  await until(decisions[4].retryAfterMs + 1);
  assert.equal(limiter.consume('k', 4).allowed, true);
});

test('a limit that varies with the request, over one bucket', async (t) => {
  const limiter = ratelimit({ limit: (req) => Number(req.headers.limit), windowMs: HOUR });
  const { url } = await serve(t, (req, res) =>
    limiter(req, res, (error) => {
      res.statusCode = error ? 500 : 200;
      res.end(error?.code);
    }),
  );
  const ask = (limit) => fetch(url, { headers: { limit } });
  assert.equal((await ask('2')).headers.get('ratelimit'), '"2-in-1hr";r=1;t=1800');
  // Half of the hour is spent, whatever the limit.
  assert.match((await ask('10')).headers.get('ratelimit'), /^"10-in-1hr";r=4;t=2160$/);
  const refused = await ask('1');
  assert.equal(refused.status, 429);
  assert.deepEqual((await refused.json())['violated-policies'], ['1-in-1hr']);
  for (const bad of ['0', '-1', 'x', '1.5', '1e12']) {
    const failed = await ask(bad);
    assert.deepEqual([failed.status, await failed.text()], [500, 'ERR_HAUBERK_ARGUMENT'], bad);
  }
  assert.equal(limiter.consume('direct', 1, 7).remaining, 6);
  assert.equal(limiter.get('direct', 7).remaining, 6);
  assert.throws(() => limiter.consume('direct'), code('ERR_HAUBERK_ARGUMENT', 'limit'));
  assert.throws(() => ratelimit({ limit: 5 }).consume('k', 1, 7), code('ERR_HAUBERK_ARGUMENT', 'function'));
});

test('what could not work throws at construction', () => {
  for (const [options, text] of [
    [[], 'one to 8'],
    [Array.from({ length: 9 }, (_, i) => ({ limit: i + 1 })), 'one to 8'],
    [[{ windowMs: 1000 }], 'limit'],
    [[{ limit: 5 }, { limit: 5 }], '5-in-1min'],
    [
      [
        { limit: 5, name: 'a' },
        { limit: 6, name: 'a' },
      ],
      'a',
    ],
    [[{ limit: 1001, windowMs: 1 }], '1000 per ms'],
    [[null], 'policies'],
    [{ policies: [{ limit: 5 }], limit: 5 }, 'either'],
    [{ policies: [{ limit: 5 }], burst: 5 }, 'either'],
    [{ policies: [{ limit: 5 }, { limit: 2 }], cost: 3 }, 'cost'],
    [{ policies: 'x' }, 'policies'],
    [{ algorithm: 'fixed-window', limit: 5, burst: 5 }, 'burst'],
    [{ algorithm: 'fixed-window', limit: () => 5, burst: 5 }, 'burst'],
    [{ algorithm: 'sliding' }, 'algorithm'],
  ]) {
    assert.throws(
      () => ratelimit(options),
      code('ERR_HAUBERK_OPTION_INVALID', text),
      JSON.stringify(options),
    );
  }
  assert.throws(() => ratelimit([{ limit: 5, bursts: 1 }]), code('ERR_HAUBERK_OPTION_UNKNOWN', 'burst'));
});

test('long keys and keys outside ASCII are keys like others', () => {
  const limiter = ratelimit({ limit: 1, windowMs: HOUR });
  for (const key of ['k'.repeat(64), 'k'.repeat(65), 'k'.repeat(1024), '\u00e9', '\u20ac', 'a\0', 'a\0\0']) {
    assert.equal(limiter.consume(key).allowed, true);
    assert.equal(limiter.consume(key).allowed, false);
    assert.equal(limiter.get(key).allowed, false);
  }
});
