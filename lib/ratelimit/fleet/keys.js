'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('../../internal/fault');

/** Keys that can stand in Redis as they are; others are hashed, so that none is long or breaks a hash tag. */
const PLAIN = /^[\w.:/@-]{1,96}$/;

/**
 * How a key stands in Redis.
 *
 * @param {string} key
 * @returns {string} short, without braces
 */
function textOf(key) {
  if (PLAIN.test(key)) return key;
  checkText(key);
  return crypto.createHash('sha256').update(key).digest('base64url');
}

/**
 * Lone surrogates become U+FFFD where text becomes bytes, so that many ill-formed keys would be one.
 *
 * @param {string} key
 */
function checkText(key) {
  if (key.isWellFormed() && !key.includes('\ufffd')) return;
  throw new HauberkError(
    'ERR_HAUBERK_RATELIMIT_KEY',
    'a rate-limit key must be well-formed text without the replacement character U+FFFD',
  );
}

module.exports = { textOf, checkText };
