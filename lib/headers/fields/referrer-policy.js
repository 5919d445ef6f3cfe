'use strict';

const options = require('../../internal/options');

const TOKENS = Object.freeze([
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
  '',
]);

const token = options.oneOf(TOKENS);

/** @type {import('../../internal/options').Check} one token, or a list of fallbacks: the last known one wins */
function policy(value, path) {
  if (value === undefined) return 'no-referrer';
  const tokens = options.list(token)(typeof value === 'string' ? [value] : value, path);
  if (tokens.length === 0) throw options.invalid(path, 'at least one token', value);
  if (new Set(tokens).size < tokens.length) throw options.invalid(path, 'without a token twice', value);
  return tokens.join(',');
}

/** How much of the address other sites get to see (Referrer Policy, 3). */
module.exports = {
  option: 'referrerPolicy',
  name: 'Referrer-Policy',
  standard: 'no-referrer',
  sets: { helmet: 'no-referrer', site: 'no-referrer', api: 'no-referrer' },
  configure: (/** @type {unknown} */ given, /** @type {string} */ path) =>
    options.parse(path, given, { policy }).policy,
};
