'use strict';

/**
 * The chain of hops as forwarding fields tell it. Both readers take time linear in the field, which
 * Node.js bounds with the head (16 KiB), and keep at most `MAX_HOPS` hops, counted from the right: what
 * stands further left is nearer to the client and farther from anybody who could be trusted.
 */

/** More proxies than this stand in front of nobody. */
const MAX_HOPS = 32;

/**
 * @param {string} field the value of X-Forwarded-For; several fields were joined by commas
 * @returns {string[]} nearest hop first
 */
function readForwardedFor(field) {
  /** @type {string[]} */
  const hops = [];
  let end = field.length;
  while (end >= 0 && hops.length < MAX_HOPS) {
    const comma = end === 0 ? -1 : field.lastIndexOf(',', end - 1);
    const hop = field.slice(comma + 1, end).trim();
    // RFC 9110, 5.6.1.2: empty elements of a list are skipped.
    if (hop !== '') hops.push(hop);
    end = comma;
  }
  return hops;
}

/**
 * The `for` parameters of Forwarded (RFC 7239, 4). An element without one, or one that does not parse,
 * stands as `unknown`: no address, so the walk ends there.
 *
 * @param {string} field
 * @returns {string[]} nearest hop first
 */
function readForwarded(field) {
  return splitOutsideQuotes(field, ',')
    .filter((element) => element.trim() !== '')
    .slice(-MAX_HOPS)
    .map(forOf)
    .reverse();
}

/** @param {string} element */
function forOf(element) {
  let found = 'unknown';
  for (const pair of splitOutsideQuotes(element, ';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim().toLowerCase() !== 'for') continue;
    // RFC 7239, 4: each parameter at most once; two are no one's word.
    if (found !== 'unknown') return 'unknown';
    found = unquote(pair.slice(equals + 1).trim());
  }
  return found;
}

/** @param {string} value */
function unquote(value) {
  if (!value.startsWith('"')) return value;
  if (value.length < 2 || !value.endsWith('"')) return 'unknown';
  return value.slice(1, -1).replaceAll('\\', '');
}

/**
 * @param {string} text
 * @param {string} separator one character
 */
function splitOutsideQuotes(text, separator) {
  const parts = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (quoted && char === '\\') i += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

module.exports = { readForwardedFor, readForwarded, MAX_HOPS };
