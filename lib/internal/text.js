'use strict';

/**
 * Text on its way to a log or to a client.
 */

// Control characters (ANSI sequences start with one), format characters (bidi overrides, zero-width
// characters, the byte order mark), line and paragraph separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * At most `limit` UTF-16 units, and how many there were.
 *
 * @param {string} text
 * @param {number} limit
 */
function cut(text, limit) {
  return text.length <= limit ? text : `${text.slice(0, limit)}... (${text.length} characters)`;
}

/**
 * One line in which nothing acts on a terminal or forges a log line: `\u001b` stands for ESC.
 *
 * @param {string} text
 */
function escapeUnprintable(text) {
  return text.replace(UNPRINTABLE, (character) => {
    const code = /** @type {number} */ (character.codePointAt(0));
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = Object.freeze({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' });

/** @param {string} text as it may stand in an element or a quoted attribute */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

module.exports = { cut, escapeUnprintable, escapeHtml };
