'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('../internal/fault');

/** Adds an id, drops those whose time has come, and lets the set go with the last of them. */
const ADD = `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if last[2] then redis.call('PEXPIREAT', KEYS[1], last[2]) end
return 1`;

/**
 * Which sessions a user has, in Redis beside the sessions: a sorted set for each user, of ids by the time at which they
 * end at the latest. Ids whose time has come are dropped whenever the set is written.
 *
 * @param {any} client of node-redis or ioredis
 * @param {{ prefix?: string }} [options] what the keys begin with
 * @returns {import('./index').Index}
 */
function redisIndex(client, { prefix = 'hauberk:sessions:' } = {}) {
  const command = commander(client);
  // Hashed, so that the key has one length and says no name.
  const keyOf = (/** @type {string} */ user) =>
    prefix + crypto.createHash('sha256').update(user).digest('base64url');
  return {
    async add(user, id, endsAt) {
      await command('EVAL', ADD, '1', keyOf(user), String(endsAt), id, String(Date.now()));
    },
    async remove(user, id) {
      await command('ZREM', keyOf(user), id);
    },
    list: (user) => command('ZRANGE', keyOf(user), '0', '-1'),
  };
}

/**
 * @param {any} client
 * @returns {(...words: string[]) => Promise<any>}
 */
function commander(client) {
  if (typeof client?.call === 'function') return (...words) => client.call(...words);
  if (typeof client?.sendCommand === 'function') return (...words) => client.sendCommand(words);
  throw new HauberkError('ERR_HAUBERK_ARGUMENT', 'redisIndex takes a client of the package redis or ioredis');
}

/**
 * The index of a store that has one client of Redis, as connect-redis does.
 *
 * @param {any} store
 * @returns {import('./index').Index | undefined}
 */
function indexOf(store) {
  const { client, prefix } = store;
  const usable = typeof client?.call === 'function' || typeof client?.sendCommand === 'function';
  // A cluster's client takes a command in another form.
  if (!usable || typeof prefix !== 'string' || 'masters' in client) return undefined;
  return redisIndex(client, { prefix: `hauberk:${prefix}` });
}

module.exports = { redisIndex, indexOf };
