'use strict';

/**
 * The line at which each entry begins, in one pass over the lockfile.
 *
 * @param {string} text
 * @param {(string | undefined)[]} needles keys of entries
 * @returns {(needle: string | undefined) => number | undefined} counted from 1; undefined: not found
 */
function linesOf(text, needles) {
  const wanted = new Set(needles);
  /** @type {Map<string, number>} */
  const lines = new Map();
  if (wanted.size > 0) {
    text.split('\n').forEach((line, i) => {
      const key = keyOf(line);
      if (wanted.has(key) && !lines.has(key)) lines.set(key, i + 1);
    });
  }
  return (needle) => (needle === undefined ? undefined : lines.get(needle));
}

/** What stands before the colon: without quotes, its first descriptor, without peers. @param {string} line */
function keyOf(line) {
  const trimmed = line.trim();
  const quote = trimmed[0];
  if (quote === '"' || quote === "'") {
    const end = trimmed.indexOf(quote, 1);
    return trimmed.slice(1, end === -1 ? undefined : end).split(/[,(]/, 1)[0];
  }
  return trimmed.replace(/:.*$/, '').split(/[,(]/, 1)[0];
}

module.exports = { linesOf };
