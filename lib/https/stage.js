'use strict';

const client = require('../client');
const { sayOnce } = require('../internal/events');
const { isProduction } = require('../internal/production');
const { refusal } = require('../internal/refusal');
const { hostOf } = require('../internal/transport');
const { compileExempt } = require('./exempt');
const { Hosts, read } = require('./hosts');
const { parse } = require('./options');
const { readTarget } = require('./target');

/**
 * HTTPS only, and only for the hosts that are served here.
 *
 * 1. Without `hosts` nothing happens: a redirect would go where the `Host` header says.
 * 2. Exempt paths pass, under any host.
 * 3. Outside production, a request from this machine to a local name that no proxy forwarded passes.
 * 4. `Host` (or `X-Forwarded-Host` of a trusted hop, and the authority of a target in absolute form) must be
 *    on the list, else 421; what is no host, or more than one, gets 400 (RFC 9112, 3.2).
 * 5. Over HTTPS the request goes on. That is: a TLS socket, or a trusted hop that says so.
 * 6. Over HTTP it gets 308 to the same path at the listed host, with `api: 'refuse'` only if it is a page that
 *    a browser asks for; everything else gets 403 or 426, and the connection is closed: what was sent in the
 *    clear (a token, say) shall not become a habit.
 *
 * @typedef {{ mode?: 'enforce' | 'report', trusts?: (req: any) => boolean }} Shared
 */

/**
 * @param {any} settings
 * @param {Shared} [shared] `trusts` says whether a request's peer may speak for the client
 * @returns {import('../internal/stage').Stage}
 */
function create(settings, shared = {}) {
  const mode = settings.mode ?? shared.mode ?? 'enforce';
  const applied = { ...settings, mode };
  if (settings.hosts.length === 0) {
    return { practice: 'https', settings: applied, idle: true, report: () => [NO_HOSTS] };
  }
  const trusts = shared.trusts ?? client.trusts;
  const hosts = new Hosts(settings.hosts, settings.port);
  const isExempt = compileExempt(settings.exempt);
  return {
    practice: 'https',
    settings: applied,
    run: function httpsRedirect(req) {
      const target = readTarget(req.originalUrl ?? req.url);
      if (target === undefined) return malformed('The request target has no valid form.');
      const asked = readHost(req, target, hosts, trusts);
      const listed = !('code' in asked);
      if (listed && isHttps(req, trusts)) return undefined;
      // Asked last: on a running service nearly every request is over by now.
      if (isExempt(req.method, target.path) || isDevelopment(req, target)) return undefined;
      return listed ? upgrade(req, settings, asked.name + portSuffix(settings.port) + target.path) : asked;
    },
  };
}

/** @type {import('../internal/stage').Finding} */
const NO_HOSTS = Object.freeze({
  level: 'note',
  what: 'plain HTTP is not redirected and any Host header is accepted, because https has no hosts',
  fix: "https: { hosts: ['api.example.com'] } with the names that this application serves",
});

/** @param {number} port */
function portSuffix(port) {
  return port === 443 ? '' : `:${port}`;
}

/**
 * The host that was asked for, where it is one of the list.
 *
 * @param {any} req
 * @param {import('./target').Target} target
 * @param {Hosts} hosts
 * @param {(req: any) => boolean} trusts
 * @returns {{ name: string } | import('../internal/refusal').Refusal}
 */
function readHost(req, target, hosts, trusts) {
  if (countHosts(req.rawHeaders) > 1) return malformed('There is more than one Host header.');
  const given = hostOf(req, trusts);
  if (given === '') return foreign();
  const known = hosts.known.get(given);
  if (known !== undefined && target.authority === undefined) return known;
  const asked = read(given);
  if (asked === undefined) return malformed('The Host header is not a valid host.');
  const { localPort } = req.socket;
  if (!hosts.has(asked, localPort)) return foreign();
  hosts.remember(given, asked);
  if (target.authority === undefined) return asked;
  // The target goes before Host, and what stands behind reads Host: both must be ours.
  const named = read(target.authority);
  if (named === undefined) return malformed('The request target is not a valid URL.');
  return hosts.has(named, localPort) ? named : foreign();
}

