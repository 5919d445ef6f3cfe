'use strict';

const net = require('node:net');
const { invalid } = require('../internal/options');

/** RFC 1035, 2.3.4: 63 octets a label, 253 characters a name. */
// eslint-disable-next-line security/detect-unsafe-regex -- labels end with a dot: linear
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*$/;
const MAX_LENGTH = 262;
const MAX_KNOWN = 256;
const MAX_PORT = 65_535;
const WHAT = 'a host such as "api.example.com", "*.example.com", "api.example.com:8443" or "[2001:db8::1]"';

/**
 * An entry of the allow-list, in canonical form: lower case, IDN as punycode, IPv6 as RFC 5952 has it.
 *
 * @typedef {object} Host
 * @property {string} name without port and without `*.`
 * @property {string | undefined} port only with this port
 * @property {boolean} wildcard any one label stands in front of the name, as in a certificate (RFC 9525, 6.3)
 */

/** @type {import('../internal/options').Check} */
function host(value, path) {
  const match =
    // eslint-disable-next-line security/detect-unsafe-regex -- the parts have no character in common
    typeof value === 'string' ? /^(\*\.)?(\[[^\]]*\]|[^:[\]/\\?#@%\s]+)(?::(\d{1,5}))?$/.exec(value) : null;
  const name = match === null ? undefined : canonical(match[2]);
  if (match === null || name === undefined) throw invalid(path, WHAT, value);
  const [, star, , port] = match;
  const wildcard = star !== undefined;
  // "*.com" would be everybody's, and an address has no labels.
  if (wildcard && (!name.includes('.') || isAddress(name))) throw invalid(path, WHAT, value);
  if (port !== undefined && !isPort(port)) throw invalid(path, WHAT, value);
  return Object.freeze({ name, port: port === undefined ? undefined : String(Number(port)), wildcard });
}

/**
 * @param {string} text as an operator writes it
 * @returns {string | undefined}
 */
function canonical(text) {
  if (!URL.canParse(`http://${text}/`)) return undefined;
  const name = new URL(`http://${text}/`).hostname;
  // WHATWG URL reads 2130706433 and 0x7f.1 as addresses; an entry says what it means.
  if (net.isIPv4(name) && name !== text) return undefined;
  return name.startsWith('[') || NAME.test(name) ? name : undefined;
}

/** @param {string} name */
function isAddress(name) {
  return name.startsWith('[') || net.isIPv4(name);
}

/** @param {string} port digits */
function isPort(port) {
  return Number(port) > 0 && Number(port) <= MAX_PORT;
}

/**
 * A host as a client sent it.
 *
 * @param {string} text the value of `Host`, or the authority of a target in absolute form
 * @returns {{ name: string, port: string } | undefined} undefined where it is none (RFC 9112, 3.2); `port` is
 *   empty where there is none
 */
function read(text) {
  if (text.length > MAX_LENGTH) return undefined;
  // eslint-disable-next-line security/detect-unsafe-regex -- the parts have no character in common
  const match = /^(\[[\da-f:.]{2,45}\]|[\w.-]+)(?::(\d{0,5}))?$/i.exec(text);
  if (match === null) return undefined;
  const [, raw, digits = ''] = match;
  if (digits !== '' && !isPort(digits)) return undefined;
  const port = digits === '' ? '' : String(Number(digits));
  if (raw.startsWith('[')) {
    return URL.canParse(`http://${raw}/`) ? { name: new URL(`http://${raw}/`).hostname, port } : undefined;
  }
  // The dot of the root: the same name (RFC 1034, 3.1).
  const name = (raw.endsWith('.') ? raw.slice(0, -1) : raw).toLowerCase();
  return NAME.test(name) ? { name, port } : undefined;
}

/** The hosts that are served here. */
class Hosts {
  /**
   * @param {readonly Host[]} list
   * @param {number} port of the HTTPS service
   */
  constructor(list, port) {
    this.ports = new Set(['', '80', '443', String(port)]);
    this.exact = new Set(list.filter((entry) => !entry.wildcard).map(keyOf));
    this.below = new Set(list.filter((entry) => entry.wildcard).map(keyOf));
    /** @type {Map<string, { name: string, port: string }>} hosts on the list, as they were sent */
    this.known = new Map();
  }

  /**
   * Keeps a host that was found on the list. Not one with a port, which may go for this connection only; and few,
   * because below a wildcard there are many.
   *
   * @param {string} text
   * @param {{ name: string, port: string }} asked
   */
  remember(text, asked) {
    if (asked.port === '' && this.known.size < MAX_KNOWN) this.known.set(text, asked);
  }

  /**
   * @param {{ name: string, port: string }} asked
   * @param {number | undefined} localPort of the socket that the request came in on
   * @returns {boolean} whether it is one of them. Without a port of its own an entry goes for the default
   *   ports, the HTTPS service's, and the one that the request came in on.
   */
  has({ name, port }, localPort) {
    if (this.hasKey(name, `:${port}`)) return true;
    if (!this.ports.has(port) && port !== String(localPort)) return false;
    return this.hasKey(name, '');
  }

  /** @param {string} name @param {string} suffix */
  hasKey(name, suffix) {
    if (this.exact.has(name + suffix)) return true;
    if (this.below.size === 0) return false;
    const dot = name.indexOf('.');
    return dot > 0 && this.below.has(name.slice(dot + 1) + suffix);
  }
}

/** @param {Host} entry */
function keyOf({ name, port }) {
  return port === undefined ? name : `${name}:${port}`;
}

exports.host = host;
exports.read = read;
exports.Hosts = Hosts;
