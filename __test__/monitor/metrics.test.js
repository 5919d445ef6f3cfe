'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const hauberk = require('../..');
const { expresses, serve } = require('../helpers/server');
const { send } = require('../helpers/send');

/** Counts belong to the process, so tests look at what was added. @param {any} snapshot @param {string} practice */
function decisionsOf(snapshot, practice) {
  const { allowed, blocked, reported } = snapshot.decisions.find(
    (/** @type {any} */ one) => one.practice === practice,
  ) ?? {
    allowed: 0,
    blocked: 0,
    reported: 0,
  };
  return [allowed, blocked, reported];
}

/** @param {any} before @param {any} after @param {string} practice */
function added(before, after, practice) {
  const from = decisionsOf(before, practice);
  return decisionsOf(after, practice).map(
    (/** @type {number} */ value, /** @type {number} */ i) => value - from[i],
  );
}

/** @param {any} snapshot @param {string} code @param {boolean} blocked */
function eventsOf(snapshot, code, blocked) {
  return snapshot.events
    .filter((/** @type {any} */ one) => one.code === code && one.blocked === blocked)
    .reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.count, 0);
}

for (const { name, express } of expresses) {
  test(`${name}: requests, statuses, decisions and events are counted, by default`, async (t) => {
    const app = express();
    const guard = hauberk({ ratelimit: { limit: 5, burst: 5, windowMs: 3_600_000 } });
    t.after(guard.close);
    app.use(guard);
    app.get('/', (_req, res) => res.json({}));
    app.use(guard.errors);
    const { port } = await serve(t, app);
    const before = guard.monitor.snapshot();
    for (const path of ['/', '/', '/nowhere', '/', '/?a=1&a=2', '/', '/'])
      await send(port, { method: 'GET', path });
    const after = guard.monitor.snapshot();
    assert.equal(after.requests.total - before.requests.total, 7);
    const status = (/** @type {number} */ code) =>
      (after.requests.byStatus[code] ?? 0) - (before.requests.byStatus[code] ?? 0);
    assert.deepEqual([200, 404, 429].map(status), [4, 1, 2]);
    assert.equal(after.requests.duration.count - before.requests.duration.count, 7);
    assert.ok(after.requests.duration.sum > before.requests.duration.sum);
    assert.deepEqual(added(before, after, 'ratelimit'), [5, 2, 0]);
    assert.deepEqual(added(before, after, 'headers'), [7, 0, 0]);
    assert.deepEqual(added(before, after, 'query'), [5, 0, 0]);
    const exceeded = 'ERR_HAUBERK_RATELIMIT_EXCEEDED';
    assert.equal(eventsOf(after, exceeded, true) - eventsOf(before, exceeded, true), 2);
    assert.ok(after.offenders.some(({ client, count }) => client === '127.0.0.0/24' && count >= 2));
  });

  test(`${name}: dry run is counted apart; csrf decides once, with its second step`, async (t) => {
    const app = express();
    const guard = hauberk({ ratelimit: { limit: 1, burst: 1, windowMs: 3_600_000, mode: 'report' } });
    t.after(guard.close);
    app.use(guard);
    app.post('/', (_req, res) => res.json({}));
    const { port } = await serve(t, app);
    const before = guard.monitor.snapshot();
    const json = { 'Content-Type': 'application/json' };
    for (let i = 0; i < 3; i += 1) await send(port, { headers: json, body: '{}' });
    await send(port, { headers: { ...json, 'Sec-Fetch-Site': 'cross-site', Cookie: 'a=b' }, body: '{}' });
    await send(port, { headers: json, body: '{' });
    const after = guard.monitor.snapshot();
    assert.deepEqual(added(before, after, 'ratelimit'), [1, 0, 4]);
    const [allowed, blocked, reported] = added(before, after, 'csrf');
    assert.deepEqual([allowed, blocked, reported], [3, 1, 0]);
    assert.deepEqual(added(before, after, 'body'), [3, 1, 0]);
  });

  test(`${name}: a practice of its own is counted too`, async (t) => {
    const app = express();
    const limit = hauberk.ratelimit({ limit: 1, burst: 1, windowMs: 3_600_000 });
    t.after(limit.close);
    const monitor = hauberk.monitor();
    t.after(() => monitor.close());
    app.use(limit);
    app.get('/', (_req, res) => res.end());
    const { port } = await serve(t, app);
    const before = monitor.snapshot();
    for (let i = 0; i < 3; i += 1) await send(port, { method: 'GET' });
    assert.deepEqual(added(before, monitor.snapshot(), 'ratelimit'), [1, 2, 0]);
  });

  test(`${name}: a request behind two guards is one, one of a route without monitoring is none`, async (t) => {
    const app = express();
    const outer = hauberk({ routes: { '/health': { monitor: false } } });
    const inner = hauberk();
    t.after(outer.close);
    t.after(inner.close);
    app.use(outer);
    app.use('/twice', inner);
    app.use((/** @type {any} */ _req, /** @type {any} */ res) => res.end());
    const { port } = await serve(t, app);
    const before = outer.monitor.snapshot();
    for (const path of ['/twice', '/health', '/']) await send(port, { method: 'GET', path });
    const after = outer.monitor.snapshot();
    assert.equal(after.requests.total - before.requests.total, 2);
    assert.equal(after.requests.duration.count - before.requests.duration.count, 2);
  });
}

