'use strict';

const { client: native } = require('../internal/native');
const { HauberkError, fromNative } = require('../internal/fault');
const { invalid } = require('../internal/options');
const { unawaited } = require('../internal/unawaited');
const { MAX_HOPS } = require('./forwarded');

/** Names for blocks, as Express spells the first three. */
const NAMED = Object.freeze({
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
});

const PRIVATE = Object.freeze(Object.values(NAMED).flat());

/** Private addresses, and those that networks of cloud providers use inside (RFC 6598). */
const INSIDE = Object.freeze([...PRIVATE, '100.64.0.0/10']);

/** Published by Cloudflare as its addresses towards origins (cloudflare.com/ips). */
const CLOUDFLARE = Object.freeze([
  ...['173.245.48.0/20', '103.21.244.0/22', '103.22.200.0/22', '103.31.4.0/22', '141.101.64.0/18'],
  ...['108.162.192.0/18', '190.93.240.0/20', '188.114.96.0/20', '197.234.240.0/22', '198.41.128.0/17'],
  ...['162.158.0.0/15', '104.16.0.0/13', '104.24.0.0/14', '172.64.0.0/13', '131.0.72.0/22'],
  ...['2400:cb00::/32', '2606:4700::/32', '2803:f800::/32', '2405:b500::/32', '2405:8100::/32'],
  ...['2a06:98c0::/29', '2c0f:f248::/32'],
]);

/** @type {Readonly<Record<string, { privates: number, edge?: readonly string[], field?: string }>>} */
const PLATFORMS = Object.freeze({
  // The edge appends the address it saw. In front of the app there may be a proxy or a tunnel of one's own.
  cloudflare: { privates: 4, edge: CLOUDFLARE },
  // Each of these appends the address it saw and connects from inside.
  'aws-alb': { privates: 1 },
  heroku: { privates: 1 },
  'nginx-local': { privates: 1 },
  // Appends the app's own address last, so the chain is of no use; sets this field anew on every request.
  fly: { privates: 1, field: 'fly-client-ip' },
});

const FIX =
  'name your proxies: client: { trustProxy: 1 } for one proxy in front of the app, or their addresses, ' +
  "such as client: { trustProxy: ['10.0.0.0/8'] }";

/**
 * Whether a hop may say who came before it. `record` is the hop, `index` counts hops from the app: 0 is
 * the peer of the socket.
 *
 * @typedef {(record: import('./resolver').Record, index: number) => boolean} Trust
 */

/** @returns {HauberkError} for the setting that lets every caller choose an address */
function trustsEverybody() {
  return new HauberkError(
    'ERR_HAUBERK_CLIENT_TRUST_PROXY',
    `"trust proxy" is true, so every caller could choose the address it is counted by; ${FIX}`,
  );
}

/**
 * @param {readonly string[]} blocks
 * @param {string} path
 * @param {boolean} [among] whether it is one of several lists, so that the record cannot keep the answer
 * @returns {Trust}
 */
function trustNetworks(blocks, path, among = false) {
  let networks;
  try {
    networks = new native.Networks([...blocks]);
  } catch (error) {
    const fault = fromNative(error);
    if (fault instanceof HauberkError) fault.message = `${path}: ${fault.message}`;
    throw fault;
  }
  if (among) {
    /** @type {WeakMap<object, boolean>} */
    const known = new WeakMap();
    return function amongNetworks(record) {
      let held = known.get(record);
      if (held === undefined) {
        held = record.address !== undefined && networks.contains(record.address);
        known.set(record, held);
      }
      return held;
    };
  }
  return function inNetworks(record) {
    if (record.trusted === undefined) {
      record.trusted = record.address !== undefined && networks.contains(record.address);
    }
    return record.trusted;
  };
}

/**
 * Hops of the chain that a platform puts between the client and the app: from the app on, private hops as
 * far as `privates` allows, then at most one edge server of the platform. What comes next is the client,
 * whoever it says it is: an edge server may carry requests of others, so none is passed twice.
 *
 * @typedef {object} Platform
 * @property {number} privates hops of a private address that are passed at most
 * @property {Trust | undefined} edge the platform's public addresses
 * @property {string | undefined} field one field that the platform sets itself, in place of the chain
 */

/**
 * @param {string} name
 * @param {string} path
 * @returns {Platform}
 */
function platform(name, path) {
  const { privates, edge, field } = PLATFORMS[/** @type {keyof typeof PLATFORMS} */ (name)];
  return { privates, field, edge: edge && trustNetworks(edge, path, true) };
}

/**
 * Compiles the option `trustProxy`.
 *
 * @param {unknown} value
 * @param {string} path
 * @returns {{ kind: 'app' | 'private' | 'none' | 'hops' | 'networks' | 'function' | 'platform', trust: Trust, platform?: Platform }}
 */
function compile(value, path) {
  if (value === undefined) return { kind: 'app', trust: trustNetworks(PRIVATE, path) };
  if (value === true) throw trustsEverybody();
  if (value === false || value === 0) return { kind: 'none', trust: () => false };
  if (value === 'private') return { kind: 'private', trust: trustNetworks(PRIVATE, path) };
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_HOPS) {
    return { kind: 'hops', trust: (_record, index) => index < value };
  }
  if (typeof value === 'string' && Object.hasOwn(PLATFORMS, value)) {
    const own = platform(value, path);
    const near = trustNetworks(value === 'nginx-local' ? NAMED.loopback : INSIDE, path, true);
    const trust = (/** @type {import('./resolver').Record} */ record, /** @type {number} */ index) =>
      index === 0 && (near(record, 0) || (own.edge?.(record, 0) ?? false));
    return { kind: 'platform', trust, platform: own };
  }
  if (typeof value === 'function') {
    // Only `true` trusts: a promise is truthy, and would trust everybody.
    return { kind: 'function', trust: (record, index) => unawaited(value(record.address, index)) === true };
  }
  const list = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every((item) => typeof item === 'string')) {
    const expected =
      `a number of hops from 0 to ${MAX_HOPS}, 'private', a platform (${Object.keys(PLATFORMS).join(', ')}), ` +
      'CIDR blocks, a function or false';
    throw invalid(path, expected, value);
  }
  const blocks = list.flatMap((item) =>
    item === 'private'
      ? PRIVATE
      : Object.hasOwn(NAMED, item)
        ? NAMED[/** @type {keyof typeof NAMED} */ (item)]
        : [item],
  );
  return { kind: 'networks', trust: trustNetworks(blocks, path) };
}

module.exports = { compile, trustsEverybody, CLOUDFLARE, PLATFORMS, trustNetworks };
