'use strict';

const { later, settle } = require('../internal/later');
const { middleware } = require('../internal/stage');
// Loaded at once: a binary that is missing or broken fails at start.
require('../internal/native');

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
  const { create, parse } = require('./stage');
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
exports.bans = later(() => require('./bans-stage').bans);
exports.login = later(() => require('./login').login);
exports.route = later(() => require('./route').routeOf);
settle(exports);