test('how long practices take is measured of one request in 64', async (t) => {
  const app = expresses[1].express();
  const guard = hauberk();
  t.after(guard.close);
  app.use(guard);
  app.get('/', (_req, res) => res.end());
  const { port } = await serve(t, app);
  const before = guard.monitor.snapshot();
  for (let i = 0; i < 128; i += 1) await send(port, { method: 'GET' });
  const after = guard.monitor.snapshot();
  for (const practice of ['headers', 'ratelimit', 'csrf', 'body', 'query']) {
    const of = (/** @type {any} */ { decisions }) =>
      decisions.find((/** @type {any} */ one) => one.practice === practice) ?? { timed: 0, seconds: 0 };
    assert.equal(of(after).timed - of(before).timed, 2, practice);
    assert.ok(of(after).seconds >= of(before).seconds, practice);
  }
  assert.match(await guard.monitor.metrics(), /^hauberk_practice_seconds_total\{practice="body"\} \S+$/m);
});

test('tables, the password pool, memory and the event loop', async (t) => {
  const limit = hauberk.ratelimit({ name: 'monitored', slots: 4096, limit: 10, windowMs: 3_600_000 });
  const fixed = hauberk.ratelimit({
    name: 'fixed',
    slots: 4096,
    limit: 10,
    windowMs: 3_600_000,
    algorithm: 'fixed-window',
  });
  const bans = hauberk.ratelimit.bans({ name: 'monitored', slots: 2048 });
  const monitor = hauberk.monitor();
  t.after(() => monitor.close());
  for (let i = 0; i < 500; i += 1) {
    limit.consume(`key ${i}`);
    fixed.consume(`key ${i}`);
  }
  bans.ban('somebody', 60_000);
  await hauberk.passwords.hash('correct horse battery staple', { memoryKiB: 64, passes: 1 });
  const { tables, passwords, memory, loop } = monitor.snapshot();
  const table = (/** @type {string} */ kind, /** @type {string} */ name) =>
    tables.find((one) => one.kind === kind && one.name === name);
  for (const name of ['monitored', 'fixed']) {
    const { slots, used = 0, lost } = table('ratelimit', name) ?? assert.fail(name);
    // Five keys of one set leave one out.
    assert.deepEqual([slots, used + lost], [4096, 500], name);
    assert.ok(used > 450, name);
  }
  assert.deepEqual(table('bans', 'monitored'), {
    name: 'monitored',
    kind: 'bans',
    slots: 2048,
    used: 1,
    lost: 0,
  });
  assert.ok(passwords !== undefined && passwords.hashed >= 1 && passwords.budgetBytes > 0);
  assert.ok(memory.rssBytes > 1e6 && memory.heapUsedBytes > 1e6);
  assert.ok(loop.p99Ms >= 0 && loop.maxMs >= loop.p50Ms && loop.utilization >= 0 && loop.utilization <= 1);
  limit.close();
  fixed.close();
  bans.close();
  assert.equal(
    monitor.snapshot().tables.some(({ name }) => name === 'monitored' || name === 'fixed'),
    false,
  );
});

test('the text: every family once, names of tables escaped, buckets that add up', async (t) => {
  const limit = hauberk.ratelimit({ name: 'a/b#c', slots: 1024, limit: 10 });
  t.after(limit.close);
  const monitor = hauberk.monitor();
  t.after(() => monitor.close());
  const text = await monitor.metrics();
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name]) => name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length >= 15);
  for (const line of text.trimEnd().split('\n')) {
    assert.match(line, /^(?:# (?:HELP|TYPE) \S+ .+|[a-z_]+(?:\{[^\n]*\})? [-+.e\d]+)$/);
  }
  const buckets = [...text.matchAll(/^hauberk_request_duration_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)];
  assert.equal(buckets.at(-1)?.[1], '+Inf');
  const values = buckets.map(([, , value]) => Number(value));
  assert.deepEqual(
    values,
    [...values].sort((a, b) => a - b),
  );
  assert.match(text, new RegExp(`^hauberk_request_duration_seconds_count ${values.at(-1)}$`, 'm'));
  assert.match(text, /^hauberk_table_slots\{table="a\/b#c",kind="ratelimit"\} 1024$/m);
});

test('top offenders: memory of fixed size, and the worst is found among many', () => {
  const { Offenders } = require('../../lib/monitor/offenders');
  const offenders = new Offenders();
  const client = (/** @type {number} */ i) => ({ address: undefined, key: `k${i}`, masked: `m${i}` });
  for (let i = 0; i < 20_000; i += 1) {
    offenders.add(client(i));
    if (i % 20 === 0) offenders.add(client(-1));
  }
  assert.equal(offenders.places.size, 128);
  const [first] = offenders.top(1);
  assert.equal(first.client.key, 'k-1');
  assert.ok(first.count >= 1000);
});
