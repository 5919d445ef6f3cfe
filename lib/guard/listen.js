'use strict';

const http = require('node:http');
const net = require('node:net');
const { checkDrop } = require('../privileges/drop');
const { drop } = require('../privileges');
const { fasterClassesOf } = require('../internal/express-classes');
const options = require('../internal/options');

const SHAPE = Object.freeze({
  host: options.string({ pattern: /^[^\0\s]{1,255}$/, expected: 'a host name or address' }),
  backlog: options.integer({ min: 1, max: 65535, default: undefined }),
  ipv6Only: options.boolean(),
  exclusive: options.boolean(),
  user: (/** @type {unknown} */ value) => value,
  group: (/** @type {unknown} */ value) => value,
  keep: (/** @type {unknown} */ value) => value,
});

/**
 * An HTTP server for an app, as `http.createServer` makes it, and faster where that can be had.
 *
 * @param {any} app
 * @param {import('node:http').ServerOptions} [given]
 * @returns {import('node:http').Server}
 */
function createServer(app, given) {
  if (typeof app !== 'function') throw options.invalid('the first argument', 'an Express app', app);
  // What is no object is for Node.js to refuse.
  if (typeof (given ?? {}) !== 'object' || Array.isArray(given)) return http.createServer(given ?? {}, app);
  return http.createServer({ ...fasterClassesOf(app), ...given }, app);
}

/**
 * Binds, then drops privileges, then accepts.
 *
 * The drop happens in the turn in which the port was bound: the event loop has not looked for connections yet.
 *
 * @param {any} app an Express app, or a server that was made before (such as one of `https.createServer`)
 * @param {unknown} port
 * @param {any} [given]
 * @param {() => void} [callback] once the server listens and privileges are gone
 * @returns {import('node:net').Server}
 */
function listen(app, port, given, callback) {
  if (typeof given === 'function') return listen(app, port, undefined, /** @type {any} */ (given));
  const { user, group, keep, ...where } = options.parse('guard.listen', given, SHAPE);
  if (callback !== undefined) options.func()(callback, 'the callback of guard.listen');
  const address = { port: portOf(port), ...defined(where) };
  const wish = defined({ user, group, keep });
  const drops = Object.keys(wish).length > 0;
  if (drops) checkDrop(wish, 'guard.listen');
  const server = app instanceof net.Server ? app : createServer(app);
  if (callback !== undefined) server.once('listening', callback);
  if (drops) {
    // Before every other listener: none of them is to run as root.
    server.prependOnceListener('listening', function dropPrivileges() {
      try {
        drop(wish);
      } catch (error) {
        server.close();
        throw error;
      }
    });
  }
  return server.listen(address);
}

/** @param {unknown} port a number, or its digits as an environment variable has them */
function portOf(port) {
  const number = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : port;
  return options.integer({ min: 0, max: 65535 })(number ?? null, 'the port of guard.listen');
}

/** @param {Record<string, unknown>} object @returns {any} */
function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

module.exports = { createServer, listen };
