'use strict';

/* eslint-disable security/detect-unsafe-regex -- texts are cut to 4096 characters before they are matched */

/**
 * What must not reach a log. Two nets: names of properties, and shapes inside text.
 */

const MARK = '[redacted]';

// body, rawBody: the request body, as body parsers attach it to their errors; data: axios.
const NAMES =
  /passw|passphrase|pwd|secret|token|authori[sz]ation|cookie|credential|api[-_]?key|private[-_]?key|access[-_]?key|session|signature|jwt|bearer|csrf|otp|cvv|card[-_]?number|ssn|^(?:raw)?body$|^data$|^pin$/i;

const WORDS =
  'passwords?|passwd|passphrase|pwd|secret|token|api[-_]?key|private[-_]?key|access[-_]?key|credentials?|session(?:[-_]?id)?|jwt|otp|cvv';

/**
 * Each pattern runs in time linear in the text: what repeats is bounded or cannot start inside itself.
 *
 * @type {readonly [RegExp, string][]}
 */
const SHAPES = Object.freeze([
  // Authorization: Bearer ...; Cookie: a=b; c=d
  [/\b(authorization|(?:set-)?cookie)(["']?\s{0,4}[:=]\s{0,4})[^\r\n]+/gi, `$1$2${MARK}`],
  [/\b(bearer|basic|digest|negotiate)\s{1,4}[\w.~+/=-]{6,}/gi, `$1 ${MARK}`],
  // "password": "...", password=..., passwordHash: ...
  [
    new RegExp(
      `((?:${WORDS})[\\w-]{0,32}(?:\\\\?["'])?\\s{0,4}[:=]\\s{0,4})(?:\\\\?"[^"]*"?|'[^']*'?|[^\\s,;&}"']+)`,
      'gi',
    ),
    `$1${MARK}`,
  ],
  // scheme://user:password@host
  [/(:\/\/)[^\s/@:]{0,256}:[^\s/@]{1,256}@/g, `$1${MARK}@`],
  // JSON Web Tokens, and stored password hashes
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, MARK],
  [/\$(?:argon2[a-z]{0,2}|2[abxy]|scrypt|pbkdf2[\w-]{0,16})\$[^\s"']+/g, MARK],
]);

/**
 * @param {readonly string[]} more names to redact besides the built-in ones, in any case
 * @returns {(name: string) => boolean}
 */
function secretNames(more) {
  const own = new Set(more.map((name) => name.toLowerCase()));
  return (name) => NAMES.test(name.slice(0, 256)) || own.has(name.toLowerCase());
}

/**
 * @param {string} text already cut to a bounded length
 */
function redactText(text) {
  let result = text;
  for (const [pattern, replacement] of SHAPES) result = result.replace(pattern, replacement);
  return result;
}

module.exports = { MARK, secretNames, redactText };
