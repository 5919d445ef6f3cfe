'use strict';

const { refuseUncalled } = require('../internal/uncalled');
const { middleware } = require('../internal/stage');
const { tokenOf } = require('./offer');
const { parse, create } = require('./stage');

/**
 * Cross-site request forgery, as middleware of its own: behind the body parser where forms bring their token in a
 * field. The guard runs it by itself. lib/csrf/rules.js states the rules.
 *
 * @param {import('./index').CsrfOptions} [options]
 * @throws {HauberkError} ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID, ERR_HAUBERK_SECRET
 */
function csrf(options) {
  refuseUncalled('hauberk.csrf', arguments);
  return middleware(create(parse(options)));
}

/**
 * A token for a form or a script of the page that is being answered. May set a cookie, so it is made before the head
 * is sent.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @returns {string} 64 characters of base64url, another one on each call
 * @throws {HauberkError} ERR_HAUBERK_ARGUMENT where the request has not passed csrf, or the head was sent
 */
function token(req, res) {
  return tokenOf(req, res);
}

exports = module.exports = csrf;
exports.token = token;
