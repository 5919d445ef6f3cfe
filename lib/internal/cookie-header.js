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
  // One search over the field in place of one in each value.
  const asTheyAre = decode === decodeValue && !header.includes('%');
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
        const value = trimmed(header, equals + 1, end);
        cookies[name] = asTheyAre ? value : decode(value);
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
  // Mostly there is at most the one space behind a `;`.
  if (text.charCodeAt(start) === SPACE && start < end) start += 1;
  if (text.charCodeAt(start) > SPACE && text.charCodeAt(end - 1) > SPACE) return text.slice(start, end);
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** @param {string} text */
function asItIs(text) {
  return text;
}

/** With more escapes than this, the built-in decoder is the faster one. */
const FEW_ESCAPES = 3;

/**
 * Percent-decoding; a text that is not well-formed stays as it is. Signed session cookies have one to three escapes,
 * all ASCII: putting the parts together takes half the time of `decodeURIComponent`.
 *
 * @param {string} text
 */
function decodeValue(text) {
  let at = text.indexOf('%');
  if (at === -1) return text;
  let decoded = '';
  let start = 0;
  for (let escapes = 0; escapes < FEW_ESCAPES; escapes += 1) {
    const code = hexDigit(text.charCodeAt(at + 1)) * 16 + hexDigit(text.charCodeAt(at + 2));
    if (!(code < 0x80)) break;
    decoded += text.slice(start, at) + String.fromCharCode(code);
    start = at + 3;
    at = text.indexOf('%', start);
    if (at === -1) return decoded + text.slice(start);
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {number} code a UTF-16 code unit, or NaN behind the end
 * @returns {number} NaN where it is no hexadecimal digit
 */
function hexDigit(code) {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 && code < 128 ? lower - 87 : NaN;
}

module.exports = { parse, valueOf, has, decodeValue, asItIs };
