'use strict';

const { contextOf, peekContext } = require('./context');

/**
 * The one `writeHead` hook. Everything that must act when the head of a response is written (security
 * headers, rate-limit fields, cookies) is a step in `context.head`; the hook is installed once on
 * `app.response`, so a response needs no closure of its own.
 *
 * 1. Steps run once, in order, before the head is written, whoever writes it: the handler, Express's
 *    own error handler, `express.static`, a stream, `res.end` without anything before it.
 * 2. Headers handed to `writeHead` are set first, so a step sees what really leaves.
 * 3. A step that throws does not keep the response from leaving: see `run`.
 */

const INSTALLED = Symbol('hauberk.head');

/**
 * Puts the hook on an object that answers `writeHead`: `app.response`, or one response of a plain server.
 *
 * @param {any} target
 */
function install(target) {
  if (Object.hasOwn(target, INSTALLED)) return;
  const base = target.writeHead;
  Object.defineProperty(target, INSTALLED, { value: true });
  Object.defineProperty(target, 'writeHead', {
    configurable: true,
    writable: true,
    value: function writeHead(/** @type {any[]} */ ...args) {
      const context = peekContext(this.req);
      if (context === undefined || context.headDone || this.headersSent) return base.apply(this, args);
      context.headDone = true;
      this.statusCode = args[0];
      const given = typeof args[1] === 'string' ? args[2] : (args[2] ?? args[1]);
      if (given) setGiven(this, given);
      const steps = /** @type {import('./context').HeadStep[]} */ (context.head ?? []);
      for (let i = 0; i < steps.length; i += 1) steps[i](this, context);
      return typeof args[1] === 'string' ? base.call(this, args[0], args[1]) : base.call(this, args[0]);
    },
  });
}

/**
 * Sets the headers that were handed to `writeHead`, as Node.js does when some were set before.
 *
 * @param {import('node:http').ServerResponse} res
 * @param {any} given an object, or a flat array of names and values
 */
function setGiven(res, given) {
  if (!Array.isArray(given)) {
    for (const name of Object.keys(given)) res.setHeader(name, given[name]);
    return;
  }
  for (let i = 0; i < given.length; i += 2) res.removeHeader(given[i]);
  for (let i = 0; i + 1 < given.length; i += 2) res.appendHeader(given[i], given[i + 1]);
}

/**
 * Adds a step to a request's head, and makes sure that the hook is in place.
 *
 * @param {any} req
 * @param {any} res
 * @param {import('./context').HeadStep} step
 */
function onHead(req, res, step) {
  install(req.app ? req.app.response : res);
  const context = contextOf(req);
  context.head = context.head === undefined ? [step] : [...context.head, step];
}

module.exports = { install, onHead };
