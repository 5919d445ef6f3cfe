'use strict';

const { HauberkError, show } = require('../internal/fault');
const { integer, parse, string } = require('../internal/options');

/**
 * A file name from a stranger: the last part of whatever path it holds, safe on POSIX systems and Windows.
 *
 * 1. Only what follows the last `/` or `\` counts. Characters that look like a separator or a dot, or
 *    become one by decoding (`%2f`, `U+FF0F`), become `_`.
 * 2. Controls, bidirectional controls and invisible characters are dropped: `photo\u202egpj.exe` shows as
 *    `photoexe.jpg`.
 * 3. Characters that Windows forbids become `_`, device names (`CON`, `lpt1.txt`) get a `_` in front.
 * 4. No dots, spaces or hyphens at the start, no dots or spaces at the end: no hidden file, no option of a
 *    command, nothing that Windows would strip.
 * 5. At most `maxBytes` bytes of UTF-8, cut before the extension. Never empty.
 */

const SHAPE = Object.freeze({
  maxBytes: integer({ min: 16, max: 255, unit: 'bytes', default: 255 }),
  fallback: string({
    default: 'file',
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,14}$/,
    expected: 'a name of 1 to 15 letters, digits, "_" and "-"',
  }),
});

/** Windows, "Naming Files, Paths, and Namespaces". */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:\.|$)/i;

/** Letters and marks that NFC, or a careless decoder, reads as a separator, a dot or a colon. */
const LOOKALIKES =
  /[\u2024\u2044\u2215\u2216\u29f5\u29f8\u29f9\ua789\ufe52\ufe55\ufe68\uff0e\uff0f\uff1a\uff3c\u3002\uff61]/g;

/** An escape that a later decoder would resolve. */
const ESCAPES = /%(?=[0-9a-f]{2}|u[0-9a-f]{4})/gi;

/** Longer ones are part of the name. */
const EXTENSION_BYTES = 16;

/**
 * @param {string} dirty
 * @param {import('./index').FilenameOptions} [options]
 * @returns {string} `filename(filename(x)) === filename(x)`
 * @throws ERR_HAUBERK_SANITIZE_INPUT for anything but a string
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID
 */
function filename(dirty, options) {
  if (typeof dirty !== 'string') {
    throw new HauberkError(
      'ERR_HAUBERK_SANITIZE_INPUT',
      `only a string can be sanitized; got ${show(dirty)}`,
    );
  }
  const { maxBytes, fallback } = parse('sanitize.filename', options, SHAPE);
  const last = dirty.slice(Math.max(dirty.lastIndexOf('/'), dirty.lastIndexOf('\\')) + 1);
  // No file system takes more than 255 units; what is beyond is not looked at.
  const bounded = last.length > 1024 ? last.slice(0, 512) + last.slice(-512) : last;
  let name = trim(plain(bounded));
  if (Buffer.byteLength(name) > maxBytes - 1) name = trim(cut(name, maxBytes - 1));
  if (RESERVED.test(name)) name = `_${name}`;
  return name === '' ? fallback : name;
}

/** @param {string} name */
function plain(name) {
  return (
    name
      .toWellFormed()
      .normalize('NFC')
      // Cc, Cf (bidirectional controls, zero widths, tags), lone marks of lines and paragraphs, private use.
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\ufffd\u115f\u1160\u3164\uffa0]/gu, '')
      .replace(LOOKALIKES, '_')
      .replace(ESCAPES, '_')
      .replace(/[<>:"|?*]/g, '_')
      .replace(/\s+/g, ' ')
      .replace(/\.{2,}/g, '.')
  );
}

/** @param {string} name */
function trim(name) {
  let start = 0;
  let end = name.length;
  while (start < end && ' .-~'.includes(name[start])) start += 1;
  while (end > start && ' .'.includes(name[end - 1])) end -= 1;
  return name.slice(start, end).normalize('NFC');
}

/**
 * @param {string} name
 * @param {number} bytes
 */
function cut(name, bytes) {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= EXTENSION_BYTES ? name.slice(dot) : '';
  const base = name.slice(0, name.length - extension.length);
  let room = bytes - Buffer.byteLength(extension);
  let kept = '';
  for (const character of base) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return trim(kept) + extension;
}

module.exports = { filename };
