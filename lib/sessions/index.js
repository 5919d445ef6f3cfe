'use strict';

const { later, settle } = require('../internal/later');
const { refuseUncalled } = require('../internal/uncalled');

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
  const { Instance } = require('./instance');
  const { parse } = require('./options');
  const users = require('./users');
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
exports.login = later(() => require('./login').login);
exports.logout = later(() => require('./login').logout);
exports.renew = later(() => require('./login').renew);
exports.redisIndex = later(() => require('./redis-index').redisIndex);
settle(exports);
