'use strict';

const native = require('../internal/native');

/** What `check` gives. */
const VALID = 0;
const INVALID = 1;
const EXPIRED = 2;

/** A token is this many characters of base64url; anything else is none, and is not looked at. */
const LENGTH = 64;
/** What tokens are bound to may be this long, in characters. */
const MOST_BOUND = 8192;

/** Where the native check writes its verdict; the memory of this thread. */
const OUT = new Float64Array(1);

const functions = native.csrf.functions();

/**
 * Tokens: the time of making (4 bytes), a nonce (12 bytes), and the HMAC-SHA-256 of both and of what the token is
 * bound to (32 bytes), as base64url. The nonce makes each token different, so that nothing in a compressed page
 * repeats (BREACH). The first key signs, all verify.
 */
class Tokens {
  /**
   * @param {import('../internal/keys').Keys} keys
   * @param {number} expiresInMs
   */
  constructor(keys, expiresInMs) {
    this.set = native.csrf.open(Buffer.concat(keys.derive('csrf/token')), Math.ceil(expiresInMs / 1000), OUT);
  }

  /**
   * @param {number} kind what it is bound to: see lib/csrf/binding.js
   * @param {string} value
   * @returns {string} LENGTH characters
   */
  make(kind, value) {
    return native.csrf.make(this.set, value, kind, Math.floor(Date.now() / 1000));
  }

  /**
   * @param {string} token
   * @param {number} kind 0: the request has nothing that a token could be bound to
   * @param {string} value
   * @returns {number} VALID, INVALID or EXPIRED
   */
  check(token, kind, value) {
    if (kind === 0 || token.length !== LENGTH || value.length > MOST_BOUND) return INVALID;
    OUT[0] = INVALID;
    functions.check(this.set, token, value, kind, Date.now() / 1000);
    return OUT[0];
  }

  close() {
    native.csrf.close(this.set);
  }
}

module.exports = { Tokens, VALID, INVALID, EXPIRED, LENGTH };
