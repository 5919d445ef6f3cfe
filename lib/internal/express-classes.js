'use strict';

const http = require('node:http');

/**
 * Up to Node.js 23 a change of an object's prototype costs tens of microseconds, and Express changes those of each
 * request and response. From 24 on it is cheap, and objects that are made with the prototype are slower. Both
 * measured: `benches/server.js`.
 */
const CHEAPER = Number(process.versions.node.split('.')[0]) < 24;

/**
 * Classes whose prototypes are `app.request` and `app.response`, for the options of a server: what it makes with
 * them has the prototype already that Express is going to give it.
 *
 * @param {any} app a listener
 * @returns {{ IncomingMessage?: any, ServerResponse?: any }} nothing where the listener is no Express application
 */
function classesOf(app) {
  const { IncomingMessage, ServerResponse } = http;
  const { request, response } = app;
  if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) return {};
  /** @this {any} @param {any} socket */
  function ExpressRequest(socket) {
    IncomingMessage.call(this, socket);
  }
  /** @this {any} @param {any} req @param {any} options */
  function ExpressResponse(req, options) {
    /** @type {Function} */ (ServerResponse).call(this, req, options);
  }
  ExpressRequest.prototype = request;
  ExpressResponse.prototype = response;
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
}

/**
 * As `classesOf`, where that makes an application faster.
 *
 * @param {any} app a listener
 * @returns {{ IncomingMessage?: any, ServerResponse?: any }}
 */
function fasterClassesOf(app) {
  return CHEAPER ? classesOf(app) : {};
}

module.exports = { classesOf, fasterClassesOf };
