'use strict';

const { HauberkError } = require('../../internal/fault');
const { invalid, integer, string, oneOf } = require('../../internal/options');

/** Options of limiters whose buckets are not in this process. */
const REMOTE = Object.freeze({
  redis: (/** @type {unknown} */ value, /** @type {string} */ path) =>
    value === undefined ? undefined : require('../fleet/sender').redisClient(value, path),
  store(/** @type {any} */ value, /** @type {string} */ path) {
    if (value === undefined) return undefined;
    const has = (/** @type {string} */ name) => typeof value?.[name] === 'function';
    if (has('increment') && has('resetKey')) return value;
    throw invalid(path, "a store of express-rate-limit's shape (increment, resetKey)", value);
  },
  prefix: string({
    pattern: /^[\w.:/-]{0,64}$/,
    expected: 'a string of at most 64 letters, digits and . : / - _',
    default: 'hauberk:',
  }),
  deadlineMs: integer({ min: 1, max: 10_000, unit: 'ms', default: 50 }),
  fallbackShare(/** @type {unknown} */ value, /** @type {string} */ path) {
    if (value === undefined) return 0.5;
    if (typeof value === 'number' && value >= 0.01 && value <= 1) return value;
    throw invalid(path, 'a number from 0.01 to 1', value);
  },
  onStoreError: oneOf(['local', 'refuse'], 'local'),
});

/**
 * What does not go together.
 *
 * @param {any} given
 */
function checkRemote(given) {
  const { scope, redis, store, cost } = given;
  if (redis !== undefined && store !== undefined) throw apart('redis and store', 'give one of them');
  if (scope === 'fleet' && redis === undefined) {
    throw apart("scope 'fleet' without redis", 'give your Redis client as ratelimit.redis');
  }
  if (redis !== undefined && scope !== undefined && scope !== 'fleet') {
    throw apart(`redis with scope '${scope}'`, "redis means scope 'fleet'");
  }
  if (store === undefined) return;
  if (given.policies !== undefined) throw apart('store with policies', 'such a store counts one');
  if (scope !== undefined) throw apart('store with scope', 'a store decides itself where it counts');
  if (cost !== 1) throw apart('store with cost', "a store of express-rate-limit's shape counts requests");
  if (given.burst !== undefined) throw apart('store with burst', 'such a store counts in fixed windows');
}

/** @param {string} what @param {string} fix */
function apart(what, fix) {
  return new HauberkError('ERR_HAUBERK_OPTION_INVALID', `ratelimit: ${what} does not work; ${fix}`);
}

module.exports = { REMOTE, checkRemote };
