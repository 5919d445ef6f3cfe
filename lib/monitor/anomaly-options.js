'use strict';

const { blocks } = require('../client/blocks');
const options = require('../internal/options');
const { KINDS } = require('./anomaly-kinds');

const HOUR_MS = 3_600_000;
const NAMES = KINDS.map(({ name }) => name);

const windowMs = (/** @type {number | undefined} */ fallback) =>
  options.integer({ min: 1000, max: 24 * HOUR_MS, unit: 'ms', default: fallback });
const least = options.integer({ min: 1, max: 60_000 });

/** One threshold: a count, `false`, or a count in a window of its own. @param {unknown} value @param {string} path */
function threshold(value, path) {
  if (value === undefined || value === false) return value;
  if (!options.isPlainObject(value)) return { count: least(value, path), windowMs: undefined };
  const given = options.parse(path, value, { count: least, windowMs: windowMs(undefined) });
  if (given.count === undefined) throw options.invalid(`${path}.count`, 'given', undefined);
  return given;
}

const THRESHOLDS = Object.freeze(Object.fromEntries(NAMES.map((name) => [name, threshold])));

/** Whatever bans: `ratelimit.bans()` gives one. @param {unknown} value @param {string} path */
function banner(value, path) {
  if (value === undefined || typeof (/** @type {any} */ (value)?.ban) === 'function') return value;
  throw options.invalid(path, 'what ratelimit.bans() gave', value);
}

const banMs = options.integer({ min: 1000, max: 365 * 24 * HOUR_MS, unit: 'ms', default: 10 * 60_000 });

const BAN = Object.freeze({
  ms: banMs,
  kinds: options.list(options.oneOf(NAMES), NAMES),
  use: banner,
});

/** @param {unknown} value @param {string} path */
function ban(value, path) {
  if (value === undefined || value === false) return undefined;
  if (typeof value === 'number') return options.parse(path, { ms: banMs(value, path) }, BAN);
  return options.parse(path, value === true ? {} : value, BAN);
}

const SHAPE = Object.freeze({
  windowMs: windowMs(60_000),
  thresholds: (/** @type {unknown} */ value, /** @type {string} */ path) =>
    options.parse(path, value, THRESHOLDS),
  clients: options.integer({ min: 64, max: 2 ** 20, default: 2 ** 14 }),
  allow: blocks,
  ban,
  name: options.string({
    pattern: /^[\w.:/-]{1,64}$/,
    expected: 'a string of 1 to 64 letters, digits and . : / - _',
  }),
  mode: options.mode,
});

/**
 * @param {unknown} input the option `anomalies`
 * @returns {any} settings; undefined where it is off
 */
function parse(input) {
  if (input === undefined || input === false) return undefined;
  return options.parse('monitor.anomalies', input === true ? {} : input, SHAPE);
}

module.exports = { parse };
