'use strict';

const net = require('node:net');
const { parse, invalid, integer, boolean, oneOf, list, isPlainObject } = require('../../internal/options');

/** The options of a policy, and what is told about one password. */

const RANGE_URL = 'https://api.pwnedpasswords.com/range/';

/** @type {import('../../internal/options').Check} */
const word = (value, path) => {
  if (typeof value === 'string') return value;
  throw invalid(path, 'a string', value);
};

const least = integer({ min: 0, max: 64, default: 0 });
const COMPOSITION = Object.freeze({ lower: least, upper: least, digit: least, symbol: least });

const CACHE = Object.freeze({
  max: integer({ min: 0, max: 10_000, default: 200 }),
  expiresInMs: integer({ min: 0, max: 86_400_000, unit: 'ms', default: 3_600_000 }),
});

/** @type {import('../../internal/options').Check} */
const url = (value, path) => {
  if (value === undefined) return RANGE_URL;
  if (typeof value === 'string' && value.endsWith('/') && URL.canParse(value)) {
    const { protocol, hostname, search, hash } = new URL(value);
    const loopback =
      hostname === 'localhost' ||
      hostname === '[::1]' ||
      (net.isIPv4(hostname) && hostname.startsWith('127.'));
    if (!search && !hash && (protocol === 'https:' || (protocol === 'http:' && loopback))) return value;
  }
  throw invalid(path, 'an https:// address that ends with / (http:// only for loopback)', value);
};

const BREACHED = Object.freeze({
  url,
  timeoutMs: integer({ min: 50, max: 30_000, unit: 'ms', default: 2000 }),
  onFailure: oneOf(['allow', 'refuse'], 'allow'),
  padding: boolean(true),
  maxBytes: integer({ min: 1024, max: 16_777_216, unit: 'bytes', default: 524_288 }),
  cache: (/** @type {unknown} */ value, /** @type {string} */ path) => parse(path, value, CACHE),
});

/** @type {import('../../internal/options').Check} */
const breached = (value, path) => {
  if (value === undefined || value === false) return undefined;
  return parse(path, value === true ? undefined : value, BREACHED);
};

/** @type {import('../../internal/options').Check} */
const filter = (value, path) => {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  if (typeof (/** @type {any} */ (value)?.has) === 'function') return value;
  throw invalid(path, 'the path of a filter file, or what policy.filter.open() gives', value);
};

const SHAPE = Object.freeze({
  minLength: integer({ min: 8, max: 64, unit: 'characters', default: 15 }),
  minLengthWithMfa: integer({ min: 8, max: 64, unit: 'characters', default: 8 }),
  maxLength: integer({ min: 64, max: 4096, unit: 'characters', default: 4096 }),
  normalize: oneOf(['NFKC', false], false),
  composition: (/** @type {unknown} */ value, /** @type {string} */ path) => parse(path, value, COMPOSITION),
  minScore: integer({ min: 0, max: 4, default: 3 }),
  minScoreWithMfa: integer({ min: 0, max: 4, default: 2 }),
  common: boolean(true),
  context: list(word, Object.freeze([])),
  contextRule: oneOf(['share', 'contains', false], 'share'),
  breached,
  filter,
});

/** @param {unknown} options */
const parseOptions = (options) => parse('passwords.policy', options, SHAPE);

const CALL = Object.freeze({
  user: (/** @type {unknown} */ value, /** @type {string} */ path) => {
    if (value === undefined || value === null || typeof value === 'string') return value;
    if (Array.isArray(value) || isPlainObject(value) || typeof value === 'object') return value;
    throw invalid(path, 'a string, an array of strings, or an object with strings', value);
  },
  context: (/** @type {unknown} */ value, /** @type {string} */ path) =>
    list(word, Object.freeze([]))(typeof value === 'string' ? [value] : value, path),
  mfa: boolean(false),
});

/**
 * @param {unknown} about
 * @returns {{ user: unknown, context: readonly string[], mfa: boolean }}
 */
const parseCall = (about) => parse('passwords.policy.check options', about, CALL);

module.exports = { parseOptions, parseCall };
