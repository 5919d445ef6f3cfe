'use strict';

const { invalid, isPlainObject } = require('../internal/options');
const native = require('../internal/native').passwords;

/**
 * `pepper: { keys: { id: secret }, current: id }`: secrets that are not in the user table, by the id that
 * hashes name. Read once for each object, so that the secrets are not copied with every call: to change
 * peppers, give another object.
 */

const ID = /^[A-Za-z0-9_-]{1,8}$/;
const MIN_BYTES = 32;

/** @type {WeakMap<object, object>} */
const made = new WeakMap();

/** @type {import('../internal/options').Check} */
function pepper(value, path) {
  if (value === undefined) return undefined;
  if (!isPlainObject(value)) throw invalid(path, '{ keys: { id: secret } }', value);
  const known = made.get(value);
  if (known !== undefined) return known;
  for (const name of Object.keys(value)) {
    if (name !== 'keys' && name !== 'current')
      throw invalid(path, '{ keys, current } and nothing else', name);
  }
  const { keys, current } = value;
  if (!isPlainObject(keys) || Object.keys(keys).length === 0) {
    throw invalid(`${path}.keys`, 'an object with a secret for each id', typeof keys);
  }
  const ids = order(Object.keys(keys), current, path);
  const peppers = native.peppers(
    ids,
    ids.map((id) => secret(keys[id], `${path}.keys`, id)),
  );
  made.set(value, peppers);
  return peppers;
}

/**
 * The current one first. Objects do not keep the order of ids that look like numbers, so that with several
 * the current one must be named.
 *
 * @param {string[]} ids
 * @param {unknown} current
 * @param {string} path
 */
function order(ids, current, path) {
  for (const id of ids) {
    if (!ID.test(id)) throw invalid(`${path}.keys`, 'ids of 1 to 8 letters, digits, - and _', id);
  }
  const first = current === undefined && ids.length === 1 ? ids[0] : current;
  if (typeof first !== 'string' || !ids.includes(first)) {
    throw invalid(`${path}.current`, 'the id of the key for new hashes, one of the ids in keys', current);
  }
  return [first, ...ids.filter((id) => id !== first)];
}

/** @param {unknown} value @param {string} path @param {string} id @returns {Buffer} */
function secret(value, path, id) {
  const text = typeof value === 'string' && value.isWellFormed();
  const bytes = text || value instanceof Uint8Array ? Buffer.from(/** @type {any} */ (value)) : undefined;
  if (bytes !== undefined && bytes.length >= MIN_BYTES && bytes.length <= 1024) return bytes;
  // What was given is a secret: only its kind is told.
  throw invalid(`${path}.${id}`, `${MIN_BYTES} to 1024 bytes, as a string or Uint8Array`, typeof value);
}

module.exports = { pepper };
