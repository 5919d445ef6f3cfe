'use strict';

const options = require('../../internal/options');

const ACTIONS = Object.freeze({ DENY: 'DENY', SAMEORIGIN: 'SAMEORIGIN', 'SAME-ORIGIN': 'SAMEORIGIN' });

/** @type {import('../../internal/options').Check} in either case */
function action(value, path) {
  if (value === undefined) return 'SAMEORIGIN';
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  if (Object.hasOwn(ACTIONS, name)) return ACTIONS[/** @type {keyof typeof ACTIONS} */ (name)];
  throw options.invalid(path, '"deny" or "sameorigin"', value);
}

/** Who may put the page into a frame, for browsers without `frame-ancestors` (RFC 7034). */
module.exports = {
  option: 'xFrameOptions',
  alias: 'frameguard',
  name: 'X-Frame-Options',
  standard: 'SAMEORIGIN',
  sets: { helmet: 'SAMEORIGIN', site: 'SAMEORIGIN', api: 'DENY' },
  configure: (/** @type {unknown} */ given, /** @type {string} */ path) =>
    options.parse(path, given, { action }).action,
};
