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
 * @returns {Trust}
 */
function trustNetworks(blocks, path) {
  let networks;
  try {
    networks = new native.Networks([...blocks]);
  } catch (error) {
    const fault = fromNative(error);
    if (fault instanceof HauberkError) fault.message = `${path}: ${fault.message}`;
    throw fault;
  }
  return function inNetworks(record) {
    if (record.trusted === undefined) {
      record.trusted = record.address !== undefined && networks.contains(record.address);
    }
    return record.trusted;
  };
}

/**
 * Compiles the option `trustProxy`.
 *
 * @param {unknown} value
 * @param {string} path
 * @returns {{ kind: 'app' | 'private' | 'none' | 'hops' | 'networks' | 'function', trust: Trust }}
 */
function compile(value, path) {
  if (value === undefined) return { kind: 'app', trust: trustNetworks(PRIVATE, path) };
  if (value === true) throw trustsEverybody();
  if (value === false || value === 0) return { kind: 'none', trust: () => false };
  if (value === 'private') return { kind: 'private', trust: trustNetworks(PRIVATE, path) };
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_HOPS) {
    return { kind: 'hops', trust: (_record, index) => index < value };
  }
  if (typeof value === 'function') {
    // Only `true` trusts: a promise is truthy, and would trust everybody.
    return { kind: 'function', trust: (record, index) => unawaited(value(record.address, index)) === true };
  }
  const list = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every((item) => typeof item === 'string')) {
    const expected = `a number of hops from 0 to ${MAX_HOPS}, 'private', CIDR blocks, a function or false`;
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

module.exports = { compile, trustsEverybody };
