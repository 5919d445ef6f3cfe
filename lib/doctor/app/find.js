'use strict';

const net = require('node:net');

/** @param {any} value an Express application, or any function that answers requests, or a server */
function isApplication(value) {
  if (value instanceof net.Server) return true;
  if (typeof value !== 'function') return false;
  return typeof value.handle === 'function' || typeof value.use === 'function';
}

/**
 * What a file exports: the application itself, under `app`, `default` or `server`, or made by `createApp` or the like.
 *
 * @param {any} exported
 * @returns {Promise<any>} undefined: there is none
 */
async function applicationOf(exported) {
  for (const holder of [exported, exported?.default]) {
    const found = direct(holder);
    if (found !== undefined) return found;
  }
  for (const holder of [exported, exported?.default]) {
    for (const name of ['createApp', 'buildApp', 'makeApp', 'createServer', 'build']) {
      if (typeof holder?.[name] !== 'function') continue;
      const found = direct(await holder[name]());
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** @param {any} holder */
function direct(holder) {
  return [holder, holder?.app, holder?.server, holder?.default].find(isApplication);
}

/**
 * `guard.report()` of the guard that one of the listeners has among its layers.
 *
 * @param {Function[]} listeners of `request`
 * @returns {any} undefined: there is no guard
 */
function reportOf(listeners) {
  for (const listener of /** @type {any[]} */ (listeners)) {
    const report = guardIn(listener)?.report();
    if (report !== undefined) return JSON.parse(JSON.stringify(report));
  }
  return undefined;
}

/** @param {any} listener @returns {any} */
function guardIn(listener) {
  if (isGuard(listener)) return listener;
  // On Express 4 the getter `router` throws.
  const stack = (
    listener?._router ?? (typeof listener?.lazyrouter === 'function' ? undefined : listener?.router)
  )?.stack;
  return Array.isArray(stack) ? stack.map(({ handle }) => handle).find(isGuard) : undefined;
}

/** @param {any} value */
function isGuard(value) {
  return typeof value === 'function' && typeof value.report === 'function' && Array.isArray(value.errors);
}

module.exports = { applicationOf, reportOf };
