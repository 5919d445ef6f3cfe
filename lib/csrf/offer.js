'use strict';

const { IncomingMessage } = require('node:http');
const { HauberkError } = require('../internal/fault');
const { peekContext } = require('../internal/context');

/**
 * Puts `req.csrfToken()` (the name that csurf and csrf-csrf use) once on what all requests of an Express share, so
 * that a request needs no closure of its own; without Express, on the request.
 *
 * @param {any} req
 * @param {any} res
 */
function offer(req, res) {
  const shared = sharedPrototype(req);
  const value =
    shared === undefined
      ? () => tokenOf(req, res)
      : /** @this {any} */ function csrfToken() {
          return tokenOf(this, this.res);
        };
  Object.defineProperty(shared ?? req, 'csrfToken', { value, writable: true, configurable: true });
}

/**
 * What all requests of an Express inherit from: the last prototype before Node.js's own.
 *
 * @param {any} req
 * @returns {any} undefined without Express
 */
function sharedPrototype(req) {
  let shared;
  let above = Object.getPrototypeOf(req);
  while (above !== null && above !== IncomingMessage.prototype) {
    shared = above;
    above = Object.getPrototypeOf(above);
  }
  return above === null ? undefined : shared;
}

/**
 * @param {any} req
 * @param {any} res
 * @returns {string}
 * @throws {HauberkError} ERR_HAUBERK_ARGUMENT where the request has not passed the check
 */
function tokenOf(req, res) {
  const stage = peekContext(req)?.csrf;
  if (stage === undefined) {
    throw new HauberkError(
      'ERR_HAUBERK_ARGUMENT',
      'the request has not passed csrf: app.use(hauberk()) or app.use(hauberk.csrf()) must stand before the route, ' +
        'and csrf must not be off for it',
    );
  }
  return stage.token(req, res);
}

module.exports = { offer, tokenOf };
