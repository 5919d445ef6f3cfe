'use strict';

const { later, settle } = require('./lib/internal/later');
// Loaded at once, so that a binary that is missing or broken fails at start and not at the first login.
require('./lib/internal/native');

// One `exports.<name> = ` per line: anything else hides the names from ESM imports.
exports = module.exports = hauberk;
exports.audit = later(() => require('./lib/audit'));
exports.body = later(() => require('./lib/body'));
exports.client = later(() => require('./lib/client'));
exports.cookies = later(() => require('./lib/cookies'));
exports.csrf = later(() => require('./lib/csrf'));
exports.doctor = later(() => require('./lib/doctor'));
exports.errors = later(() => require('./lib/errors'));
exports.eslint = later(() => require('./lib/eslint'));
exports.headers = later(() => require('./lib/headers'));
exports.https = later(() => require('./lib/https'));
exports.mfa = later(() => require('./lib/mfa'));
exports.monitor = later(() => require('./lib/monitor'));
exports.passwords = later(() => require('./lib/passwords'));
exports.privileges = later(() => require('./lib/privileges'));
exports.ratelimit = later(() => require('./lib/ratelimit'));
exports.sanitize = later(() => require('./lib/sanitize'));
exports.sessions = later(() => require('./lib/sessions'));
exports.validate = later(() => require('./lib/validate'));
exports.HauberkError = later(() => require('./lib/internal/fault').HauberkError);
settle(exports);

/**
 * @param {unknown} [_options] GuardOptions, see index.d.ts
 * @returns {any} Guard
 */
function hauberk(_options) {
  return require('./lib/guard').apply(undefined, arguments);
}
