'use strict';

/** @param {unknown} value the text that the package `validator` would make of an argument */
function textOf(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (typeof value === 'object' && typeof value.toString !== 'function') return '[object Object]';
  return String(value);
}

const HIGH = 0xd800;
const LOW = 0xdc00;
const TEXT_STYLE = 0xfe0e;
const EMOJI_STYLE = 0xfe0f;

/**
 * Characters as a person counts them: a surrogate pair is one, and a variation selector counts with the
 * character that it is about.
 *
 * @param {string} text
 */
function characters(text) {
  let count = text.length;
  for (let i = 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < LOW) continue;
    const before = text.charCodeAt(i - 1);
    if (code < 0xe000) {
      if (before >= HIGH && before < LOW) count -= 1;
    } else if (
      (code === EMOJI_STYLE || code === TEXT_STYLE) &&
      before !== EMOJI_STYLE &&
      before !== TEXT_STYLE
    ) {
      count -= 1;
    }
  }
  return count;
}

/** @param {any} first options, or the least @param {any} second the most */
function range(first, second) {
  if (typeof first === 'object' && first !== null) return { min: first.min || 0, max: first.max };
  return { min: first || 0, max: second };
}

/** @param {any} options @param {any} [most] */
function isLength(options, most) {
  const { min, max } = range(options, most);
  const only = options?.discreteLengths;
  return (/** @type {string} */ text) => {
    // Three units at most make one character, so that a long text needs no counting.
    if (max !== undefined && text.length > 3 * max + 3) return false;
    const count = characters(text);
    if (count < min || (max !== undefined && count > max)) return false;
    return Array.isArray(only) ? only.includes(count) : true;
  };
}

/** @param {any} options @param {any} [most] */
function isByteLength(options, most) {
  const { min, max } = range(options, most);
  return (/** @type {string} */ text) => {
    if (max !== undefined && text.length > max) return false;
    const bytes = Buffer.byteLength(text);
    return bytes >= min && (max === undefined || bytes <= max);
  };
}

/** @param {any} [options] */
function isEmpty(options) {
  if (options?.ignore_whitespace) return (/** @type {string} */ text) => text.trim() === '';
  return (/** @type {string} */ text) => text === '';
}

/** @param {any} element @param {any} [options] */
function contains(element, { ignoreCase = false, minOccurrences = 1 } = {}) {
  const wanted = ignoreCase ? textOf(element).toLowerCase() : textOf(element);
  return (/** @type {string} */ text) => {
    const searched = ignoreCase ? text.toLowerCase() : text;
    return minOccurrences === 1 && wanted !== ''
      ? searched.includes(wanted)
      : searched.split(wanted).length > minOccurrences;
  };
}

/** @param {any} comparison */
function equals(comparison) {
  return (/** @type {string} */ text) => text === comparison;
}

/** @param {any} values */
function isIn(values) {
  if (Array.isArray(values)) {
    const set = new Set(values.map(textOf));
    return (/** @type {string} */ text) => set.has(text);
  }
  if (typeof values === 'object' && values !== null) {
    return (/** @type {string} */ text) => Object.hasOwn(values, text);
  }
  if (typeof values === 'string') return (/** @type {string} */ text) => values.includes(text);
  return () => false;
}

/**
 * The developer's own pattern, compiled once. Whether it takes linear time is in the pattern.
 *
 * @param {any} pattern
 * @param {any} [modifiers]
 */
function matches(pattern, modifiers) {
  const source = pattern instanceof RegExp ? pattern.source : pattern;
  const flags = pattern instanceof RegExp ? pattern.flags : (modifiers ?? '');
  // eslint-disable-next-line security/detect-non-literal-regexp -- written by the developer, like any RegExp
  const compiled = new RegExp(source, flags.replace('g', ''));
  return (/** @type {string} */ text) => {
    compiled.lastIndex = 0;
    return compiled.test(text);
  };
}

/** @param {RegExp} letters */
function onlyOf(letters) {
  return (/** @type {any} */ locale = 'en-US', /** @type {any} */ { ignore } = {}) => {
    if (locale !== 'en-US') return undefined;
    if (!ignore) return (/** @type {string} */ text) => letters.test(text);
    // The package reads an "s" in `ignore` as white space.
    if (typeof ignore !== 'string' || ignore.includes('s')) return undefined;
    const ignored = new Set(ignore);
    return (/** @type {string} */ text) => {
      let rest = '';
      for (const char of text) if (!ignored.has(char)) rest += char;
      return letters.test(rest);
    };
  };
}

/** @param {any} chars */
function isWhitelisted(chars) {
  const allowed = new Set(String(chars).split(''));
  return (/** @type {string} */ text) => {
    for (let i = 0; i < text.length; i += 1) if (!allowed.has(text[i])) return false;
    return true;
  };
}

/** @param {any} [options] */
function isJSON({ allow_primitives: primitives = false, allow_any_value: any = false } = {}) {
  return (/** @type {string} */ text) => {
    try {
      const value = JSON.parse(text);
      if (any || (typeof value === 'object' && value !== null)) return true;
      return primitives && (value === null || typeof value === 'boolean');
    } catch {
      return false;
    }
  };
}

/** @param {string} text */
function isSlugText(text) {
  return /^[a-z0-9][a-z0-9_-]*$/.test(text) && /[a-z0-9]$/.test(text) && !/[-_][-_]/.test(text);
}

module.exports = {
  isLength,
  isByteLength,
  isEmpty,
  contains,
  equals,
  isIn,
  matches,
  isWhitelisted,
  isJSON,
  isAlpha: onlyOf(/^[A-Za-z]+$/),
  isAlphanumeric: onlyOf(/^[0-9A-Za-z]+$/),
  // eslint-disable-next-line no-control-regex
  isAscii: () => (/** @type {string} */ text) => /^[\x00-\x7f]+$/.test(text),
  isLowercase: () => (/** @type {string} */ text) => text === text.toLowerCase(),
  isUppercase: () => (/** @type {string} */ text) => text === text.toUpperCase(),
  isSlug: () => isSlugText,
};
