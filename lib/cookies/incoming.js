'use strict';

/**
 * The Cookie field as the application shall see it: renamed cookies under the application's names, and none that
 * a stranger could have planted under such a name.
 *
 * 1. A name that was given here becomes the application's. Of several (secrets rotate) the newest key's counts, and of
 *    equal ones the first.
 * 2. The application's own name counts only where no new one came, and only until `oldNamesUntil`.
 * 3. A prefix in another case (`__HOST-sid`) is left out: browsers of old did not check it.
 *
 * @typedef {object} Read
 * @property {string} header the new field; the same text where nothing changed
 * @property {string[] | undefined} old the application's names that came as they are
 * @property {boolean} accepted whether those reached the application
 * @property {string | undefined} forged a name with a prefix in another case
 */

/** Where an old name stands behind all new ones. */
const LAST = Infinity;

/**
 * @param {string} header
 * @param {import('../internal/cookie-names').CookieNames} names
 * @param {boolean} plain
 * @param {boolean} dual whether old names are still read
 * @returns {Read | undefined} undefined where nothing changes
 */
function read(header, names, plain, dual) {
  return touches(header, names, plain) ? rewrite(header, names, plain, dual) : undefined;
}

/**
 * @param {string} header
 * @param {import('../internal/cookie-names').CookieNames} names
 * @param {boolean} plain
 */
function touches(header, names, plain) {
  for (let start = 0; start < header.length;) {
    const end = endOf(header, start);
    const name = nameIn(header, start, end);
    if (name !== '' && names.incoming(name, plain) !== name) return true;
    start = end + 1;
  }
  return false;
}

/**
 * @param {string} header
 * @param {import('../internal/cookie-names').CookieNames} names
 * @param {boolean} plain
 * @param {boolean} dual
 * @returns {Read}
 */
function rewrite(header, names, plain, dual) {
  /** @type {Read} */
  const result = { header: '', old: undefined, accepted: dual, forged: undefined };
  /** @type {string[]} */
  const parts = [];
  /** @type {Map<string, { rank: number, at: number }>} */
  const best = new Map();
  for (let start = 0; start < header.length;) {
    const end = endOf(header, start);
    const wire = nameIn(header, start, end);
    const pair = header.slice(start, end).trim();
    start = end + 1;
    const name = wire === '' ? '' : names.incoming(wire, plain);
    if (name === undefined) {
      if (!names.out.has(wire)) {
        result.forged ??= wire;
        continue;
      }
      (result.old ??= []).push(wire);
      if (dual) put(parts, best, wire, pair, LAST);
    } else if (name !== wire) {
      const rank = names.rank(wire, plain);
      put(parts, best, name, name + pair.slice(wire.length), rank);
    } else if (pair !== '') parts.push(pair);
  }
  result.header = parts.filter((part) => part !== '').join('; ');
  return result;
}

/**
 * @param {string[]} parts
 * @param {Map<string, { rank: number, at: number }>} best
 * @param {string} name
 * @param {string} pair
 * @param {number} rank
 */
function put(parts, best, name, pair, rank) {
  const before = best.get(name);
  if (before !== undefined) {
    if (before.rank <= rank) return;
    parts[before.at] = '';
  }
  best.set(name, { rank, at: parts.length });
  parts.push(pair);
}

/**
 * @param {string} header
 * @param {number} start
 */
function endOf(header, start) {
  const end = header.indexOf(';', start);
  return end === -1 ? header.length : end;
}

/**
 * @param {string} header
 * @param {number} start
 * @param {number} end
 * @returns {string} empty where the pair has none
 */
function nameIn(header, start, end) {
  let from = start;
  while (from < end && (header.charCodeAt(from) === 32 || header.charCodeAt(from) === 9)) from += 1;
  for (let at = from; at < end; at += 1) {
    if (header.charCodeAt(at) === 61) return header.slice(from, at).trimEnd();
  }
  return '';
}

module.exports = { read };
