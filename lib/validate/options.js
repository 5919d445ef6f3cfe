'use strict';

const { HauberkError } = require('../internal/fault');
const options = require('../internal/options');

/** The parts of a request, in the order in which they are judged and told. */
const LOCATIONS = Object.freeze(['params', 'query', 'headers', 'cookies', 'body']);

/** @param {unknown} value */
function isSchema(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** @type {options.Check} */
function part(value, path) {
  if (value === undefined) return undefined;
  if (isSchema(value)) return value;
  throw options.invalid(path, 'a JSON Schema, a Standard Schema, a rule or an array of rules', value);
}

/** @type {options.Check} */
function schemas(value, path) {
  if (value === undefined) return Object.freeze({});
  if (!options.isPlainObject(value)) throw options.invalid(path, 'an object of schemas by address', value);
  return Object.freeze({ ...value });
}

const SHAPE = Object.freeze({
  ...Object.fromEntries(LOCATIONS.map((location) => [location, part])),
  unknown: options.oneOf(['reject', 'strip', 'allow'], 'reject'),
  formats: options.oneOf(['assert', 'annotate'], 'assert'),
  strict: options.boolean(true),
  coerce: options.boolean(true),
  schemas,
  maxErrors: options.integer({ min: 1, max: 1000, default: 20 }),
  mode: options.mode,
});

/** @param {unknown} input @returns {any} */
function parse(input) {
  const settings = options.parse('validate', input, SHAPE);
  if (LOCATIONS.every((location) => settings[location] === undefined)) {
    throw new HauberkError(
      'ERR_HAUBERK_OPTION_INVALID',
      `validate needs at least one of ${LOCATIONS.join(', ')}: without one it checks nothing`,
    );
  }
  return settings;
}

module.exports = { parse, LOCATIONS };
