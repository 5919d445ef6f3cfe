'use strict';

const { TELLTALE } = require('../internal/cookie-names');
const options = require('../internal/options');
const { FIELDS } = require('./fields');

const PRESETS = Object.freeze(['auto', 'api', 'site', 'helmet']);

/** In front of the directives, says that there shall be no `default-src`. */
const dangerouslyDisableDefaultSrc = Symbol('hauberk.dangerouslyDisableDefaultSrc');

/** @type {import('../internal/options').Check} */
function cookieName(value, path) {
  if (typeof value === 'string' && /^[\w!#$%&'*+.^`|~:-]{1,256}$/.test(value)) return value;
  throw options.invalid(path, 'the name of a cookie', value);
}

/** @type {import('../internal/options').Check} */
function directives(value, path) {
  if (value === undefined) return {};
  if (!options.isPlainObject(value)) throw options.invalid(path, 'an object of directives', value);
  return Object.freeze({ ...value });
}

const POLICY = Object.freeze({
  directives,
  useDefaults: options.boolean(true),
  reportOnly: options.boolean(false),
});

/** @type {import('../internal/options').Check} */
function contentSecurityPolicy(value, path) {
  if (value === false) return false;
  return options.parse(path, value === true ? undefined : value, POLICY);
}

const REPORTED = Object.freeze({ directives, useDefaults: options.boolean(true) });

/** @type {import('../internal/options').Check} */
function reportedPolicy(value, path) {
  if (value === undefined || value === false) return false;
  if (!options.isPlainObject(value)) throw options.invalid(path, 'false or an options object', value);
  return Object.freeze({ ...options.parse(path, value, REPORTED), reportOnly: true });
}

/**
 * `true` and `undefined` are the preset's value, `false` is off, an object configures.
 *
 * @param {import('./fields').Field} field
 * @returns {import('../internal/options').Check} a value, true, false or undefined
 */
function fieldOption(field) {
  return (value, path) => {
    if (value === true && field.standard === undefined) {
      throw options.invalid(path, 'an object (there is no value that fits all)', value);
    }
    if (value === undefined || typeof value === 'boolean') return value;
    if (field.configure === undefined) throw options.invalid(path, 'true or false', value);
    return field.configure(value === null ? missing(path) : value, path);
  };
}

/** @param {string} path @returns {never} */
function missing(path) {
  throw options.invalid(path, 'true, false or an options object', null);
}

/** @type {Record<string, string>} */
const ALIASES = { hidePoweredBy: 'xPoweredBy' };
/** @type {Record<string, import('../internal/options').Check>} */
const SHAPE = {
  mode: options.mode,
  preset: options.oneOf(PRESETS, 'auto'),
  contentSecurityPolicy,
  contentSecurityPolicyReportOnly: reportedPolicy,
  xPoweredBy: options.boolean(),
  hidePoweredBy: options.boolean(),
  server: options.boolean(),
  noStore: options.boolean(),
  sessionCookies: options.list(cookieName, TELLTALE),
};
for (const field of FIELDS) {
  if (field.madeOf !== undefined) continue;
  SHAPE[field.option] = fieldOption(field);
  if (field.alias === undefined) continue;
  SHAPE[field.alias] = SHAPE[field.option];
  ALIASES[field.alias] = field.option;
}

/**
 * Checks the options of `headers`. An option together with its alias is refused: which one counts would
 * be a guess.
 *
 * @param {unknown} input
 * @returns {any} frozen; every option under its first name
 */
function parse(input) {
  const parsed = { ...options.parse('headers', input, SHAPE) };
  const given = /** @type {Record<string, unknown>} */ (input ?? {});
  for (const alias of Object.keys(ALIASES)) {
    const option = ALIASES[alias];
    if (Object.hasOwn(given, alias) && Object.hasOwn(given, option)) {
      throw options.invalid(`headers.${alias}`, `left out: it is another name of ${option}`, given[alias]);
    }
    parsed[option] ??= parsed[alias];
    delete parsed[alias];
  }
  for (const { option, madeOf, configure } of FIELDS) {
    if (madeOf === undefined || typeof parsed[madeOf] !== 'string') continue;
    parsed[option] = configure?.(given[madeOf], `headers.${madeOf}`);
  }
  if (parsed.contentSecurityPolicyReportOnly && parsed.contentSecurityPolicy.reportOnly) {
    throw options.invalid(
      'headers.contentSecurityPolicyReportOnly',
      'left out where contentSecurityPolicy has reportOnly: both are sent in the same field',
      given.contentSecurityPolicyReportOnly,
    );
  }
  return Object.freeze(parsed);
}

exports.parse = parse;
exports.dangerouslyDisableDefaultSrc = dangerouslyDisableDefaultSrc;
