'use strict';

const { contextOf } = require('../internal/context');
const { middleware } = require('../internal/stage');
const { parse, create, resolverOf, clientOf } = require('./stage');

/**
 * Middleware that settles who is calling, for `client.address`, `client.key` and the other practices.
 * The guard does this itself; alone it is only needed to give options.
 *
 * @param {import('./index').ClientOptions} [options]
 * @throws {HauberkError} ERR_HAUBERK_CLIENT_TRUST_PROXY where everybody would be believed,
 *   ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID
 */
function client(options) {
  return middleware(create(parse(options)));
}

/**
 * The client's address in canonical text; an IPv4-mapped address is IPv4. Undefined where the connection
 * has none (a Unix socket).
 *
 * @param {import('node:http').IncomingMessage} req
 * @returns {string | undefined}
 */
function address(req) {
  return clientOf(req, contextOf(req)).address;
}

/**
 * What limits count by: the IPv4 address however it is wrapped, else the IPv6 network (`/56` by default),
 * else `unknown`.
 *
 * @param {import('node:http').IncomingMessage} req
 * @returns {string}
 */
function key(req) {
  return clientOf(req, contextOf(req)).key;
}

/**
 * Whether the other end of the connection is a trusted hop, whose forwarding headers count.
 *
 * @param {import('node:http').IncomingMessage} req
 * @returns {boolean}
 */
function trusts(req) {
  return resolverOf(req).trusts(req);
}

exports = module.exports = client;
exports.address = address;
exports.key = key;
exports.trusts = trusts;
