'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const ratelimit = require('../../lib/ratelimit');
const { missing, redisServer, until } = require('../helpers/redis');

const HOUR = 3_600_000;

/** Two admitted, then refused; a reset; the server stopped and back. */
async function works(t, redis, server) {
  const made = ratelimit({ redis, name: 'clients', limit: 4, windowMs: HOUR, deadlineMs: 2000 });
  t.after(() => made.close());
  await until(async () => (await made.get('new')).remaining === 4, 30_000);
  const seen = [];
  for (let i = 0; i < 6; i += 1) seen.push((await made.consume('a')).remaining);
  assert.deepEqual(seen, [3, 2, 1, 0, 0, 0]);
  await made.reset('a');
  assert.equal((await made.consume('a', 4)).allowed, true);
  const many = await Promise.all(Array.from({ length: 200 }, (_, i) => made.consume(`m${i % 100}`)));
  assert.equal(many.filter(({ remaining }) => remaining === 3).length, 100);
  await server.stop('SIGTERM');
  // Half of four, decided here.
  await until(async () => (await made.get('away')).remaining === 2, 30_000);
  await server.start();
  await until(async () => (await made.get('back')).remaining === 4, 60_000);
}

test('node-redis 4 in legacy mode: its promises are used', async (t) => {
  if (missing) return t.skip(missing);
  const server = await redisServer(t);
  const client = require('redis4').createClient({
    url: `redis://127.0.0.1:${server.port}`,
    legacyMode: true,
  });
  client.connect().catch(() => {});
  t.after(() => client.disconnect().catch(() => {}));
  await works(t, client, server);
});

for (const name of ['redis5', 'redis']) {
  test(`${name}: a pool of clients`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const { createClientPool } = require(name);
    const pool = createClientPool({ url: `redis://127.0.0.1:${server.port}` }, { minimum: 1, maximum: 3 });
    pool.on('error', () => {});
    await pool.connect();
    t.after(() => pool.destroy());
    await works(t, pool, server);
  });

  test(`${name}: what client.legacy() gives is refused, and the error says what to give`, async (t) => {
    if (missing) return t.skip(missing);
    const server = await redisServer(t);
    const client = require(name).createClient({ url: `redis://127.0.0.1:${server.port}` });
    // Nobody else listens when the server goes at the end.
    client.on('error', () => {});
    await client.connect();
    t.after(() => client.destroy());
    const expected = { code: 'ERR_HAUBERK_OPTION_INVALID', message: /the client itself/ };
    const redis = client.legacy();
    assert.throws(() => ratelimit({ redis }), expected);
    assert.throws(() => ratelimit.bans({ redis }), expected);
    assert.throws(() => ratelimit.login({ redis, account: () => 'a' }), expected);
  });
}
