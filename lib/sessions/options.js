'use strict';

const { CHECKED, TELLTALE } = require('../internal/cookie-names');
const { HauberkError } = require('../internal/fault');
const { parse, invalid, integer, oneOf, func, string } = require('../internal/options');

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const YEAR_MS = 31_536_000_000;

/**
 * @param {readonly string[]} methods
 * @param {string} expected
 */
function having(methods, expected) {
  return (/** @type {any} */ value, /** @type {string} */ path) => {
    if (value === undefined) return undefined;
    const is = typeof value === 'object' && value !== null;
    if (is && methods.every((method) => typeof value[method] === 'function')) return value;
    throw invalid(path, expected, value);
  };
}

/** @param {unknown} value @param {string} path */
function name(value, path) {
  const expected =
    'a cookie name without prefix, of letters, digits, . - and _, that says nothing of what runs here';
  const given = string({ pattern: /^[\w.-]{4,64}$/, expected })(value, path);
  if (given !== undefined && (CHECKED.test(given) || TELLTALE.includes(given))) {
    throw invalid(path, expected, value);
  }
  return given;
}

/** @param {unknown} value @param {string} path */
function secret(value, path) {
  if (value === undefined || typeof value === 'string' || Array.isArray(value)) return value;
  throw invalid(path, 'a string or an array of strings', value);
}

const SHAPE = Object.freeze({
  store: having(['get', 'set', 'destroy'], 'a store for express-session'),
  secret,
  name,
  idleMs: integer({ min: MINUTE_MS / 60, max: YEAR_MS, unit: 'ms', default: HOUR_MS }),
  absoluteMs: integer({ min: MINUTE_MS / 60, max: YEAR_MS, unit: 'ms', default: DAY_MS }),
  sameSite: oneOf(['lax', 'strict', 'none'], 'lax'),
  storeDeadlineMs: integer({ min: 10, max: MINUTE_MS, unit: 'ms', default: 5000 }),
  index: having(['add', 'remove', 'list'], 'an index with add, remove and list'),
  user: func(),
});

/**
 * @typedef {object} Settings
 * @property {any} store
 * @property {string | string[] | undefined} secret
 * @property {string | undefined} name
 * @property {number} idleMs
 * @property {number} absoluteMs
 * @property {'lax' | 'strict' | 'none'} sameSite
 * @property {number} storeDeadlineMs
 * @property {import('./index').Index | undefined} index
 * @property {((session: any) => string | number | undefined) | undefined} user
 */

/**
 * @param {unknown} options
 * @returns {Readonly<Settings>}
 */
function parseOptions(options) {
  const settings = parse('sessions', options, SHAPE);
  if (settings.idleMs > settings.absoluteMs) {
    throw new HauberkError('ERR_HAUBERK_OPTION_INVALID', 'sessions.idleMs may be at most absoluteMs');
  }
  return settings;
}

module.exports = { parse: parseOptions };
