'use strict';

const { BlockList, isIP } = require('node:net');
const { HauberkError, show } = require('../internal/fault');
const { boolean, integer, list, oneOf, parse, string } = require('../internal/options');

/**
 * URLs from strangers: for links, redirects and webhooks.
 *
 * 1. Control characters refuse the URL: parsers drop them, so what is checked would not be what is used.
 * 2. The WHATWG URL parser decides, the same that browsers and `fetch` have. The result is what it writes:
 *    `http://example.com\@evil.example` comes back as `http://example.com/@evil.example`, which no other
 *    parser reads in another way.
 * 3. Scheme and host have to be allowed, the host as the parser writes it (`0x7f000001` is `127.0.0.1`).
 * 4. A name and password in the URL refuse it (`https://example.com:80@evil.example`).
 * 5. A relative URL may not name a host, in whatever spelling (`//evil`, `/\evil`, `/%5cevil`).
 * 6. Hosts of the machine or its network are refused where `hosts` does not name them. A public name may still lead there: who fetches the
 *    URL has to check the address it connects to.
 */

/** A host that cannot exist (RFC 6761, section 6.4). */
const BASE = 'https://relative.invalid';

const name = string({
  pattern: /^(?:\*\.)?[a-z0-9[](?:[a-z0-9.:\]-]{0,252})$/,
  expected: 'a lower-case host name such as "example.com" or "*.example.com"',
});
const scheme = string({
  pattern: /^[a-z][a-z0-9+.-]{0,31}$/,
  expected: 'a lower-case URL scheme without ":"',
});

const SHAPE = Object.freeze({
  schemes: list(allowedScheme, ['http', 'https']),
  hosts: list(name),
  relative: oneOf([true, false, 'only'], false),
  credentials: boolean(false),
  local: boolean(false),
  maxLength: integer({ min: 1, max: 1_048_576, unit: 'UTF-16 units', default: 2048 }),
});

/** @type {import('../internal/options').Check} */
function allowedScheme(value, path) {
  const known = scheme(value, path);
  if (!['javascript', 'vbscript', 'data', 'blob', 'filesystem'].includes(known)) return known;
  throw new HauberkError('ERR_HAUBERK_SANITIZE_POLICY', `${path}: ${known} URLs cannot be allowed safely`);
}

/** @type {WeakMap<object, any>} options that were checked before */
const checked = new WeakMap();
const DEFAULTS = parse('sanitize.url', {}, SHAPE);

/**
 * @param {string} dirty
 * @param {import('./index').UrlOptions} [options]
 * @returns {string | null} the URL as the WHATWG parser writes it; null where it is not allowed
 * @throws ERR_HAUBERK_SANITIZE_INPUT for anything but a string
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID
 */
function url(dirty, options) {
  if (typeof dirty !== 'string') {
    throw new HauberkError(
      'ERR_HAUBERK_SANITIZE_INPUT',
      `only a string can be sanitized; got ${show(dirty)}`,
    );
  }
  const rules = options === undefined ? DEFAULTS : settings(options);
  if (dirty.length > rules.maxLength || !dirty.isWellFormed() || hasControl(dirty)) return null;
  const text = dirty.trim();
  if (text === '') return null;
  const absolute = URL.canParse(text);
  if (absolute ? rules.relative === 'only' : rules.relative === false) return null;
  return absolute ? absoluteUrl(new URL(text), rules) : relativeUrl(text);
}

/** @param {any} options frozen ones are checked once, others each time: they may have changed */
function settings(options) {
  const known = typeof options === 'object' && options !== null ? checked.get(options) : undefined;
  if (known !== undefined) return known;
  const made = parse('sanitize.url', options, SHAPE);
  if (Object.isFrozen(options)) checked.set(options, made);
  return made;
}

/**
 * C0, DEL, C1, and what starts a line in some languages.
 *
 * @param {string} text
 */
function hasControl(text) {
  // eslint-disable-next-line no-control-regex -- exactly these are looked for
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text);
}

/**
 * @param {URL} parsed
 * @param {any} rules
 */
function absoluteUrl(parsed, rules) {
  if (!rules.schemes.includes(parsed.protocol.slice(0, -1))) return null;
  if (!rules.credentials && (parsed.username !== '' || parsed.password !== '')) return null;
  const host = parsed.hostname;
  if (rules.hosts !== undefined) {
    if (!hostAllowed(host, rules.hosts)) return null;
  } else if (host !== '' && !rules.local && isLocal(host)) {
    return null;
  }
  return parsed.href;
}

/**
 * @param {string} host
 * @param {readonly string[]} hosts
 */
function hostAllowed(host, hosts) {
  return hosts.some((one) => (one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one));
}

/** A path that names a host for another parser, or once a proxy has decoded it. */
const NAMES_A_HOST = /^\/(?:%(?:09|0a|0d|20))*(?:[/\\]|%2f|%5c)/i;

/** @param {string} text */
function relativeUrl(text) {
  // A path that starts with two slashes names a host for every other parser, also after dots are gone.
  const parsed = URL.canParse(text, BASE) ? new URL(text, BASE) : undefined;
  if (parsed === undefined || parsed.origin !== BASE || parsed.username !== '') return null;
  if (/^[/\\]{2}/.test(text) || NAMES_A_HOST.test(parsed.pathname)) return null;
  const { pathname, search, hash } = parsed;
  if (/^[#?]/.test(text)) return text.startsWith('#') ? hash : search + hash;
  return pathname + search + hash;
}

const LOCAL4 = new BlockList();
const LOCAL6 = new BlockList();

// IANA special-purpose address registries: nothing of these is a public host.
for (const [network, bits] of /** @type {const} */ ([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
])) {
  LOCAL4.addSubnet(network, bits, 'ipv4');
}
// The last four carry an IPv4 address: which one is not asked.
for (const [network, bits] of /** @type {const} */ ([
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['2002::', 16],
  ['2001::', 32],
])) {
  LOCAL6.addSubnet(network, bits, 'ipv6');
}

/** @param {string} hostname as the URL parser writes it */
function isLocal(hostname) {
  const host = hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return LOCAL6.check(host.slice(1, -1), 'ipv6');
  if (isIP(host) === 4) return LOCAL4.check(host, 'ipv4');
  // A name without a dot is one of the own network.
  return (
    !host.includes('.') ||
    /\.(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa)$/.test(host)
  );
}

module.exports = { url };
