'use strict';

const crypto = require('node:crypto');
const { parse, integer, string } = require('../internal/options');
const { limiter, storeWith, userKey, charge, asked, decided } = require('./attempts');
const { lastingKeys } = require('./seal');
const { WRONG, tell } = require('./verdict');

/**
 * Recovery codes (look-up secrets, NIST SP 800-63B-4, section 3.1.2). The rules:
 *
 * 1. A code has 25 symbols of Crockford's base32: 125 bits from the operating system. From 112 bits on a fast
 *    hash is enough (NIST; OWASP ASVS 5, 6.5.2): nobody can try them all, so argon2 would only cost time.
 * 2. The store keeps HMAC-SHA-256 over user and code, with a key that is not in the store: a stolen table does
 *    not even show whether a code that leaked elsewhere is in it. Being keyed, it may be looked up by equality.
 * 3. A code is used by removing its hash in one operation: of many requests one removes it.
 */

/** Without I, L, O and U, which people misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOLS = 25;
const GROUP = 5;
/** A code with any spaces and hyphens that people type. */
const MAX_TYPED = 64;

const SHAPE = Object.freeze({
  store: storeWith(['replace', 'remove', 'count']),
  limiter,
  secret: (/** @type {unknown} */ value) => value,
  count: integer({ min: 1, max: 50, default: 10 }),
  name: string({
    default: 'recovery',
    pattern: /^[\w-]{1,32}$/,
    expected: '1 to 32 letters, digits, - and _',
  }),
});

/** @type {typeof import('./index').recovery} */
function recovery(options) {
  const { store, limiter: cap, secret, count, name } = parse('mfa.recovery', options, SHAPE);
  const keys = lastingKeys(secret, 'mfa/recovery');
  const keyOf = (/** @type {unknown} */ user) => `mfa:${name}:${userKey(user)}`;
  return {
    async issue(user) {
      const key = keyOf(user);
      const codes = Array.from({ length: count }, newCode);
      const hashes = codes.map((code) => hash(keys[0], key, /** @type {string} */ (normal(code))));
      await asked(() => store.replace(key, hashes));
      return codes;
    },
    async redeem(user, code) {
      const key = keyOf(user);
      const capped = await charge(cap, key);
      if (capped) return capped;
      const typed = normal(code);
      if (typed === undefined) return tell(WRONG, 'no recovery code');
      // Each key in turn: codes that were issued before the secret was rotated still count.
      for (const one of keys) {
        const hashed = hash(one, key, typed);
        if (await decided('remove', () => store.remove(key, hashed))) {
          return { ok: true, remaining: await asked(() => store.count(key)) };
        }
      }
      return tell(WRONG, 'a wrong or used recovery code');
    },
    remaining: async (user) => {
      const key = keyOf(user);
      return asked(() => store.count(key));
    },
  };
}

function newCode() {
  // 256 is a multiple of 32, so no symbol is likelier than another.
  const symbols = Array.from(crypto.randomBytes(SYMBOLS), (byte) => ALPHABET[byte % ALPHABET.length]);
  const groups = [];
  for (let at = 0; at < SYMBOLS; at += GROUP) groups.push(symbols.slice(at, at + GROUP).join(''));
  return groups.join('-');
}

/**
 * A code as it is hashed: letters that look like digits are those digits, as Crockford has it.
 *
 * @param {unknown} code
 * @returns {string | undefined} undefined for what cannot be one
 */
function normal(code) {
  if (typeof code !== 'string' || code.length > MAX_TYPED) return undefined;
  const text = code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{25}$/.test(text) ? text : undefined;
}

/** @param {Buffer} key @param {string} owner @param {string} code */
function hash(key, owner, code) {
  return crypto.createHmac('sha256', key).update(`${owner}\0${code}`).digest('base64url');
}

module.exports = { recovery };
