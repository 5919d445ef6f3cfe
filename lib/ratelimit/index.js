'use strict';

const { middleware } = require('../internal/stage');
const { login } = require('./login');
const { routeOf } = require('./route');
const { parse, create } = require('./stage');

/**
 * A rate limit: GCRA (the generic cell rate algorithm) over a table of fixed size that all worker threads
 * of the process share. The result is middleware, and decides directly by `consume`.
 *
 * @param {import('./index').RatelimitOptions} [options]
 * @returns {import('./index').Ratelimit}
 * @throws {HauberkError} ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID,
 *   ERR_HAUBERK_RATELIMIT_TABLE where the name is taken by a table of another size
 */
function ratelimit(options) {
  const stage = create(parse(options));
  const { limiter } = stage;
  return Object.assign(middleware(stage), {
    /** @param {string} key @param {number} [cost] @param {number} [limit] */
    consume: (key, cost, limit) => limiter.consume(key, cost, limit),
    /** @param {string} key @param {number} [limit] */
    get: (key, limit) => limiter.get(key, limit),
    /** @param {string} key */
    reset: (key) => limiter.reset(key),
    close: () => stage.close?.(),
  });
}

exports = module.exports = ratelimit;
exports.bans = require('./bans-stage').bans;
exports.login = login;
exports.route = routeOf;
