'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('./fault');

const MINIMUM_BYTES = 32;

/**
 * Keys for the practices, each its own by HKDF-SHA-256 (RFC 5869) with the practice as label, so that
 * a key that leaks in one place opens nothing elsewhere.
 *
 * 1. `secret` option, else HAUBERK_SECRET (one secret, or several separated by commas).
 * 2. The first secret signs, all verify: that is how a secret is rotated.
 * 3. Without a secret the keys are random and live as long as the process: `lasting` is false, and
 *    the guard's report lists what will not survive a restart or a second process.
 */
class Keys {
  /** @param {string | readonly string[] | undefined} secret each at least 32 bytes of UTF-8 */
  constructor(secret) {
    const given = read(secret);
    this.lasting = given.length > 0;
    this.secrets = this.lasting ? given : [crypto.randomBytes(MINIMUM_BYTES)];
    Object.defineProperty(this, 'secrets', { enumerable: false });
  }

  /**
   * @param {string} label the practice, and what in it the key is for: `csrf/token`
   * @param {number} [length] bytes, default 32
   * @returns {Buffer[]} the first signs, all verify
   */
  derive(label, length = 32) {
    return this.secrets.map((secret) =>
      Buffer.from(crypto.hkdfSync('sha256', secret, 'hauberk', label, length)),
    );
  }
}

/**
 * @param {string | readonly string[] | undefined} secret
 * @returns {Buffer[]}
 */
function read(secret) {
  const source = secret === undefined ? fromEnvironment() : secret;
  const list = typeof source === 'string' ? [source] : source;
  if (!Array.isArray(list) || (secret !== undefined && list.length === 0)) {
    throw new HauberkError('ERR_HAUBERK_SECRET', 'secret must be a string or a non-empty array of strings');
  }
  return list.map((text) => {
    if (typeof text !== 'string' || !text.isWellFormed() || Buffer.byteLength(text) < MINIMUM_BYTES) {
      throw new HauberkError(
        'ERR_HAUBERK_SECRET',
        `each secret must be a string of at least ${MINIMUM_BYTES} bytes; make one with ` +
          `node -p "require('node:crypto').randomBytes(32).toString('base64url')"`,
      );
    }
    return Buffer.from(text);
  });
}

function fromEnvironment() {
  const text = process.env.HAUBERK_SECRET;
  return text === undefined || text === '' ? [] : text.split(',');
}

exports.Keys = Keys;
