'use strict';

const { HauberkError } = require('../internal/fault');

/**
 * A password on its way to the core: as UTF-8 in one scratch buffer, which is wiped as soon as the core
 * has its own copy.
 */

const MAX_BYTES = 4096;
const MAX_BCRYPT_BYTES = 72;

const encoder = new TextEncoder();

/** A byte more than is allowed, so that a text which fills it is too long; a code point has at most 4. */
const scratch = new Uint8Array(MAX_BYTES + 4);

/**
 * What is wrong with a password, if anything. The text never repeats it.
 *
 * @param {unknown} password
 * @returns {string | undefined}
 */
function fault(password) {
  const length = lengthOf(password);
  if (length === undefined) return 'a password is a string or a Uint8Array';
  if (length === 0) return 'a password is not empty';
  if (length > MAX_BYTES) return `a password has at most ${MAX_BYTES} bytes of UTF-8`;
  if (typeof password === 'string' && !password.isWellFormed()) {
    return 'the password is not well-formed UTF-16: lone surrogates would make different passwords equal';
  }
  return undefined;
}

/** @param {unknown} password @returns {number | undefined} bytes */
function lengthOf(password) {
  if (password instanceof Uint8Array) return password.byteLength;
  if (typeof password !== 'string') return undefined;
  // No string has fewer bytes than UTF-16 units; so a huge one is not even looked at.
  return password.length > MAX_BYTES ? password.length : Buffer.byteLength(password);
}

/**
 * Why bcrypt would not hash all of a password, if so.
 *
 * @param {string | Uint8Array} password
 * @returns {string | undefined}
 */
function bcryptFault(password) {
  if (/** @type {number} */ (lengthOf(password)) > MAX_BCRYPT_BYTES) {
    return (
      `bcrypt reads only the first ${MAX_BCRYPT_BYTES} bytes of a password; use argon2id, ` +
      'or refuse such passwords with a message of your own'
    );
  }
  const hasNul = typeof password === 'string' ? password.includes('\0') : password.includes(0);
  if (hasNul) return 'many programs end a bcrypt password at a NUL byte; use argon2id, or refuse NUL';
  return undefined;
}

/**
 * The password, if it can be hashed; else throws.
 *
 * @param {unknown} password
 * @param {boolean} bcrypt
 * @returns {string | Uint8Array} the password
 */
function usable(password, bcrypt) {
  const why = fault(password) ?? (bcrypt ? bcryptFault(/** @type {any} */ (password)) : undefined);
  if (why !== undefined) throw new HauberkError('ERR_HAUBERK_PASSWORDS_PASSWORD', why);
  return /** @type {any} */ (password);
}

/**
 * In the Unicode normalization form that was asked for (RFC 8265, NIST SP 800-63B-4): the same password
 * typed on another keyboard is the same bytes. A text that is too long is left as it is, to be refused.
 *
 * @template T
 * @param {T} password
 * @param {{ normalize: 'NFC' | 'NFKC' | undefined }} settings
 * @returns {T}
 */
function normalized(password, { normalize }) {
  if (normalize === undefined || typeof password !== 'string' || password.length > MAX_BYTES) return password;
  return /** @type {any} */ (password.normalize(normalize));
}

/** @param {unknown} password @returns {password is string | Uint8Array} whether it can be any user's */
const isPassword = (password) => fault(password) === undefined;

/**
 * Lends the bytes of a password to `use` and wipes them.
 *
 * @template T
 * @param {string | Uint8Array} password one that has passed a check above
 * @param {(bytes: Uint8Array) => T} use copies what it needs before it returns
 * @returns {T}
 */
function withBytes(password, use) {
  const length = write(password);
  try {
    return use(scratch.subarray(0, length));
  } finally {
    scratch.fill(0, 0, length);
  }
}

/** @param {string | Uint8Array} password */
function write(password) {
  if (typeof password === 'string') return encoder.encodeInto(password, scratch).written;
  scratch.set(password);
  return password.byteLength;
}

module.exports = { usable, isPassword, normalized, withBytes, MAX_BYTES };
