'use strict';

/**
 * A client of Redis through a stop and a return of its server, in a process of its own: a pool that is destroyed while one of
 * its clients waits to connect again goes on for ever, so the process ends it all. Exits with 0 where everything held.
 *
 * node redis-client-child.js legacy redis4
 * node redis-client-child.js pool redis
 */

const assert = require('node:assert/strict');

const ratelimit = require('../../lib/ratelimit');
const { redisServer, until } = require('./redis');

const HOUR = 3_600_000;
const [kind, name] = process.argv.slice(2);

/** Two admitted, then refused; a reset; the server stopped and back. */
async function works(redis, server) {
  const made = ratelimit({ redis, name: 'clients', limit: 4, windowMs: HOUR, deadlineMs: 2000 });
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

async function main() {
  const server = await redisServer(/** @type {any} */ ({ after() {} }));
  // Whatever becomes of the test, the server goes.
  process.on('exit', () => server.kill('SIGKILL'));
  const url = `redis://127.0.0.1:${server.port}`;
  const { createClient, createClientPool } = require(name);
  const client =
    kind === 'pool'
      ? createClientPool({ url }, { minimum: 1, maximum: 3 })
      : createClient({ url, legacyMode: true });
  client.on('error', () => {});
  await client.connect();
  await works(client, server);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
