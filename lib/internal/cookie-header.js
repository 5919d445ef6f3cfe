'use strict';

/**
 * Reading a Cookie field (RFC 6265bis, 5.7.3: `name=value` pairs, separated by `;`).
 *
 * 1. Spaces and tabs around a name and a value are not part of them. Quotes are: browsers keep them.
 * 2. Of pairs with the same name the first counts: browsers send the longest path first.
 * 3. A pair without `=` or with an empty name has no name that could be asked for, and is left out. That is how a
 *    nameless cookie whose text begins with `__Host-` (set by a sibling domain as `=__Host-sid=...`) stays one.
 * 4. Names are compared exactly: `__HOST-sid` is not `__Host-sid`.
 * 5. `%XX` in a value is decoded where it is well-formed UTF-8, else the value is taken as it stands.
 * 6. At most 3000 pairs are read, as many as RFC 6265bis, 6.1 asks a browser to keep in all.
 */

const MAX_PAIRS = 3000;

const SPACE = 32;
const TAB = 9;

/** Objects made by it have no prototype: `__proto__` and `constructor` are names like any other. */
const Cookies = /** @type {{ new (): Record<string, string> }} */ (
  /** @type {unknown} */ (
    (() => {
      const Bare = function () {};
      Bare.prototype = Object.create(null);
      return Bare;
    })()
  )
);

/**
 * All cookies of a Cookie field.
 *
 * @param {string} header
 * @param {(text: string) => string} [decode] default: percent-decoding
 * @returns {Record<string, string>} an object without a prototype
 */
function parse(header, decode = decodeValue) {
  const cookies = new Cookies();
  const { length } = header;
  let left = MAX_PAIRS;
  let equals = -1;
  for (let start = 0; start < length && left > 0; left -= 1) {
    let end = header.indexOf(';', start);
    if (end === -1) end = length;
    if (equals < start) equals = header.indexOf('=', start);
    if (equals === -1) break;
    if (equals < end) {
      const name = trimmed(header, start, equals);
      if (name !== '' && cookies[name] === undefined) {
        cookies[name] = decode(trimmed(header, equals + 1, end));
      }
    }
    start = end + 1;
  }
  return cookies;
}

/**
 * The value of one cookie, with nothing made for the others.
 *
 * @param {string | undefined} header
 * @param {string} name
 * @param {(text: string) => string} [decode] default: percent-decoding
 * @returns {string | undefined}
 */
function valueOf(header, name, decode = decodeValue) {
  if (header === undefined || name === '') return undefined;
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + 1)) {
    if (!startsPair(header, at)) continue;
    let next = at + name.length;
    while (isBlank(header.charCodeAt(next))) next += 1;
    if (header.charCodeAt(next) !== 61) continue;
    let end = header.indexOf(';', next);
    if (end === -1) end = header.length;
    return decode(trimmed(header, next + 1, end));
  }
  return undefined;
}

/**
 * Whether a Cookie field holds a cookie of that name.
 *
 * @param {string | undefined} header
 * @param {string} name
 */
function has(header, name) {
  return valueOf(header, name, asItIs) !== undefined;
}

/**
 * Whether only blanks stand between a place and the `;` before it.
 *
 * @param {string} header
 * @param {number} at
 */
function startsPair(header, at) {
  let before = at - 1;
  while (before >= 0 && isBlank(header.charCodeAt(before))) before -= 1;
  return before < 0 || header.charCodeAt(before) === 59;
}

/** @param {number} code */
function isBlank(code) {
  return code === SPACE || code === TAB;
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function trimmed(text, start, end) {
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** @param {string} text */
function asItIs(text) {
  return text;
}

/** @param {string} text */
function decodeValue(text) {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

module.exports = { parse, valueOf, has, decodeValue, asItIs };
