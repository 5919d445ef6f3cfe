'use strict';

/** Names that lead out of the data into prototypes; nothing is ever written through them. */
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The segments of a field's path, written as in lodash: `a.b[0]["x.y"]`.
 *
 * @param {string} path
 * @returns {string[]}
 */
function toPath(path) {
  /** @type {string[]} */
  const segments = [];
  if (path === '') return segments;
  if (path.startsWith('.')) segments.push('');
  // Linear: each alternative begins with another character, and none repeats inside a repetition.
  // eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
  const part = /[^.[\]]+|\[(?:(-?\d+(?:\.\d+)?)|"([^"\\]*)"|'([^'\\]*)')\]|(?=(?:\.|\[\])(?:\.|\[\]|$))/g;
  for (const [match, number, double, single] of path.matchAll(part)) {
    segments.push(double ?? single ?? number ?? match);
  }
  return segments;
}

/**
 * The path of segments, as express-validator writes it.
 *
 * @param {readonly string[]} segments
 */
function pathOf(segments) {
  let path = '';
  for (const raw of segments) {
    const segment = raw === '\\*' ? '*' : raw;
    if (segment.includes('.')) path += `["${segment}"]`;
    else if (/^\d+$/.test(segment)) path += `[${segment}]`;
    else path += path === '' ? segment : `.${segment}`;
  }
  return path;
}

/** Whether `object` has `key` itself: what it inherits is no input. */
function has(/** @type {any} */ object, /** @type {string} */ key) {
  return object !== null && object !== undefined && Object.hasOwn(object, key);
}

/**
 * The value that own properties lead to.
 *
 * @param {any} object
 * @param {readonly string[]} segments
 */
function get(object, segments) {
  let at = object;
  for (let i = 0; i < segments.length; i += 1) {
    if (!has(at, segments[i])) return undefined;
    at = at[segments[i]];
  }
  return at;
}

/**
 * Writes a value, making objects and arrays on the way, as lodash's `set`; never through a prototype.
 *
 * @param {any} object
 * @param {readonly string[]} segments
 * @param {unknown} value
 */
function set(object, segments, value) {
  if (object === null || typeof object !== 'object' || segments.some((key) => UNSAFE.has(key))) return object;
  let at = object;
  for (let i = 0; i < segments.length - 1; i += 1) {
    const key = segments[i];
    if (!has(at, key) || at[key] === null || typeof at[key] !== 'object') {
      at[key] = /^(?:0|[1-9]\d*)$/.test(segments[i + 1]) ? [] : {};
    }
    at = at[key];
  }
  at[segments[segments.length - 1]] = value;
  return object;
}

module.exports = { toPath, pathOf, has, get, set };
