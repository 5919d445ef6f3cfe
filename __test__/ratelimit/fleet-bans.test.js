'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const hauberk = require('../..');
const { bans: openBans } = require('../../lib/ratelimit');
const { events } = require('../helpers/events');
const { clients, freePort, missing, redisServer, until } = require('../helpers/redis');
const { expresses, serve } = require('../helpers/server');

const HOUR = 3_600_000;
let names = 0;

/** @param {import('node:test').TestContext} t @param {any} redis @param {object} [options] */
function own(t, redis, options) {
  const made = openBans({ redis, name: `fleet-${(names += 1)}`, deadlineMs: 10_000, ...options });
  t.after(() => made.close());
  return made;
}

/** @param {import('node:test').TestContext} t */
async function connected(t) {
  const server = await redisServer(t);
  const client = clients[2].open(t, server.port);
  await until(() => client.isReady);
  return { client, server };
}

/** Whether it is so before what was found is looked for again: at most a second, and what a busy machine adds. */
const soon = (what) => until(what, 30_000);

for (const { name, open } of clients) {
  test(`${name}: a ban holds in every process, until its end, and not for others`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const both = [open(t, server.port), open(t, server.port)];
    await until(() => both.every((client) => client.isReady ?? client.status === 'ready'));
    const [here, there] = both.map((client) => own(t, client, { name: 'both' }));
    assert.equal(await there.check('203.0.113.1'), undefined);
    const before = Date.now();
    const ban = await here.ban('203.0.113.1', HOUR, 'scanner');
    assert.equal(ban.reason, 'scanner');
    assert.ok(ban.untilMs >= before + HOUR - 2 && ban.untilMs <= Date.now() + HOUR + 2);
    assert.equal((await here.check('203.0.113.1')).reason, 'scanner', 'at once where it was made');
    await soon(async () => (await there.check('203.0.113.1'))?.reason === 'scanner');
    assert.equal(await there.check('203.0.113.2'), undefined);
    assert.deepEqual([await here.count(), await there.count()], [1, 1]);
    await there.unban('203.0.113.1');
    assert.equal(await there.check('203.0.113.1'), undefined);
    await soon(async () => (await here.check('203.0.113.1')) === undefined);
    await here.ban('short', 30);
    await soon(async () => (await there.check('short')) === undefined && (await there.count()) === 0);
  });
}

test('a longer ban stays, a shorter one is made longer', async (t) => {
  if (missing) return t.skip(missing);
  const { client } = await connected(t);
  const bans = own(t, client);
  await bans.ban('k', HOUR, 'login');
  assert.equal((await bans.ban('k', 1000, 'manual')).reason, 'login');
  assert.ok((await bans.ban('k', 2 * HOUR, 'flood')).leftMs > HOUR);
  assert.equal((await bans.check('k')).reason, 'flood');
});

test('a flood of bans stays bounded and keeps the longest', async (t) => {
  if (missing) return t.skip(missing);
  const { client } = await connected(t);
  const bans = own(t, client, { slots: 1024, name: 'flood' });
  await bans.ban('worst', 24 * HOUR);
  for (let i = 0; i < 3000; i += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, at) => bans.ban(`k-${i + at}`, HOUR)));
  }
  assert.ok(await bans.check('worst'));
  assert.equal(await bans.count(), 1024);
  assert.equal(bans.lost(), 3001 - 1024);
  assert.equal(await client.zCard('hauberk:{bans:flood}'), 1024);
  assert.ok((await client.pTTL('hauberk:{bans:flood}')) <= 24 * HOUR + 1000);
});

test('looks of one turn are one command, and a client is looked for once a second', async (t) => {
  if (missing) return t.skip(missing);
  const { client } = await connected(t);
  const bans = own(t, client);
  await bans.ban('bad', HOUR);
  await bans.check('first');
  let sent = 0;
  const send = client.sendCommand;
  client.sendCommand = (...words) => {
    sent += 1;
    return send.apply(client, words);
  };
  const keys = Array.from({ length: 50 }, (_, i) => (i === 7 ? 'bad' : `k-${i}`));
  const found = await Promise.all(keys.map((key) => bans.check(key)));
  assert.equal(sent, 1);
  assert.deepEqual(
    found.flatMap((ban, i) => (ban === undefined ? [] : [i])),
    [7],
  );
});

