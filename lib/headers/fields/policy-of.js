'use strict';

const options = require('../../internal/options');

/**
 * The options of a header that has one of a few values: `{ policy }`.
 *
 * @param {readonly string[]} values
 * @param {string} fallback
 * @returns {import('./index').Configure}
 */
function policyOf(values, fallback) {
  const shape = { policy: options.oneOf(values, fallback) };
  return (given, path) => options.parse(path, given, shape).policy;
}

exports.policyOf = policyOf;
