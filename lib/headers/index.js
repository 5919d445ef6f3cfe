'use strict';

const { later, settle } = require('../internal/later');
const { middleware } = require('../internal/stage');
const { refuseUncalled } = require('../internal/uncalled');
const { nonce } = require('./nonce');
const { dangerouslyDisableDefaultSrc } = require('./options');
const { getDefaultDirectives } = require('./policy');
const stage = require('./stage');

/**
 * Security headers as a middleware: all of helmet 8's options under the same names.
 *
 * @param {import('./index').HeadersOptions} [options]
 * @returns {import('./index').Middleware}
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID, ERR_HAUBERK_HEADERS_DIRECTIVE,
 *   ERR_HAUBERK_HEADERS_VALUE at construction; ERR_HAUBERK_GUARD_NOT_CALLED on each request where it was
 *   handed to Express without being called
 */
function headers(options) {
  refuseUncalled('headers', arguments);
  return middleware(stage.create(stage.parse(options)));
}

exports = module.exports = headers;
exports.nonce = nonce;
exports.clearSiteData = later(() => require('./helpers').clearSiteData);
exports.integrity = later(() => require('./helpers').integrity);
exports.observe = later(() => require('./observe').observe);
exports.contentSecurityPolicy = Object.freeze({ getDefaultDirectives, dangerouslyDisableDefaultSrc });
settle(exports);
