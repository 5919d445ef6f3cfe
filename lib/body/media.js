'use strict';

/**
 * What a Content-Type and a Content-Encoding ask for.
 *
 * @typedef {'json' | 'form' | 'other'} Kind
 * @typedef {object} Media
 * @property {Kind} kind
 * @property {string | undefined} charset canonical name, `unknown`, or undefined where none is given
 */

const TOKEN = "[!#$%&'*+.^_`|~0-9a-z-]+";
const TYPE = new RegExp(`^\\s*(${TOKEN}/${TOKEN})\\s*(?:;|$)`, 'i');
const CHARSET = /;\s*charset\s*=\s*(?:"([^"\\]*)"|([^\s;"]*))/gi;

/** Names that mean the same; US-ASCII is a part of UTF-8. */
const CHARSETS = Object.freeze({
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  'iso-8859-1': 'iso-8859-1',
  latin1: 'iso-8859-1',
  'utf-16le': 'utf-16le',
});

const JSON_UTF8 = Object.freeze({ kind: /** @type {Kind} */ ('json'), charset: undefined });
const FORM_UTF8 = Object.freeze({ kind: /** @type {Kind} */ ('form'), charset: undefined });
const OTHER = Object.freeze({ kind: /** @type {Kind} */ ('other'), charset: undefined });

/**
 * @param {string | undefined} field the Content-Type as it arrived
 * @returns {Media}
 */
function media(field) {
  if (field === 'application/json') return JSON_UTF8;
  if (field === 'application/x-www-form-urlencoded') return FORM_UTF8;
  if (field === undefined || field.length > 512) return OTHER;
  const type = TYPE.exec(field)?.[1].toLowerCase();
  if (type === undefined) return OTHER;
  const kind = kindOf(type);
  return kind === 'other' ? OTHER : { kind, charset: charsetOf(field) };
}

/** @param {string} type @returns {Kind} */
function kindOf(type) {
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'other';
}

/**
 * Two charsets that differ are an attempt to be read differently by two parsers: `unknown`.
 *
 * @param {string} field
 */
function charsetOf(field) {
  let charset;
  for (const [, quoted, plain] of field.matchAll(CHARSET)) {
    const name = (quoted ?? plain).toLowerCase();
    const known = Object.hasOwn(CHARSETS, name)
      ? CHARSETS[/** @type {keyof typeof CHARSETS} */ (name)]
      : 'unknown';
    if (charset !== undefined && charset !== known) return 'unknown';
    charset = known;
  }
  return charset;
}

module.exports = { media };
