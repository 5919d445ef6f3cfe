'use strict';

const { parse, invalid, integer, boolean, string, oneOf, func, list, mode } = require('../internal/options');
const { HauberkError } = require('../internal/fault');

const DAY_MS = 86_400_000;
const YEAR_MS = 31_536_000_000;

/** RFC 9110, 5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,128}$/;

/**
 * One origin of the allow-list, in the form in which browsers send it.
 *
 * @param {unknown} value
 * @param {string} path
 * @returns {string}
 */
function origin(value, path) {
  const expected = 'an origin such as "https://app.example" (http or https, no path, no wildcard)';
  if (typeof value !== 'string' || !URL.canParse(value)) throw invalid(path, expected, value);
  const url = new URL(value);
  const bare = url.pathname === '/' && !/[?#@*\\]/.test(value) && !value.endsWith('/');
  if (!/^https?:$/.test(url.protocol) || url.origin === 'null' || !bare) throw invalid(path, expected, value);
  return url.origin;
}

/** @param {unknown} value @param {string} path */
function cookieNames(value, path) {
  if (value === undefined) return undefined;
  if (value === false) return Object.freeze([]);
  const name = string({ pattern: TOKEN, expected: 'a cookie name' });
  return Array.isArray(value) ? list(name)(value, path) : Object.freeze([name(value, path)]);
}

/** @param {unknown} value @param {string} path */
function secret(value, path) {
  if (value === undefined || typeof value === 'string' || Array.isArray(value)) return value;
  throw invalid(path, 'a string or an array of strings', value);
}

const SHAPE = Object.freeze({
  origins: list(origin, Object.freeze([])),
  strict: boolean(false),
  ignoredMethods: list(oneOf(['GET', 'HEAD', 'OPTIONS']), Object.freeze(['GET', 'HEAD', 'OPTIONS'])),
  skip: func(),
  cookie: cookieNames,
  session: func(),
  header: string({ default: 'X-CSRF-Token', pattern: TOKEN, expected: 'the name of a header field' }),
  field: string({ default: '_csrf', pattern: /^[\w.-]{1,64}$/, expected: 'the name of a form field' }),
  expiresInMs: integer({ min: 1000, max: YEAR_MS, unit: 'ms', default: DAY_MS }),
  secret,
  mode,
});

/**
 * @typedef {object} Settings
 * @property {readonly string[]} origins canonical
 * @property {boolean} strict
 * @property {readonly string[]} ignoredMethods
 * @property {((req: any) => boolean) | undefined} skip
 * @property {readonly string[] | undefined} cookie
 * @property {((req: any) => string | undefined) | undefined} session
 * @property {string} header
 * @property {string} field
 * @property {number} expiresInMs
 * @property {string | string[] | undefined} secret
 * @property {'enforce' | 'report' | undefined} mode
 */

/**
 * @param {unknown} options
 * @returns {Readonly<Settings>}
 */
function parseOptions(options) {
  const settings = parse('csrf', options, SHAPE);
  if (settings.session !== undefined && settings.cookie !== undefined) {
    throw new HauberkError(
      'ERR_HAUBERK_OPTION_INVALID',
      'csrf.session and csrf.cookie both say what tokens are bound to: give one of them',
    );
  }
  return settings;
}

module.exports = { parse: parseOptions };
