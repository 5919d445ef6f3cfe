'use strict';

const { randomBytes } = require('node:crypto');
const { HauberkError, show } = require('../internal/fault');
const { parse, invalid, integer, oneOf, boolean } = require('../internal/options');
const native = require('../internal/native').passwords;
const { direct } = require('./hash');
const { MAX_BYTES } = require('./password');
const { run } = require('./pool');

/**
 * The functions of the package argon2, on hauberk's own threads: the same names, argument orders, options
 * and defaults. docs/passwords.md lists what is different on purpose.
 */

const argon2d = 0;
const argon2i = 1;
const argon2id = 2;

const NAMES = Object.freeze(['argon2d', 'argon2i', 'argon2id']);
const DEADLINE_MS = 600_000;
const USE = Object.freeze({ hash: 0, raw: 1, compare: 2 });
const NOTHING = new Uint8Array(0);

/**
 * @param {number} min
 * @param {number} max bytes
 * @returns {import('../internal/options').Check}
 */
const bytes = (min, max) => (value, path) => {
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array && value.byteLength >= min && value.byteLength <= max) return value;
  throw invalid(path, `a Buffer of ${min} to ${max} bytes`, typeof value);
};

const HASH = Object.freeze({
  hashLength: integer({ min: 4, max: 128, unit: 'bytes', default: 32 }),
  timeCost: integer({ min: 1, max: 16, default: 3 }),
  memoryCost: integer({ min: 8, max: 262_144, unit: 'KiB', default: 65_536 }),
  parallelism: integer({ min: 1, max: 16, default: 4 }),
  type: oneOf([argon2d, argon2i, argon2id], argon2id),
  version: oneOf([0x10, 0x13], 0x13),
  salt: bytes(8, 128),
  associatedData: bytes(0, 384),
  secret: bytes(0, 1024),
  raw: boolean(false),
});

const VERIFY = Object.freeze({ secret: HASH.secret });

/** Like the package, any of `hash`'s options may be given here; only these count. */
const REHASH = Object.freeze(['timeCost', 'memoryCost', 'parallelism', 'version']);

/** @param {Uint8Array} value unpadded base64 */
const text = (value) => Buffer.from(value).toString('base64').replace(/=+$/, '');

/** @param {unknown} password */
function bytesOf(password) {
  if (typeof password !== 'string' && !(password instanceof Uint8Array)) {
    throw new HauberkError('ERR_HAUBERK_PASSWORDS_PASSWORD', 'a password is a string or a Buffer');
  }
  const plain = typeof password === 'string' ? Buffer.from(password) : password;
  if (plain.byteLength <= MAX_BYTES) return plain;
  throw new HauberkError('ERR_HAUBERK_PASSWORDS_PASSWORD', `a password has at most ${MAX_BYTES} bytes`);
}

/** @type {any} */
async function hash(/** @type {any} */ password, /** @type {any} */ options) {
  const given = parse('argon2.hash options', options, HASH);
  const { memoryCost: m, timeCost: t, parallelism: p, version, type, raw } = given;
  if (m < 8 * p) throw invalid('argon2.hash options.memoryCost', `at least 8 for each of the ${p} lanes`, m);
  const salt = given.salt ?? randomBytes(16);
  const data = given.associatedData?.byteLength > 0 ? `,data=${text(given.associatedData)}` : '';
  const empty = text(Buffer.alloc(given.hashLength));
  const stored = `$${NAMES[type]}$v=${version}$m=${m},t=${t},p=${p}${data}$${text(salt)}$${empty}`;
  return queued(bytesOf(password), stored, given.secret, raw ? USE.raw : USE.hash);
}

/** @type {typeof import('./argon2').verify} */
async function verify(digest, password, options) {
  const { secret } = parse('argon2.verify options', options, VERIFY);
  const stored = digestOf(digest);
  // A hash of another kind fits no password, as in the package.
  if (!stored.startsWith('$argon2')) return false;
  return queued(bytesOf(password), stored, secret, USE.compare);
}

/** @type {typeof import('./argon2').needsRehash} */
function needsRehash(digest, options = {}) {
  const wanted = Object.fromEntries(
    REHASH.filter((name) => Object.hasOwn(options, name)).map((name) => [
      name,
      /** @type {any} */ (options)[name],
    ]),
  );
  const { memoryCost, timeCost, parallelism, version } = parse('argon2.needsRehash options', wanted, HASH);
  const stored = digestOf(digest);
  // The core reads it strictly; what it lets through has exactly these fields.
  direct(() => native.needsRehash(stored, [0, 8, 1, 1, 0, 0], undefined));

  const field = (/** @type {string} */ name) =>
    // eslint-disable-next-line security/detect-non-literal-regexp -- the names are those below
    Number(new RegExp(`[$,]${name}=(\\d+)`).exec(stored)?.[1] ?? 0x10);
  return (
    field('m') !== memoryCost ||
    field('t') !== timeCost ||
    field('p') !== parallelism ||
    field('v') !== version
  );
}

/** @param {unknown} digest */
function digestOf(digest) {
  if (typeof digest === 'string' && digest.startsWith('$') && digest.length <= 1024) return digest;
  const what = typeof digest === 'string' ? 'another text' : show(digest);
  throw new HauberkError(
    'ERR_HAUBERK_PASSWORDS_HASH',
    `a stored hash is a PHC string of argon2; got ${what}`,
  );
}

/** @param {Uint8Array} plain @param {string} stored @param {Uint8Array | undefined} secret @param {number} use */
function queued(plain, stored, secret, use) {
  return run(undefined, (link, id) =>
    native.asWritten(link, id, plain, stored, secret ?? NOTHING, use, DEADLINE_MS),
  );
}

exports.argon2d = argon2d;
exports.argon2i = argon2i;
exports.argon2id = argon2id;
exports.hash = hash;
exports.verify = verify;
exports.needsRehash = needsRehash;
