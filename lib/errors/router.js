'use strict';

/**
 * The router behind what Express calls a router or an application.
 *
 * @param {any} target
 * @returns {any} the router with a stack, or undefined for anything else
 */
function routerOf(target) {
  if (Array.isArray(target.stack)) return target;
  if (typeof target.handle !== 'function' || typeof target.set !== 'function') return undefined;
  // Express 4 makes an application's router on demand, and its getter `router` throws.
  if (typeof target.lazyrouter === 'function') {
    target.lazyrouter();
    return target._router;
  }
  return target.router;
}

module.exports = { routerOf };
