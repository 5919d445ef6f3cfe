'use strict';

const crypto = require('node:crypto');
const { HauberkError, show } = require('../internal/fault');

const KINDS = Object.freeze([
  'cache',
  'cookies',
  'storage',
  'executionContexts',
  'clientHints',
  'prefetchCache',
]);
const DEFAULT_KINDS = Object.freeze(['cache', 'cookies', 'storage']);
const HASHES = Object.freeze(['sha256', 'sha384', 'sha512']);

/** @param {string} what @param {unknown} value */
function argument(what, value) {
  return new HauberkError('ERR_HAUBERK_ARGUMENT', `${what}; got ${show(value)}`);
}

/**
 * Has the browser forget what it keeps of this site, as after a logout (W3C Clear Site Data). Browsers obey it over
 * HTTPS only.
 *
 * @param {import('node:http').ServerResponse} res
 * @param {readonly string[] | '*'} [kinds] default cache, cookies, storage
 */
function clearSiteData(res, kinds = DEFAULT_KINDS) {
  if (kinds === '*') return void res.setHeader('Clear-Site-Data', '"*"');
  if (!Array.isArray(kinds) || kinds.length === 0) {
    throw argument(`headers.clearSiteData takes "*" or a list of ${KINDS.join(', ')}`, kinds);
  }
  for (const kind of kinds) {
    if (!KINDS.includes(kind)) {
      throw argument(`headers.clearSiteData takes "*" or a list of ${KINDS.join(', ')}`, kind);
    }
  }
  res.setHeader('Clear-Site-Data', kinds.map((kind) => `"${kind}"`).join(', '));
}

/**
 * The value of the attribute `integrity` of a script or style sheet (W3C Subresource Integrity); in quotes, it is a
 * source of the Content-Security-Policy for an inline script.
 *
 * @param {string | Uint8Array} content text counts as UTF-8
 * @param {'sha256' | 'sha384' | 'sha512'} [algorithm] default sha384
 * @returns {string} such as `sha384-...`
 */
function integrity(content, algorithm = 'sha384') {
  if (!HASHES.includes(algorithm)) throw argument(`headers.integrity knows ${HASHES.join(', ')}`, algorithm);
  const wellFormed = typeof content === 'string' && content.isWellFormed();
  if (!wellFormed && !(content instanceof Uint8Array)) {
    throw argument('headers.integrity takes well-formed text or bytes', content);
  }
  return `${algorithm}-${crypto.createHash(algorithm).update(content).digest('base64')}`;
}

module.exports = { clearSiteData, integrity };
