'use strict';

const { randomBytes } = require('node:crypto');
const { publish } = require('../internal/events');
const { HauberkError } = require('../internal/fault');
const native = require('../internal/native').passwords;
const { direct } = require('./hash');
const { run } = require('./pool');

/**
 * The functions of the package bcrypt, on hauberk's own threads: the same names, argument orders, promises
 * and callbacks. docs/passwords.md lists what is different on purpose.
 */

const MAX_BYTES = 72;
const DEADLINE_MS = 600_000;
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SALT = /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{22}/;
const NO_HASH = '.'.repeat(31);
const NO_SECRET = new Uint8Array(0);

const USE = Object.freeze({ hash: 0, compare: 2 });

/** @param {string} message */
const misused = (message) => new HauberkError('ERR_HAUBERK_ARGUMENT', message);

/** @param {unknown} rounds @param {unknown} minor */
function makeSalt(rounds, minor) {
  const log = rounds === undefined || rounds === null || rounds === 0 ? 10 : rounds;
  if (typeof log !== 'number' || Number.isNaN(log))
    throw misused('bcrypt: the rounds of a salt are a number');
  if (minor !== undefined && minor !== 'a' && minor !== 'b') {
    throw misused('bcrypt: the minor version of a salt is "a" or "b"');
  }
  // As in bcrypt, where 4 and 31 are the ends of the scale.
  const cost = String(Math.min(31, Math.max(4, Math.trunc(log)))).padStart(2, '0');
  return `$2${minor ?? 'b'}$${cost}$${encode(randomBytes(16))}`;
}

/** 16 bytes in bcrypt's base64. @param {Buffer} bytes */
function encode(bytes) {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: 22 }, (_, i) => {
    const six = bits.slice(6 * i, 6 * i + 6).padEnd(6, '0');
    return ALPHABET[parseInt(six, 2)];
  }).join('');
}

/** The bytes that bcrypt reads. @param {unknown} data */
function bytesOf(data) {
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) {
    throw misused('bcrypt: a password is a string or a Buffer');
  }
  if (!truncates(data)) return typeof data === 'string' ? Buffer.from(data) : data;
  publish({
    event: 'input_validation_fail',
    practice: 'passwords',
    code: 'ERR_HAUBERK_PASSWORDS_PASSWORD',
    blocked: false,
    detail: `bcrypt read only the first ${MAX_BYTES} bytes of a password`,
    requestId: undefined,
    client: undefined,
    time: Date.now(),
  });
  // A UTF-16 unit has at least a byte, so that what is beyond 72 of them is never read.
  return (typeof data === 'string' ? Buffer.from(data.slice(0, MAX_BYTES)) : data).subarray(0, MAX_BYTES);
}

/** A salt or a whole hash, as the core reads one to hash alike. @param {unknown} salt */
function template(salt) {
  if (typeof salt === 'number') return makeSalt(salt, 'b') + NO_HASH;
  if (typeof salt !== 'string' || !SALT.test(salt)) {
    throw misused('bcrypt: a salt is a number of rounds, or a text such as genSalt gives');
  }
  // Of the last character, two bits count; bcrypt writes the others as zeros.
  const last = ALPHABET[ALPHABET.indexOf(salt[28]) & 0x30];
  return salt.slice(0, 28) + last + NO_HASH;
}

/** @type {typeof import('./bcrypt').genSaltSync} */
function genSaltSync(rounds, minor) {
  return makeSalt(rounds, minor);
}

/** @type {any} */
function genSalt(/** @type {any} */ rounds, /** @type {any} */ minor, /** @type {any} */ callback) {
  if (typeof rounds === 'function') return genSalt(undefined, undefined, rounds);
  if (typeof minor === 'function') return genSalt(rounds, undefined, minor);
  return answer(callback, async () => makeSalt(rounds, minor));
}

/** @type {typeof import('./bcrypt').hashSync} */
function hashSync(data, salt) {
  const stored = template(salt);
  return /** @type {string} */ (direct(() => native.asWrittenSync(bytesOf(data), stored, USE.hash)));
}

/** @type {any} */
function hash(/** @type {any} */ data, /** @type {any} */ salt, /** @type {any} */ callback) {
  return answer(callback ?? misplaced(data, salt), async () =>
    queued(bytesOf(data), template(salt), USE.hash),
  );
}

/** @type {typeof import('./bcrypt').compareSync} */
function compareSync(data, stored) {
  const [bytes, text] = comparison(data, stored);
  if (text === undefined) return false;
  return /** @type {boolean} */ (direct(() => native.asWrittenSync(bytes, text, USE.compare)));
}

/** @type {any} */
function compare(/** @type {any} */ data, /** @type {any} */ stored, /** @type {any} */ callback) {
  return answer(callback ?? misplaced(data, stored), async () => {
    const [bytes, text] = comparison(data, stored);
    return text === undefined ? false : queued(bytes, text, USE.compare);
  });
}

/**
 * @param {unknown} data
 * @param {unknown} stored
 * @returns {[Uint8Array, string | undefined]} undefined for a text that is no bcrypt hash: false, as in bcrypt
 */
function comparison(data, stored) {
  if (typeof stored !== 'string') throw misused('bcrypt: a stored hash is a string');
  const bytes = bytesOf(data);
  try {
    return [bytes, stored.length === 60 && SALT.test(stored) && readable(stored) ? stored : undefined];
  } catch {
    return [bytes, undefined];
  }
}

/** Throws where the core cannot read it. @param {string} stored */
function readable(stored) {
  native.needsRehash(stored, BCRYPT_RECIPE, undefined);
  return true;
}

const BCRYPT_RECIPE = Object.freeze([3, 0, 0, 0, 10, 0]);

/** @type {typeof import('./bcrypt').getRounds} */
function getRounds(stored) {
  if (typeof stored !== 'string' || !SALT.test(stored)) throw misused('bcrypt: that is no bcrypt hash');
  return Number(stored.slice(4, 6));
}

/** @type {typeof import('./bcrypt').truncates} */
function truncates(data) {
  return (typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength) > MAX_BYTES;
}

/** @param {Uint8Array} bytes @param {string} stored @param {number} use */
function queued(bytes, stored, use) {
  return run(undefined, (link, id) => native.asWritten(link, id, bytes, stored, NO_SECRET, use, DEADLINE_MS));
}

/** A callback in the place of an argument gets the error. @param {unknown[]} values */
const misplaced = (...values) => values.find((value) => typeof value === 'function');

/**
 * @template T
 * @param {unknown} callback `(error, value)`, or nothing for a promise
 * @param {() => Promise<T>} work
 * @returns {Promise<T> | undefined}
 */
function answer(callback, work) {
  if (!callback) return work();
  if (typeof callback !== 'function') {
    return Promise.reject(misused('bcrypt: a callback is a function; leave it out for a promise'));
  }
  // Out of the promise: what the callback throws must not become a rejection.
  work().then(
    (value) => process.nextTick(callback, null, value),
    (error) => process.nextTick(callback, error),
  );
  return undefined;
}

exports.genSaltSync = genSaltSync;
exports.genSalt = genSalt;
exports.hashSync = hashSync;
exports.hash = hash;
exports.compareSync = compareSync;
exports.compare = compare;
exports.getRounds = getRounds;
exports.truncates = truncates;
