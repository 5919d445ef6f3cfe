'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('../internal/fault');
const { Keys } = require('../internal/keys');
const { invalid, parse } = require('../internal/options');
const { userKey } = require('./attempts');

/**
 * Secrets at rest: AES-256-GCM, so that a stolen table of users gives no one-time codes.
 *
 * `hbk1.<key id>.<base64url of nonce, ciphertext, tag>`. The key comes from `secret` by HKDF; the user is
 * authenticated with it, so that a row copied to another user does not open. The first secret seals, all
 * open. Nonces are random: 96 bits are good for 2^32 sealed values under one key (NIST SP 800-38D, 8.3).
 */

const VERSION = 'hbk1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_PLAIN = 512;
const MAX_SEALED = 1024;

const SHAPE = Object.freeze({ secret: (/** @type {unknown} */ value) => value });

/** The option `sealer` of the guards. @type {import('../internal/options').Check} */
const sealerOption = (value, path) => {
  if (value === undefined) return undefined;
  if (typeof (/** @type {any} */ (value)?.open) === 'function') return value;
  throw invalid(path, 'what mfa.sealer() gives', value);
};

/**
 * Keys that outlive the process: what is stored must open tomorrow.
 *
 * @param {any} secret
 * @param {string} label
 */
function lastingKeys(secret, label) {
  const keys = new Keys(secret);
  if (keys.lasting) return keys.derive(label);
  throw new HauberkError(
    'ERR_HAUBERK_SECRET',
    'what is stored for second factors needs a secret that lasts: give the option secret, or set HAUBERK_SECRET',
  );
}

/** @type {typeof import('./index').sealer} */
function sealer(options) {
  const { secret } = parse('mfa.sealer', options, SHAPE);
  const keys = lastingKeys(secret, 'mfa/seal').map((key) => ({ key, id: idOf(key) }));
  return {
    seal(plain, user) {
      if (typeof plain !== 'string' || plain === '' || plain.length > MAX_PLAIN || !plain.isWellFormed()) {
        throw new HauberkError(
          'ERR_HAUBERK_ARGUMENT',
          `what is sealed is a well-formed string of 1 to ${MAX_PLAIN} characters`,
        );
      }
      return seal(keys[0], plain, userKey(user));
    },
    open: (sealed, user) => open(keys, sealed, userKey(user)),
    needsReseal(sealed) {
      return partsOf(sealed)[1] !== keys[0].id;
    },
  };
}

/** @param {Buffer} key names the key and tells nothing of it */
function idOf(key) {
  return crypto.createHmac('sha256', key).update('hauberk key id').digest('base64url').slice(0, 8);
}

/** @param {string} id @param {string} user */
const bound = (id, user) => Buffer.from(`${VERSION}\0${id}\0${user}`);

/** @param {{ key: Buffer, id: string }} by @param {string} plain @param {string} user */
function seal({ key, id }, plain, user) {
  const nonce = crypto.randomBytes(NONCE_BYTES);
  const cipher = crypto.createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound(id, user));
  const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${id}.${body.toString('base64url')}`;
}

/** @param {{ key: Buffer, id: string }[]} keys @param {unknown} sealed @param {string} user */
function open(keys, sealed, user) {
  const [, id, text] = partsOf(sealed);
  const by = keys.find((one) => one.id === id);
  if (by === undefined) throw shut('none of the secrets is the one that it was sealed with');
  const body = Buffer.from(text, 'base64url');
  // Node.js skips what is no base64url; a text with such characters is not what was written.
  if (body.toString('base64url') !== text || body.length < NONCE_BYTES + TAG_BYTES)
    throw shut('it is damaged');
  try {
    const decipher = crypto.createDecipheriv('aes-256-gcm', by.key, body.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(bound(id, user));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    const plain = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    throw shut('it was changed, or sealed for another user');
  }
}

/** @param {unknown} sealed @returns {string[]} version, key id, body */
function partsOf(sealed) {
  const parts = typeof sealed === 'string' && sealed.length <= MAX_SEALED ? sealed.split('.') : [];
  if (parts.length !== 3 || parts[0] !== VERSION) throw shut('it is not what sealer.seal() gave');
  return parts;
}

/** @param {string} why */
function shut(why) {
  return new HauberkError('ERR_HAUBERK_MFA_SEALED', `a sealed secret does not open: ${why}`);
}

module.exports = { sealer, sealerOption, lastingKeys };
