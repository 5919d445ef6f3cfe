'use strict';

const native = require('../internal/native').mfa;
const { HauberkError, fromNative, show } = require('../internal/fault');
const { boolean, integer, oneOf } = require('../internal/options');

/**
 * One-time codes as the core computes them. TOTP and HOTP differ only in where the counter comes from.
 */

/** Where the core writes the counter that it found, or -1. Read at once, handed to nobody. */
const OUT = new Float64Array(1);
const PLACE = native.open(OUT) * 65_536;
const { find } = native.functions();

/** In the order of `src/mfa/otp.rs`. */
const ALGORITHMS = Object.freeze(['SHA1', 'SHA256', 'SHA512']);

/** Longer than any code with any spaces that people type. */
const MAX_CODE = 24;
/** 128 bytes in base32, with room for groups. */
const MAX_SECRET = 512;

/** RFC 4226, R6: at least 128 bits. */
const LEAST_BYTES = 16;
/** 80 bits, which many older systems gave out. */
const LEAST_SHORT_BYTES = 10;

/** The options that TOTP and HOTP share. */
const SHAPE = Object.freeze({
  algorithm: oneOf(ALGORITHMS, 'SHA1'),
  digits: integer({ min: 6, max: 8, default: 6 }),
  shortSecret: boolean(false),
});

/**
 * @param {{ algorithm: string, digits: number, shortSecret: boolean }} settings
 * @returns {number} as the core reads it
 */
function specOf({ algorithm, digits, shortSecret }) {
  const least = shortSecret ? LEAST_SHORT_BYTES : LEAST_BYTES;
  return ALGORITHMS.indexOf(algorithm) + 16 * digits + 256 * least + PLACE;
}

/**
 * The first counter from `from` to `to` that has the code, or -1.
 *
 * @param {unknown} secret
 * @param {unknown} code what a client sent: anything that is no code is simply not found
 * @param {number} spec
 * @param {number} from
 * @param {number} to
 * @returns {number}
 */
function search(secret, code, spec, from, to) {
  const key = textOf(secret);
  if (typeof code !== 'string' || code.length > MAX_CODE) return -1;
  try {
    find(key, code, spec, from, to);
  } catch (error) {
    throw fromNative(error);
  }
  return OUT[0];
}

/** @param {unknown} secret @param {number} spec @param {number} counter */
function generate(secret, spec, counter) {
  return direct(() => native.generate(textOf(secret), spec, counter));
}

/** @param {unknown} secret @param {number} spec the secret as URIs carry it */
const canonical = (secret, spec) => direct(() => native.canonical(textOf(secret), spec));

/** @param {number} bytes */
const newSecret = (bytes) => direct(() => native.newSecret(bytes));

/** @param {string} text @param {number} size */
const qrSvg = (text, size) => direct(() => native.qrSvg(text, size));

/** @param {unknown} secret @returns {string} base32 */
function textOf(secret) {
  if (typeof secret === 'string' && secret.length <= MAX_SECRET) return secret;
  if (secret instanceof Uint8Array) return direct(() => native.base32(secret));
  const what = typeof secret === 'string' ? `a string longer than ${MAX_SECRET} characters` : show(secret);
  // Never the value itself: it may be the secret in another form.
  const kind = typeof secret === 'string' || typeof secret === 'object' ? what : typeof secret;
  throw new HauberkError(
    'ERR_HAUBERK_MFA_SECRET',
    `the secret of the one-time codes is base32 text or a Uint8Array; got ${kind}`,
  );
}

/**
 * @param {unknown} value
 * @param {string} what
 * @param {number} [least]
 * @returns {number}
 */
function wholeNumber(value, what, least = 0) {
  if (Number.isSafeInteger(value) && /** @type {number} */ (value) >= least) {
    return /** @type {number} */ (value);
  }
  throw new HauberkError(
    'ERR_HAUBERK_ARGUMENT',
    `${what} must be a whole number from ${least}; got ${show(value)}`,
  );
}

/**
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
function direct(call) {
  try {
    return call();
  } catch (error) {
    throw fromNative(error);
  }
}

module.exports = { SHAPE, specOf, search, generate, canonical, newSecret, qrSvg, wholeNumber };
