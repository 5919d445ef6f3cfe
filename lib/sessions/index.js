'use strict';

const { refuseUncalled } = require('../internal/uncalled');
const { Instance } = require('./instance');
const actions = require('./login');
const { parse } = require('./options');
const { redisIndex: makeRedisIndex } = require('./redis-index');
const users = require('./users');

/**
 * express-session (an optional peer), set up safely: lib/sessions/instance.js states how. Behind the guard, or alone.
 *
 * @param {import('./index').SessionsOptions} [options]
 * @returns {import('./index').Sessions}
 * @throws {HauberkError} ERR_HAUBERK_PEER_MISSING, ERR_HAUBERK_SESSIONS_MEMORY, ERR_HAUBERK_SECRET,
 *   ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID
 */
function sessions(options) {
  refuseUncalled('hauberk.sessions', arguments);
  const instance = new Instance(parse(options));
  /** @type {any} */
  const middleware = function hauberkSessions(
    /** @type {any} */ req,
    /** @type {any} */ res,
    /** @type {(error?: unknown) => void} */ next,
  ) {
    return instance.run(req, res, next);
  };
  return Object.assign(middleware, {
    /** @param {string | number} user @param {any} [req] */
    list: (user, req) => users.list(instance, String(user), req),
    /** @param {string | number} user @param {{ handle?: string, except?: any }} [which] */
    revoke: (user, which = {}) => users.revoke(instance, String(user), which),
  });
}

exports = module.exports = sessions;
exports.login = actions.login;
exports.logout = actions.logout;
exports.renew = actions.renew;
exports.redisIndex = makeRedisIndex;
