'use strict';

const { reason } = require('./reasons');

/** What `passwords.hash` takes. */
const MAX_BYTES = 4096;

/**
 * Why a value is no password at all, if so.
 *
 * @param {unknown} password
 * @param {number} maxLength code points
 * @returns {any} a reason
 */
function textFault(password, maxLength) {
  if (typeof password !== 'string') return reason('not_text', {});
  // No string has fewer bytes than UTF-16 units; so a huge one is not even looked at.
  if (password.length > MAX_BYTES || Buffer.byteLength(password) > MAX_BYTES) {
    return reason('too_long', { max: MAX_BYTES, unit: 'bytes' });
  }
  if (!password.isWellFormed()) return reason('ill_formed', {});
  if (lengthOf(password, false) > maxLength)
    return reason('too_long', { max: maxLength, unit: 'characters' });
  return undefined;
}

/**
 * Code points, as NIST SP 800-63B-4 counts.
 *
 * @param {string} password
 * @param {unknown} normalize `NFKC` counts what the normalized form has
 */
function lengthOf(password, normalize) {
  return [...(normalize ? password.normalize('NFKC') : password)].length;
}

const CLASSES = Object.freeze({
  lower: /\p{Ll}/gu,
  upper: /\p{Lu}/gu,
  digit: /\p{Nd}/gu,
  symbol: /[^\p{L}\p{Nd}\s\p{Cc}]/gu,
});

/**
 * @param {string} password
 * @param {Readonly<Record<string, number>>} composition least number of each class
 * @returns {{ name: string, least: number }[]}
 */
function missingClasses(password, composition) {
  return Object.entries(CLASSES)
    .filter(([name, pattern]) => (password.match(pattern)?.length ?? 0) < composition[name])
    .map(([name]) => ({ name, least: composition[name] }));
}

module.exports = { textFault, lengthOf, missingClasses };
