'use strict';

const { decodeValue } = require('../internal/cookie-header');

/**
 * Whether a cookie's value looks as if it were worth stealing: signed, sealed, or random.
 *
 * 1. `s:` of cookie-parser and express-session, `j:` around it, JSON Web Tokens, `Fe26.` of iron-session.
 * 2. A run of 16 or more letters, digits, `-`, `_`, `+`, `/`, `=` that changes between small letters, capitals and digits
 *    as often as random text does. Random hexadecimal digits change at 47 % of their places, base64 at 62 %; words,
 *    dates and numbers at far fewer.
 */

const KNOWN = /^(?:j:)?(?:s:|Fe26\.|ey[\w-]+\.[\w-]+\.)/;
const RUN = /[\w+/=-]{16,}/g;
/** Share of places with a change, from which a run with a digit in it counts as random, and one without. */
const WITH_DIGITS = 0.25;
const WITHOUT_DIGITS = 0.45;

/**
 * @param {string} wire the value as it stands in the field
 * @returns {boolean}
 */
function looksSecret(wire) {
  if (wire.length < 16) return false;
  const value = decodeValue(wire);
  return KNOWN.test(value) || (value.match(RUN) ?? []).some(isRandom);
}

/** @param {string} text */
function isRandom(text) {
  let changes = 0;
  let before = 0;
  let digits = false;
  for (let i = 0; i < text.length; i += 1) {
    const kind = kindOf(text.charCodeAt(i));
    if (kind === 0) continue;
    if (kind === 3) digits = true;
    if (before !== 0 && kind !== before) changes += 1;
    before = kind;
  }
  return changes >= text.length * (digits ? WITH_DIGITS : WITHOUT_DIGITS);
}

/** @param {number} code @returns {number} 1 small letter, 2 capital, 3 digit, 0 anything else */
function kindOf(code) {
  if (code >= 97 && code <= 122) return 1;
  if (code >= 65 && code <= 90) return 2;
  return code >= 48 && code <= 57 ? 3 : 0;
}

module.exports = { looksSecret };
