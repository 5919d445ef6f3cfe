'use strict';

const options = require('../../internal/options');

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** @type {import('../../internal/options').Check} seconds; a fraction is cut off, as helmet does */
function maxAge(value, path) {
  if (value === undefined) return YEAR_SECONDS;
  if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return Math.floor(value);
  throw options.invalid(path, 'a number of seconds, 0 or more', value);
}

const SHAPE = { maxAge, includeSubDomains: options.boolean(true), preload: options.boolean(false) };

/** HTTPS only, from the first visit on (RFC 6797). */
module.exports = {
  option: 'strictTransportSecurity',
  alias: 'hsts',
  name: 'Strict-Transport-Security',
  standard: 'max-age=31536000; includeSubDomains',
  sets: {
    helmet: 'max-age=31536000; includeSubDomains',
    site: 'max-age=31536000; includeSubDomains',
    api: 'max-age=31536000; includeSubDomains',
  },
  /** Not over plain HTTP, where browsers must ignore it (RFC 6797, 7.2), and not for local names. */
  httpsOnly: true,
  configure(/** @type {unknown} */ given, /** @type {string} */ path) {
    const settings = options.parse(path, given, SHAPE);
    const parts = [`max-age=${settings.maxAge}`];
    if (settings.includeSubDomains) parts.push('includeSubDomains');
    if (settings.preload) parts.push('preload');
    return parts.join('; ');
  },
};