/** @param {readonly string[]} raw names and values, as they arrived: Node.js keeps only the first Host */
function countHosts(raw) {
  let count = 0;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i].length === 4 && raw[i].toLowerCase() === 'host') count += 1;
  }
  return count;
}

/**
 * Of several values (proxies that append) all must say https: only the last is the trusted hop's own word.
 *
 * @param {any} req
 * @param {(req: any) => boolean} trusts
 */
function isHttps(req, trusts) {
  if (req.socket.encrypted) return true;
  const forwarded = req.headers['x-forwarded-proto'];
  if (typeof forwarded !== 'string') return false;
  const says = forwarded.split(',').every((word) => word.trim().toLowerCase() === 'https');
  if (!says) return false;
  if (trusts(req)) return true;
  sayOnce(
    'HAUBERK_HTTPS_PROXY_UNTRUSTED',
    'X-Forwarded-Proto: https came from a hop that is not trusted and was ignored. If your proxy sent it, ' +
      'every request is redirected without end: name the proxy in client.trustProxy',
  );
  return false;
}

// eslint-disable-next-line security/detect-unsafe-regex -- for a name of at most 253 characters
const LOCAL_NAME = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const LOCAL_PEER = /^(?:(?:::ffff:)?127\.|::1$)/;

/**
 * Plain HTTP on the developer's own machine: the peer is it, the host is it, and no proxy is in between.
 *
 * @param {any} req
 * @param {import('./target').Target} target
 */
function isDevelopment(req, target) {
  const { headers, socket } = req;
  if (target.authority !== undefined || !LOCAL_PEER.test(socket.remoteAddress ?? '')) return false;
  if (isProduction() || !LOCAL_NAME.test(read(headers.host ?? '')?.name ?? '')) return false;
  return (
    headers['x-forwarded-for'] === undefined &&
    headers['x-forwarded-proto'] === undefined &&
    headers['x-forwarded-host'] === undefined &&
    headers.forwarded === undefined
  );
}

/**
 * @param {any} req
 * @param {any} settings
 * @param {string} rest host, port and path
 */
function upgrade(req, { api, apiStatus }, rest) {
  const detail = 'This service is available over HTTPS only.';
  if (api === 'refuse' && !isPage(req)) {
    return refusal('https', 'ERR_HAUBERK_HTTPS_REQUIRED', detail, {
      status: apiStatus,
      // RFC 9110, 15.5.22: a 426 names the protocol. The connection itself is not upgraded, but closed.
      ...(apiStatus === 426
        ? { fields: { Upgrade: 'TLS/1.2, HTTP/1.1', Connection: 'Upgrade, close' } }
        : { close: true }),
    });
  }
  return refusal('https', 'ERR_HAUBERK_HTTPS_REQUIRED', detail, {
    status: 308,
    send: (_req, res) => redirect(req, res, `https://${rest}`),
  });
}

/** Whether a browser asks for a page. Over plain HTTP it sends no Sec-Fetch headers. @param {any} req */
function isPage(req) {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  return /\btext\/html\b/i.test(req.headers.accept ?? '') && req.headers.authorization === undefined;
}

/**
 * A 308 keeps method and body (RFC 9110, 15.4.9). It is not stored: a stored one would outlive a proxy that was
 * not yet trusted and make a loop of it; remembering is what HSTS is for.
 *
 * @param {any} req
 * @param {any} res
 * @param {string} location
 */
function redirect(req, res, location) {
  res.statusCode = 308;
  res.setHeader('Location', location);
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Length', '0');
  if (req.method !== 'GET' && req.method !== 'HEAD') res.setHeader('Connection', 'close');
  res.end();
}

/** Nothing of what the client sent is in the answer. */
function foreign() {
  return refusal('https', 'ERR_HAUBERK_HTTPS_HOST', 'This host is not served here.', { close: true });
}

/** @param {string} detail */
function malformed(detail) {
  return refusal('https', 'ERR_HAUBERK_HTTPS_HOST', detail, { status: 400, close: true });
}

module.exports = { parse, create };
