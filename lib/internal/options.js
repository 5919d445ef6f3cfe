'use strict';

const { HauberkError, show } = require('./fault');

/**
 * Options as a table: a name for each option, and a check that gives the value to use or throws. Every
 * practice parses its options once, at construction; nothing is looked up by name on a request.
 *
 * @typedef {(value: unknown, path: string) => any} Check gets `undefined` where the option is not given
 * @typedef {Readonly<Record<string, Check>>} Shape
 */

/**
 * @param {string} path where the value stands, such as `ratelimit.limit`
 * @param {string} expected what would be right
 * @param {unknown} value
 * @returns {HauberkError}
 */
function invalid(path, expected, value) {
  return new HauberkError('ERR_HAUBERK_OPTION_INVALID', `${path} must be ${expected}; got ${show(value)}`);
}

/**
 * Checks an options object against its shape.
 *
 * @param {string} path the practice, as it stands in messages
 * @param {unknown} input the caller's object; `undefined` means all defaults
 * @param {Shape} shape
 * @returns {any} a frozen object that has every name of the shape
 */
function parse(path, input, shape) {
  if (input !== undefined && !isPlainObject(input)) throw invalid(path, 'an options object', input);
  const given = /** @type {Record<string, unknown>} */ (input ?? {});
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(shape, name)) throw unknown(path, name, Object.keys(shape));
  }
  /** @type {Record<string, unknown>} */
  const settings = {};
  for (const name of Object.keys(shape)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    settings[name] = shape[name](value, `${path}.${name}`);
  }
  return Object.freeze(settings);
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isPlainObject(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // An object of another realm (Jest, vm) has another Object.prototype: one whose own prototype is null.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * @param {string} path
 * @param {string} name
 * @param {string[]} known
 */
function unknown(path, name, known) {
  const near = closest(name, known);
  const hint = near === undefined ? `known options: ${known.join(', ')}` : `did you mean ${near}?`;
  return new HauberkError('ERR_HAUBERK_OPTION_UNKNOWN', `${path} has no option ${show(name)}; ${hint}`);
}

/**
 * The known name nearest to a misspelt one, if any is near.
 *
 * @param {string} name
 * @param {string[]} known
 * @returns {string | undefined}
 */
function closest(name, known) {
  if (name.length > 64) return undefined;
  let best;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Levenshtein distance.
 *
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/**
 * @param {{ min: number, max: number, unit?: string, default?: number }} range inclusive
 * @returns {Check}
 */
function integer({ min, max, unit = '', default: fallback }) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw invalid(path, `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`, value);
  };
}

/** @param {boolean} [fallback] @returns {Check} */
function boolean(fallback) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value === 'boolean') return value;
    throw invalid(path, 'true or false', value);
  };
}

/** @param {{ default?: string, pattern?: RegExp, expected?: string }} [rule] @returns {Check} */
function string({ default: fallback, pattern, expected = 'a string' } = {}) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value === 'string' && (pattern === undefined || pattern.test(value))) return value;
    throw invalid(path, expected, value);
  };
}

/** @param {readonly unknown[]} values the first is not the default @param {unknown} [fallback] @returns {Check} */
function oneOf(values, fallback) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (values.includes(value)) return value;
    throw invalid(path, `one of ${values.map((item) => JSON.stringify(item)).join(', ')}`, value);
  };
}

/** @param {Function} [fallback] @returns {Check} */
function func(fallback) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value === 'function') return value;
    throw invalid(path, 'a function', value);
  };
}

/** @param {Check} check for each item @param {readonly unknown[]} [fallback] @returns {Check} */
function list(check, fallback) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (!Array.isArray(value)) throw invalid(path, 'an array', value);
    return Object.freeze(
      Array.from(value, (item, i) => {
        if (item === undefined) throw invalid(`${path}[${i}]`, 'given', item);
        return check(item, `${path}[${i}]`);
      }),
    );
  };
}

const UNITS = Object.freeze({ b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 });

/**
 * A size: a number of bytes, or text like `100kb` (1 kb = 1024 bytes, as in the package `bytes`). What
 * does not parse throws; it never means "no limit".
 *
 * @param {{ min: number, max: number, default?: number }} range bytes
 * @returns {Check}
 */
function bytes({ min, max, default: fallback }) {
  const expected = `a number of bytes from ${min} to ${max}, or text like "100kb"`;
  return (value, path) => {
    if (value === undefined) return fallback;
    const match = typeof value === 'string' ? /^(\d{1,12}) ?(b|kb|mb|gb)$/i.exec(value) : null;
    const size = match
      ? Number(match[1]) * UNITS[/** @type {keyof typeof UNITS} */ (match[2].toLowerCase())]
      : value;
    if (typeof size === 'number' && Number.isInteger(size) && size >= min && size <= max) return size;
    throw invalid(path, expected, value);
  };
}

/** `mode` of a practice: `report` decides and tells, but blocks nothing. Undefined: the guard's mode. */
const mode = oneOf(['enforce', 'report']);

module.exports = {
  parse,
  invalid,
  closest,
  isPlainObject,
  integer,
  boolean,
  string,
  oneOf,
  func,
  list,
  bytes,
  mode,
};
