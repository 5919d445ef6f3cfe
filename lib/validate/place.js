'use strict';

/**
 * Puts a value where handlers read it. Express 5's `req.query` is a getter that parses anew each time, so
 * it becomes an own property; `req.headers` stays what the server received.
 *
 * @param {any} req
 * @param {string} location
 * @param {unknown} value
 */
function place(req, location, value) {
  if (location !== 'query') {
    req[location] = value;
    return;
  }
  Object.defineProperty(req, location, { value, writable: true, enumerable: true, configurable: true });
}

module.exports = { place };
