'use strict';

const options = require('../internal/options');
const { isProduction } = require('../internal/production');

/** @type {import('../internal/options').Check} */
function cookieName(value, path) {
  if (typeof value === 'string' && /^[\w!#$%&'*+.^`|~:-]{1,256}$/.test(value)) return value;
  throw options.invalid(path, 'the name of a cookie', value);
}

/** @type {import('../internal/options').Check} */
function date(value, path) {
  if (value === undefined) return undefined;
  const ms = value instanceof Date ? value.getTime() : isDay(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(ms)) throw options.invalid(path, 'a Date, or text like "2027-01-31"', value);
  return ms;
}

/** @param {unknown} value @returns {value is string} */
function isDay(value) {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(value);
}

/** @type {import('../internal/options').Check} */
function insecure(value, path) {
  const given = options.boolean(false)(value, path);
  if (given && isProduction()) {
    throw options.invalid(
      path,
      'left out in production: cookies would cross the network as plain text',
      value,
    );
  }
  return given;
}

/** @type {import('../internal/options').Check} */
function secrets(value, path) {
  if (value === undefined || typeof value === 'string' || Array.isArray(value)) return value;
  throw options.invalid(path, 'a secret, or an array of secrets', value);
}

const SHAPE = Object.freeze({
  mode: options.mode,
  keys: secrets,
  rename: options.boolean(true),
  names: options.list(cookieName, []),
  keep: options.list(cookieName, []),
  shared: options.list(cookieName, []),
  readable: options.list(cookieName, []),
  sameSite: options.oneOf(['lax', 'strict'], 'lax'),
  oldNamesUntil: date,
  insecure,
});

/**
 * Checks the options of `cookies`.
 *
 * @param {unknown} input
 * @returns {any} frozen
 */
function parse(input) {
  const settings = options.parse('cookies', input, SHAPE);
  const twice = settings.keep.find(
    (/** @type {string} */ name) => settings.names.includes(name) || settings.shared.includes(name),
  );
  if (twice !== undefined) throw options.invalid('cookies.keep', 'names that are not renamed', twice);
  return settings;
}

module.exports = { parse };
