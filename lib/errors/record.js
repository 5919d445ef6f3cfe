'use strict';

const { get, isError, isObject, ownNames, primitiveText } = require('./read');
const { MARK, redactText } = require('../internal/secrets');
const { cut, escapeUnprintable } = require('../internal/text');

/**
 * A thrown value as data for the log: plain objects, arrays and printable one-line strings, without
 * secrets, in bounded size whatever was thrown.
 */

const LIMITS = Object.freeze({
  message: 4096,
  string: 1024,
  name: 128,
  frames: 50,
  depth: 5,
  entries: 32,
  values: 400,
});

/**
 * @typedef {object} Walk
 * @property {(name: string) => boolean} isSecret
 * @property {Set<object>} seen the objects on the way down, for cycles
 * @property {number} left how many values may still be written
 */

/**
 * @param {unknown} thrown
 * @param {(name: string) => boolean} isSecret
 * @returns {Record<string, unknown>}
 */
function errorRecord(thrown, isSecret) {
  const walk = { isSecret, seen: new Set(), left: LIMITS.values };
  if (isError(thrown)) return describeError(/** @type {object} */ (thrown), walk, 0);
  return {
    thrown: typeof thrown === 'object' && thrown === null ? 'null' : typeof thrown,
    value: describe(thrown, walk, 0),
  };
}

/**
 * @param {object} error
 * @param {Walk} walk
 * @param {number} depth
 * @returns {Record<string, unknown>}
 */
function describeError(error, walk, depth) {
  walk.seen.add(error);
  const name = get(error, 'name');
  const message = get(error, 'message');
  /** @type {Record<string, unknown>} */
  const record = {
    name: typeof name === 'string' ? line(name, LIMITS.name) : 'Error',
    message: typeof message === 'string' ? line(message, LIMITS.message) : describe(message, walk, depth + 1),
    stack: frames(error, typeof message === 'string' ? message : ''),
  };
  for (const key of ['cause', 'errors']) {
    const inner = get(error, key);
    if (inner !== undefined) record[key] = describe(inner, walk, depth + 1);
  }
  describeEntries(error, record, walk, depth);
  walk.seen.delete(error);
  return record;
}

/**
 * @param {any} value
 * @param {Walk} walk
 * @param {number} depth
 * @returns {unknown}
 */
function describe(value, walk, depth) {
  walk.left -= 1;
  if (typeof value === 'string') return line(value, LIMITS.string);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (!isObject(value)) return line(primitiveText(value), LIMITS.string);
  if (typeof value === 'function') return '[function]';
  if (walk.seen.has(value)) return '[cycle]';
  if (depth >= LIMITS.depth || walk.left <= 0) return '[more]';
  if (isError(value)) return describeError(value, walk, depth);
  walk.seen.add(value);
  const result = describeObject(value, walk, depth);
  walk.seen.delete(value);
  return result;
}

/**
 * @param {object} value
 * @param {Walk} walk
 * @param {number} depth
 */
function describeObject(value, walk, depth) {
  const kind = kindOf(value);
  if (kind === 'array') return describeArray(/** @type {unknown[]} */ (value), walk, depth);
  // A socket, a request, a database client: large, and full of what nobody wants in a log.
  if (kind !== 'plain') return `[${kind}]`;
  return describeEntries(value, {}, walk, depth);
}

/**
 * @param {unknown[]} items
 * @param {Walk} walk
 * @param {number} depth
 */
function describeArray(items, walk, depth) {
  const length = Number(get(items, 'length')) || 0;
  const result = [];
  for (let i = 0; i < Math.min(length, LIMITS.entries) && walk.left > 0; i += 1) {
    result.push(describe(get(items, i), walk, depth + 1));
  }
  if (length > result.length) result.push(`[${length - result.length} more]`);
  return result;
}

/**
 * @param {object} value
 * @param {Record<string, unknown>} record gets the entries
 * @param {Walk} walk
 * @param {number} depth
 */
function describeEntries(value, record, walk, depth) {
  const names = ownNames(value);
  for (const name of names.slice(0, LIMITS.entries)) {
    const key = line(name, LIMITS.name);
    if (Object.hasOwn(record, key) || walk.left <= 0) continue;
    const entry = walk.isSecret(name) ? MARK : describe(get(value, name), walk, depth + 1);
    Object.defineProperty(record, key, {
      value: entry,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  if (names.length > LIMITS.entries) record['...'] = `${names.length - LIMITS.entries} more`;
  return record;
}

/** @param {object} value @returns {string} `array`, `plain`, or the kind of thing that is not looked into */
function kindOf(value) {
  try {
    if (Array.isArray(value)) return 'array';
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return 'plain';
    return line(String(prototype.constructor?.name || 'object'), 64);
  } catch {
    return 'object';
  }
}

/**
 * The stack's frames, without the message that V8 repeats in front of them: a message cannot forge one.
 *
 * @param {object} error
 * @param {string} message
 * @returns {string[]}
 */
function frames(error, message) {
  const stack = get(error, 'stack');
  if (typeof stack !== 'string') return [];
  const at = message === '' ? -1 : stack.indexOf(message);
  const rest = at === -1 ? stack : stack.slice(at + message.length);
  return rest
    .slice(0, 32_768)
    .split('\n')
    .filter((text) => /^\s{0,16}at /.test(text))
    .slice(0, LIMITS.frames)
    .map((text) => line(text.trim(), LIMITS.string));
}

/** @param {string} text @param {number} limit */
function line(text, limit) {
  return escapeUnprintable(redactText(cut(text, limit)));
}

module.exports = { errorRecord, line };
