'use strict';

const crypto = require('node:crypto');

/** Longest route that stands in a key as it is; longer ones are hashed. */
const LONGEST = 256;

/**
 * The route of a request, the same for all spellings that reach the same handler:
 *
 * 1. The pattern, where the limiter is mounted on a route (`app.get('/users/:id', limiter)`), so that ids
 *    do not make routes.
 * 2. Otherwise the path: percent-encoding decoded (`%2f` too), `\` as `/`, empty and dot segments resolved,
 *    case folded, no slash at the end. What does not decode stays as it is.
 * 3. HEAD is GET.
 *
 * @param {any} req
 * @returns {string} such as `GET /users/:id`
 */
function routeOf(req) {
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const pattern = req.route?.path;
  const base = req.baseUrl ?? '';
  const path = typeof pattern === 'string' ? `${canonical(base)}${pattern}` : canonical(pathOf(req));
  const text = `${method} ${path}`;
  if (text.length <= LONGEST) return text;
  return `${method} #${crypto.createHash('sha256').update(path).digest('base64url')}`;
}

/** @param {any} req */
function pathOf(req) {
  const url = String(req.originalUrl ?? req.url ?? '/');
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  // A target in absolute form (RFC 9112, 3.2.2).
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '');
}

/** @param {string} path */
function canonical(path) {
  /** @type {string[]} */
  const kept = [];
  for (const segment of decoded(path).replaceAll('\\', '/').toLowerCase().split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/** @param {string} path */
function decoded(path) {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path).toWellFormed();
  } catch {
    // Each byte by itself, so that one broken escape does not make a new spelling of all the others.
    return path.replace(/%([2-7][\da-f])/gi, (_all, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
}

module.exports = { routeOf };
