'use strict';

/** Characters that a set of characters means in a class of a pattern; a range or an escape is the package's. */
function plainSet(/** @type {unknown} */ chars) {
  const text = String(chars);
  return /[\\\]^-]/.test(text) ? undefined : new Set(text.split(''));
}

/** What `\s` is; `trim` removes the same. @param {string} text */
const trimStart = (text) => text.trimStart();
/** @param {string} text */
const trimEnd = (text) => text.trimEnd();

/** @param {(text: string) => string} space @param {boolean} start @param {boolean} end */
function trimmer(space, start, end) {
  return (/** @type {any} */ chars) => {
    if (!chars) return space;
    // The package puts the characters into a class without escaping "-": a range.
    const set = String(chars).includes('-') ? undefined : new Set(String(chars).split(''));
    if (set === undefined) return undefined;
    return (/** @type {string} */ text) => {
      let from = 0;
      let to = text.length;
      if (start) while (from < to && set.has(text[from])) from += 1;
      if (end) while (to > from && set.has(text[to - 1])) to -= 1;
      return text.slice(from, to);
    };
  };
}

/** @type {Record<string, string>} */
const ENTITIES = {
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#x27;',
  '<': '&lt;',
  '>': '&gt;',
  '/': '&#x2F;',
  '\\': '&#x5C;',
  '`': '&#96;',
};
const CHARS = Object.fromEntries(Object.entries(ENTITIES).map(([char, entity]) => [entity, char]));

/** @param {string} text */
function escapeText(text) {
  return /[&"'<>/\\`]/.test(text) ? text.replace(/[&"'<>/\\`]/g, (char) => ENTITIES[char]) : text;
}

/** @param {string} text one pass: an entity that unescaping makes is not unescaped again */
function unescapeText(text) {
  return text.includes('&')
    ? text.replace(/&(?:quot|#x27|lt|gt|#x2F|#x5C|#96|amp);/g, (one) => CHARS[one])
    : text;
}

/** @param {any} keepNewLines */
function stripLow(keepNewLines) {
  /* eslint-disable no-control-regex */
  const low = keepNewLines ? /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]+/g : /[\x00-\x1f\x7f]+/g;
  /* eslint-enable no-control-regex */
  return (/** @type {string} */ text) => text.replace(low, '');
}

/** @param {boolean} keep whether the characters are those that stay */
function filter(keep) {
  return (/** @type {any} */ chars) => {
    const set = plainSet(chars);
    if (set === undefined || set.size === 0) return undefined;
    return (/** @type {string} */ text) => {
      let kept = '';
      for (let i = 0; i < text.length; i += 1) if (set.has(text[i]) === keep) kept += text[i];
      return kept;
    };
  };
}

/** @param {any} radix */
function toInt(radix) {
  return (/** @type {string} */ text) => parseInt(text, radix || 10);
}

/** @param {any} strict */
function toBoolean(strict) {
  if (strict) return (/** @type {string} */ text) => text === '1' || text.toLowerCase() === 'true';
  return (/** @type {string} */ text) => text !== '' && text !== '0' && text.toLowerCase() !== 'false';
}

function toDate() {
  return (/** @type {string} */ text) => {
    const time = Date.parse(text);
    return Number.isNaN(time) ? null : new Date(time);
  };
}

module.exports = {
  trim: trimmer((text) => text.trim(), true, true),
  ltrim: trimmer(trimStart, true, false),
  rtrim: trimmer(trimEnd, false, true),
  escape: () => escapeText,
  unescape: () => unescapeText,
  stripLow,
  blacklist: filter(false),
  whitelist: filter(true),
  toInt,
  toBoolean,
  toDate,
};
