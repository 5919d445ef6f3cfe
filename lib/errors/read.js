'use strict';

/**
 * Reading a thrown value that may be anything: `null`, a string, a Proxy, an object whose getters
 * throw. Nothing here throws, and each property is read once.
 */

/**
 * @param {any} object
 * @param {PropertyKey} key
 * @returns {any} undefined where the value has no such property or refuses to give it
 */
function get(object, key) {
  if (!isObject(object)) return undefined;
  try {
    return Reflect.get(object, key);
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @returns {value is object} */
function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** @param {unknown} value */
function isError(value) {
  try {
    if (value instanceof Error) return true;
  } catch {
    return false;
  }
  // Errors of another realm (vm, Jest), and look-alikes that carry both texts.
  return (
    isObject(value) && typeof get(value, 'message') === 'string' && typeof get(value, 'stack') === 'string'
  );
}

/**
 * The names of a value's own enumerable properties.
 *
 * @param {object} value
 * @returns {string[]}
 */
function ownNames(value) {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/**
 * A thrown value that is no object, as text.
 *
 * @param {unknown} value
 * @returns {string}
 */
function primitiveText(value) {
  return typeof value === 'bigint' && value.toString().length > 64 ? 'a bigint' : String(value);
}

/**
 * What the answer and the log need of a thrown value.
 *
 * @param {unknown} thrown
 */
function readError(thrown) {
  const message = get(thrown, 'message');
  const status = validStatus(get(thrown, 'status')) ?? validStatus(get(thrown, 'statusCode'));
  const name = get(thrown, 'name');
  const code = get(thrown, 'code');
  const type = get(thrown, 'type');
  return {
    name: typeof name === 'string' ? name : undefined,
    message: typeof message === 'string' ? message : undefined,
    status,
    code: typeof code === 'string' ? code : undefined,
    type: typeof type === 'string' ? type : undefined,
    expose: get(thrown, 'expose') === true,
    headers: get(thrown, 'headers'),
  };
}

/**
 * @param {unknown} value
 * @returns {number | undefined} the value, if it is an HTTP status of an error
 */
function validStatus(value) {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  return value >= 400 && value <= 599 ? value : undefined;
}

module.exports = { get, isObject, isError, ownNames, primitiveText, readError, validStatus };
