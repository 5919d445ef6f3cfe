'use strict';

const { HauberkError } = require('../internal/fault');
const { routerOf } = require('./router');

/**
 * 405 with `Allow` (RFC 9110, 15.5.6) for a path that has a route, but none for this method.
 *
 * 1. Mounted behind the routes of the router or application it was given. What no route of it knows passes on,
 *    and ends as 404.
 * 2. A route for every method (`all`) allows every method; a route for GET allows HEAD.
 * 3. Where a route for this method exists, its handler has passed the request on, and so does this.
 * 4. Routers that are mounted in it are looked into; a mounted application is not: give it one of its own.
 */

/** @typedef {(req: any, res: any, next: (error?: unknown) => void) => void} Middleware */

/**
 * @param {any} target a router or an application
 * @returns {Middleware}
 * @throws HauberkError `ERR_HAUBERK_ARGUMENT` for anything else
 */
function methods(target) {
  if (typeof target !== 'function' || routerOf(target) === undefined) {
    throw new HauberkError(
      'ERR_HAUBERK_ARGUMENT',
      'errors.methods takes a router or an application of Express',
    );
  }
  return function hauberkMethods(req, res, next) {
    const allowed = new Set();
    collect(routerOf(target).stack, pathIn(req), allowed);
    if (allowed.size === 0 || allowed.has('_ALL') || allowed.has(req.method)) return next();
    if (allowed.has('GET')) {
      allowed.add('HEAD');
      if (req.method === 'HEAD') return next();
    }
    const error = new HauberkError('ERR_HAUBERK_ERRORS_METHOD', 'The resource does not take this method.');
    return next(Object.assign(error, { headers: { Allow: [...allowed].sort().join(', ') } }));
  };
}

/** The path as the router sees it: below where it is mounted, without the query. @param {any} req */
function pathIn(req) {
  const path = String(req.url ?? '/').replace(/[?#][^]*$/, '');
  return path === '' ? '/' : path;
}

/**
 * @param {any[]} stack the layers of a router
 * @param {string} path
 * @param {Set<string>} allowed gets the methods of the routes that match
 */
function collect(stack, path, allowed) {
  for (const layer of stack) {
    if (!layer.route && !Array.isArray(layer.handle?.stack)) continue;
    const prefix = matched(layer, path);
    if (prefix === undefined) continue;
    if (layer.route) for (const method of Object.keys(layer.route.methods)) allowed.add(method.toUpperCase());
    else collect(layer.handle.stack, below(path, prefix), allowed);
  }
}

/**
 * Express's own answer. Express 4 keeps what matched on the layer, which the next request sets anew; Express 5
 * gives it back.
 *
 * @param {any} layer
 * @param {string} path
 * @returns {string | undefined} the part of the path that matched, undefined where none did
 */
function matched(layer, path) {
  try {
    const match = layer.match(path);
    return match ? (match.path ?? layer.path ?? '') : undefined;
  } catch {
    // A parameter that is not percent-encoded UTF-8: Express refuses it where the route itself is asked.
    return undefined;
  }
}

/** @param {string} path @param {string} prefix where a router is mounted */
function below(path, prefix) {
  const rest = path.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

module.exports = { methods };
