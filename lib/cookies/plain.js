'use strict';

const { hostOf, isLocal } = require('../internal/transport');

/** What proxies tell of the request that they pass on. */
const FORWARDING = Object.freeze([
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]);

/**
 * Whether a request comes from this very machine over plain HTTP, and no proxy passed it on: a developer's browser or
 * a test. Besides the peer, the host must be a local one (or end in `.test`, RFC 6761, 6.2), so that a proxy on the same machine
 * that tells nothing about itself is not taken for a developer where it passes the public host on.
 *
 * @param {any} req
 */
function isDevelopment(req) {
  const { socket, headers } = req;
  if (socket?.encrypted || !isLoopback(socket?.remoteAddress)) return false;
  for (const name of FORWARDING) if (headers[name] !== undefined) return false;
  const host = hostOf(req, never);
  return isLocal(host) || /\.test(?::\d+)?$/i.test(host);
}

function never() {
  return false;
}

/** @param {string | undefined} address */
function isLoopback(address) {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address ?? '');
}

module.exports = { isDevelopment };
