'use strict';

const { decodeValue, parse: parseHeader } = require('../internal/cookie-header');
const { HauberkError, show } = require('../internal/fault');
const { middleware } = require('../internal/stage');
const { refuseUncalled } = require('../internal/uncalled');
const { serialize } = require('./serialize');
const { parse, create } = require('./stage');
const vault = require('./vault');

/**
 * Every cookie that leaves obeys policy, whoever set it.
 *
 * @param {import('./index').CookiesOptions} [options]
 * @returns {import('./index').Middleware}
 * @throws {HauberkError} ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID, ERR_HAUBERK_SECRET at construction
 */
function cookies(options) {
  refuseUncalled('cookies', arguments);
  return middleware(create(parse(options)));
}

/**
 * The cookies of a Cookie field, by name.
 *
 * @param {string} header
 * @param {{ decode?: (text: string) => string }} [options]
 */
function parseCookies(header, options) {
  if (typeof header !== 'string') {
    throw new HauberkError('ERR_HAUBERK_ARGUMENT', `the Cookie field must be text; got ${show(header)}`);
  }
  return parseHeader(header, options?.decode ?? decodeValue);
}

exports = module.exports = cookies;
exports.parse = parseCookies;
exports.serialize = serialize;
exports.sign = vault.sign;
exports.unsign = vault.unsign;
exports.seal = vault.seal;
exports.open = vault.open;
