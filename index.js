'use strict';

// One `exports.<name> = require(...)` per line: anything else hides the names from ESM imports.
exports = module.exports = require('./lib/guard');
exports.audit = require('./lib/audit');
exports.body = require('./lib/body');
exports.client = require('./lib/client');
exports.cookies = require('./lib/cookies');
exports.csrf = require('./lib/csrf');
exports.errors = require('./lib/errors');
exports.eslint = require('./lib/eslint');
exports.headers = require('./lib/headers');
exports.https = require('./lib/https');
exports.mfa = require('./lib/mfa');
exports.monitor = require('./lib/monitor');
exports.passwords = require('./lib/passwords');
exports.privileges = require('./lib/privileges');
exports.ratelimit = require('./lib/ratelimit');
exports.sanitize = require('./lib/sanitize');
exports.sessions = require('./lib/sessions');
exports.validate = require('./lib/validate');
exports.HauberkError = require('./lib/internal/fault').HauberkError;
