'use strict';

const { invalid, isPlainObject, parse, mode } = require('../internal/options');
const { policyOf } = require('./presets');

/**
 * The options of the middleware: for `body` and `query`, which field gets which policy. A field is a
 * path of own names with dots; `*` stands for every element of an array or every name of an object.
 *
 * @typedef {{ path: string, steps: readonly string[], policy: import('./policy').Policy }} Field
 * @typedef {{ mode: 'enforce' | 'report' | undefined, body: readonly Field[], query: readonly Field[] }} Settings
 */

const SHAPE = Object.freeze({ mode, body: fields, query: fields });

/** @type {import('../internal/options').Check} */
function fields(value, path) {
  if (value === undefined) return [];
  if (!isPlainObject(value)) throw invalid(path, 'an object such as { bio: "basic" }', value);
  return Object.freeze(Object.keys(value).map((name) => field(name, value[name], `${path}.${name}`)));
}

/**
 * @param {string} name
 * @param {unknown} policy
 * @param {string} path
 * @returns {Field}
 */
function field(name, policy, path) {
  const steps = name.split('.');
  const wrong = steps.find((step) => step === '' || step === '__proto__' || step === 'constructor');
  if (wrong !== undefined || steps.length > 16) {
    throw invalid(path, 'named by a path of 1 to 16 names with dots', name);
  }
  return Object.freeze({ path: name, steps: Object.freeze(steps), policy: policyOf(policy) });
}

/**
 * @param {unknown} options
 * @returns {Settings}
 */
function parseFields(options) {
  const settings = parse('sanitize', options, SHAPE);
  if (settings.body.length + settings.query.length === 0) {
    throw invalid('sanitize', 'given at least one field, such as { body: { bio: "basic" } }', options);
  }
  return settings;
}

module.exports = { parse: parseFields };
