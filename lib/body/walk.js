'use strict';

/**
 * The rules over an object that another parser has made: what can still be seen there. (Duplicate keys
 * and lost precision cannot: the parser has decided about them.)
 *
 * @typedef {object} Place
 * @property {unknown} value
 * @property {number} depth
 * @property {Place | undefined} parent
 * @property {string} key
 * @property {boolean} ofConstructor
 */

/**
 * @param {unknown} root
 * @param {{ depth: number, keys: number, keyBytes: number, stringBytes?: number }} limits
 * @param {(rule: string, pointer: string) => boolean} offend true ends the walk
 * @returns {void}
 */
function walk(root, limits, offend) {
  /** @type {Place[]} */
  const open = [{ value: root, depth: 0, parent: undefined, key: '', ofConstructor: false }];
  let keys = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value } = place;
    if (typeof value === 'string') {
      if (tooLong(value, limits.stringBytes) && offend('stringBytes', pointer(place))) return;
      continue;
    }
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    const depth = place.depth + 1;
    if (depth > limits.depth) {
      // What lies deeper is not walked, in dry run neither: it may be a circle.
      if (offend('depth', pointer(place))) return;
      continue;
    }
    const isArray = Array.isArray(value);
    for (const key of Object.keys(value)) {
      const child = { value: own(value, key), depth, parent: place, key, ofConstructor: false };
      if (!isArray) {
        keys += 1;
        child.ofConstructor = key === 'constructor';
        for (const rule of judge(key, place.ofConstructor, keys, limits)) {
          if (offend(rule, pointer(child))) return;
        }
      }
      open.push(child);
    }
  }
}

/** Reads a property without running a getter, and `__proto__` as the own key that it is. */
function own(/** @type {object} */ object, /** @type {string} */ key) {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

/**
 * @param {string} key
 * @param {boolean} ofConstructor
 * @param {number} keys
 * @param {{ keys: number, keyBytes: number }} limits
 */
function judge(key, ofConstructor, keys, limits) {
  const rules = [];
  if (key === '__proto__' || (ofConstructor && key === 'prototype')) rules.push('prototypeKeys');
  if (keys === limits.keys + 1) rules.push('keys');
  if (tooLong(key, limits.keyBytes)) rules.push('keyBytes');
  if (key.startsWith('$') || key.includes('.')) rules.push('operatorKeys');
  return rules;
}

/** @param {string} text @param {number | undefined} limit UTF-8 bytes */
function tooLong(text, limit) {
  if (limit === undefined || text.length * 3 <= limit) return false;
  return text.length > limit || Buffer.byteLength(text) > limit;
}

/** @param {Place} place @returns {string} */
function pointer(place) {
  let text = '';
  for (let at = place; at.parent !== undefined; at = at.parent) {
    const key = at.key.slice(0, 64).replace(/\p{Cc}/gu, '');
    text = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${text}`;
  }
  return text.slice(0, 256);
}

module.exports = { walk };
