'use strict';

/**
 * Whether a request came over TLS, and to which host.
 *
 * 1. The socket is a TLS socket: yes.
 * 2. A peer that is trusted says `X-Forwarded-Proto: https`: yes. Of several values all must say so: where proxies
 *    append, the client wrote the first. Who is trusted is the caller's to say; by default it is what the
 *    application told Express (`trust proxy`).
 * 3. Otherwise no: anybody can send that header.
 */

/** @typedef {(req: any) => boolean} Trusts whether the peer of a request may speak for the client */

/** @type {Trusts} */
function expressTrusts(req) {
  const trust = req.app?.get('trust proxy fn');
  return typeof trust === 'function' && Boolean(trust(req.socket.remoteAddress, 0));
}

/**
 * @param {any} req
 * @param {Trusts} [trusts]
 * @returns {boolean}
 */
function isSecure(req, trusts = expressTrusts) {
  if (req.socket?.encrypted) return true;
  const forwarded = req.headers['x-forwarded-proto'];
  if (typeof forwarded !== 'string') return false;
  const all = forwarded.split(',').every((word) => word.trim().toLowerCase() === 'https');
  return all && trusts(req);
}

/**
 * The host that the client asked for, with its port: `Host`, or `X-Forwarded-Host` of a trusted peer.
 *
 * @param {any} req
 * @param {Trusts} [trusts]
 * @returns {string} empty where there is none
 */
function hostOf(req, trusts = expressTrusts) {
  const forwarded = req.headers['x-forwarded-host'];
  if (typeof forwarded === 'string' && trusts(req)) return forwarded.split(',', 1)[0].trim();
  return req.headers.host ?? '';
}

/**
 * Whether a host is this machine by name, or an address: `localhost`, `app.localhost` (RFC 6761, 6.3),
 * `127.0.0.1`, `[::1]:8443`. Browsers ignore HSTS for addresses (RFC 6797, 8.1.1); for `localhost` they
 * would pin every server on every port of a developer's machine.
 *
 * @param {string} host with or without a port
 */
function isLocal(host) {
  if (host === '' || host.startsWith('[')) return true;
  const name = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  if (name.includes(':')) return true;
  // WHATWG URL: a host whose last label is a number (in C's notation) is an IPv4 address.
  const last = name.slice(name.lastIndexOf('.') + 1);
  return name === '' || last === 'localhost' || /^(?:\d+|0x[0-9a-f]*)$/.test(last);
}

module.exports = { isSecure, hostOf, isLocal };
