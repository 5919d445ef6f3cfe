'use strict';

const { invalid } = require('../internal/options');

/**
 * Paths that are served on plain HTTP and under any host: health checks (by IP address, too) and the
 * challenges of ACME.
 *
 * 1. `/healthz` is this path only; `/probe/*` is everything below `/probe/`.
 * 2. Paths are compared as they were sent. A path with dot segments, an encoded dot or slash, `//` or `\` is
 *    below nothing: somebody behind may read it as another path.
 * 3. Only GET and HEAD.
 */

const TRICKY = /\/\.{1,2}(?:\/|$)|%2e|%2f|%5c|\\|\/\//i;

/** @type {import('../internal/options').Check} */
function exemptPath(value, path) {
  if (typeof value === 'string' && /^\/[^?#*\s]*(?:\/\*)?$/.test(value) && value !== '//*') return value;
  throw invalid(path, 'a path such as "/healthz" or "/probe/*"', value);
}

/**
 * @param {readonly string[]} list
 * @returns {(method: string, path: string) => boolean}
 */
function compileExempt(list) {
  const exact = new Set(list.filter((path) => !path.endsWith('/*')));
  const below = list.filter((path) => path.endsWith('/*')).map((path) => path.slice(0, -1));
  return (method, target) => {
    if (method !== 'GET' && method !== 'HEAD') return false;
    const path = target.replace(/[?#][^]*$/, '');
    if (exact.has(path)) return true;
    return below.some((prefix) => path.startsWith(prefix)) && !TRICKY.test(path);
  };
}

module.exports = { exemptPath, compileExempt };
