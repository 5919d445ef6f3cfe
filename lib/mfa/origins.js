'use strict';

const { invalid } = require('../internal/options');

/** The relying party of passkeys: a domain, and the origins below it. */

/** @type {import('../internal/options').Check} */
const rpId = (value, path) => {
  if (typeof value === 'string' && value.length <= 253 && isDomain(value)) return value;
  throw invalid(path, 'a domain in lower case, such as "example.com", or "localhost"', value);
};

/** @param {string} value */
function isDomain(value) {
  if (value === 'localhost') return true;
  const labels = value.split('.');
  const isLabel = (/** @type {string} */ label) =>
    /^[a-z0-9-]{1,63}$/.test(label) && !label.startsWith('-') && !label.endsWith('-');
  // The last label of an address is a number; a single label is a whole top-level domain.
  return labels.length > 1 && labels.every(isLabel) && /^[a-z]/.test(labels[labels.length - 1]);
}

/**
 * @param {unknown} value one origin, or several
 * @param {string} rpID
 * @param {string} path
 * @returns {string[]}
 */
function originsOf(value, rpID, path) {
  const list = Array.isArray(value) ? value : [value];
  const expected =
    `an origin on ${rpID} or below it, such as "https://${rpID}" (http:// only for localhost), or an array ` +
    'of such; no path, no trailing slash';
  if (list.length === 0 || !list.every((origin) => isOrigin(origin, rpID)))
    throw invalid(path, expected, value);
  return [...list];
}

/** @param {unknown} origin @param {string} rpID */
function isOrigin(origin, rpID) {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin !== origin) return false;
  const { hostname, protocol } = url;
  const local = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (protocol !== 'https:' && !(protocol === 'http:' && local)) return false;
  return hostname === rpID || hostname.endsWith(`.${rpID}`);
}

module.exports = { rpId, originsOf };