test('Redis away: what is known holds, what is banned meanwhile is handed in when it is back', async (t) => {
  if (missing) return t.skip(missing);
  const { client, server } = await connected(t);
  const seen = events(t);
  const bans = own(t, client, { name: 'outage' });
  const other = own(t, clients[4].open(t, server.port), { name: 'outage' });
  await bans.ban('before', HOUR, 'login');
  await server.stop('SIGTERM');
  await until(() => !client.isReady);
  assert.equal((await bans.check('before')).reason, 'login');
  assert.equal((await bans.ban('meanwhile', HOUR, 'scanner')).reason, 'scanner');
  assert.equal((await bans.check('meanwhile')).reason, 'scanner');
  assert.equal(await bans.check('nobody'), undefined);
  await assert.rejects(bans.unban('before'), { code: 'ERR_HAUBERK_RATELIMIT_STORE' });
  await bans.ban('freed', HOUR);
  await bans.unban('freed').catch(() => {});
  assert.match(bans.report()[0].what, /is away now/);
  await server.start();
  await soon(async () => (await other.check('meanwhile'))?.reason === 'scanner');
  assert.equal(await other.check('freed'), undefined);
  assert.equal((await bans.check('meanwhile')).reason, 'scanner');
  assert.equal(await bans.check('freed'), undefined);
  assert.ok(seen().some(({ event }) => event === 'sys_monitor_enabled'));
});

test('Redis that was never there, or answers garbage: bans are those of this process', async (t) => {
  const net = require('node:net');
  const port = await freePort();
  const none = clients[2].open(t, port);
  const garbage = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write('*2\r\n:-5\r\n+what\r\n'));
  });
  await new Promise((resolve) => garbage.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => garbage.close());
  const { Redis } = require('ioredis');
  const strange = new Redis({
    port: /** @type {any} */ (garbage.address()).port,
    host: '127.0.0.1',
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  t.after(() => strange.disconnect());
  for (const client of [none, strange]) {
    const bans = own(t, client, { deadlineMs: 50 });
    assert.equal(await bans.check('a'), undefined);
    assert.equal((await bans.ban('a', HOUR, 'flood')).reason, 'flood');
    assert.equal((await bans.check('a')).reason, 'flood');
    assert.equal(await bans.count(), 1);
  }
});

for (const { name, express } of expresses) {
  test(`${name}: in the guard, banned clients get 403 with Retry-After, from any process`, async (t) => {
    if (missing) return t.skip(missing);
    const { client } = await connected(t);
    const guard = hauberk({ bans: { redis: client, name: `guard-${name.at(-1)}`, deadlineMs: 10_000 } });
    t.after(() => guard.close());
    const app = express();
    app.use(guard, (_req, res) => res.end('ok'));
    app.use(guard.errors);
    const { url } = await serve(t, app);
    assert.equal((await fetch(url)).status, 200);
    const other = own(t, client, { name: `guard-${name.at(-1)}` });
    await other.ban('127.0.0.1', 600_000, 'anomaly');
    await soon(async () => (await fetch(url)).status === 403);
    const refused = await fetch(url);
    assert.match(String(refused.headers.get('retry-after')), /^(600|59\d)$/);
    assert.equal((await refused.json()).code, 'ERR_HAUBERK_RATELIMIT_BANNED');
    await guard.bans.unban('127.0.0.1');
    assert.equal((await fetch(url)).status, 200);
  });
}

test('bad bans reject, closed ones too; bad options throw at construction', async (t) => {
  const client = { on() {}, off() {}, sendCommand() {}, isReady: false, duplicate() {} };
  const bans = own(t, client);
  const bad = [
    [undefined, HOUR],
    ['', HOUR],
    ['x'.repeat(2 ** 20), HOUR],
    ['\ud800', HOUR],
    ['a', 0],
    ['a', 1.5],
    ['a', NaN],
    ['a', HOUR, 'because'],
  ];
  for (const args of bad) await assert.rejects(bans.ban(...args), /ERR_HAUBERK|must|lasts/, String(args));
  for (const key of [undefined, null, 7, '', '\ufffd']) {
    await assert.rejects(bans.check(key), { code: 'ERR_HAUBERK_RATELIMIT_KEY' });
  }
  bans.close();
  await assert.rejects(bans.ban('a', HOUR), { code: 'ERR_HAUBERK_RATELIMIT_TABLE' });
  for (const options of [
    { scope: 'fleet' },
    { redis: {} },
    { redis: client, scope: 'machine' },
    { redis: client, directory: '/tmp' },
    { redis: client, deadlineMs: 0 },
    { redis: client, prefix: '{' },
  ]) {
    assert.throws(
      () => openBans(options),
      { code: 'ERR_HAUBERK_OPTION_INVALID' },
      Object.keys(options).join(),
    );
    assert.throws(() => hauberk({ bans: options }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
});
