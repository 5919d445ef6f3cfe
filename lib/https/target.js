'use strict';

/**
 * The request target (RFC 9112, 3.2), as much of it as the redirect needs.
 *
 * @typedef {object} Target
 * @property {string | undefined} authority of a target in absolute form: it goes before `Host` (3.2.2)
 * @property {string} path with its query; it begins with `/` and holds visible ASCII only
 */

/** Anything but visible ASCII: CR, LF, NUL, spaces, and bytes above, which Node.js hands on as Latin-1. */
const UNSAFE = /[^\x21-\x7e]/gu;

/**
 * @param {string} url as Node.js has it
 * @returns {Target | undefined} undefined where it has no form that a server takes
 */
function readTarget(url) {
  if (url.startsWith('/')) return { authority: undefined, path: encode(url) };
  if (url === '*') return { authority: undefined, path: '/' };
  const match = /^https?:\/\/([^/?#]*)([^]*)$/i.exec(url);
  if (match === null) return undefined;
  const [, authority, rest] = match;
  return { authority, path: encode(rest.startsWith('/') ? rest : `/${rest}`) };
}

/** @param {string} path */
function encode(path) {
  return /[^\x21-\x7e]/.test(path)
    ? path.replace(UNSAFE, (char) =>
        char.charCodeAt(0) < 0x100
          ? `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
          : encodeURIComponent(char.isWellFormed() ? char : '\ufffd'),
      )
    : path;
}

module.exports = { readTarget };
