'use strict';

const { ServerResponse } = require('node:http');
const { contextOf, peekContext } = require('./context');
const { publish, sayOnce } = require('./events');

/**
 * The one `writeHead` hook. Everything that must act when the head of a response is written (security
 * headers, rate-limit fields, cookies) is a step in `context.head`. The hook is one shared function that
 * is put on the response itself, so that it stays when Express changes the response's prototype (a
 * mounted application, or one called as a function), and no response needs a closure of its own.
 *
 * 1. Steps run once, in order, before the head is written, whoever writes it: the handler, Express's
 *    own error handler, `express.static`, a stream, `res.flushHeaders`, `res.end` with nothing before it.
 * 2. Headers handed to `writeHead` are set first, so a step sees what really leaves.
 * 3. What Node.js itself refuses (a status or a header that is invalid, a head that was sent) throws
 *    Node.js's own error, and the steps run for the response that takes its place.
 * 4. A step that throws fails closed: see `failClosed`.
 */

/**
 * Puts the hook on an object that answers `writeHead`: a response, or `app.response`.
 *
 * @param {any} target
 */
function install(target) {
  if (!Object.hasOwn(target, 'writeHead')) target.writeHead = writeHead;
  // Where the hook is inherited already, what stands before it calls it in its turn.
  else if (target.writeHead !== writeHead && Object.getPrototypeOf(target).writeHead !== writeHead)
    wrap(target);
}

/**
 * @this {any}
 * @param {number} status
 * @param {any} [reason]
 * @param {any} [fields]
 */
function writeHead(status, reason, fields) {
  return write(this, undefined, status, reason, fields);
}

/**
 * What `writeHead` would be without the hook: the next one up. Once the steps have run, it is what lies
 * above every object that carries the hook, since another wrapper in between may call the hook again.
 *
 * @param {any} res
 * @param {boolean} again
 * @returns {Function}
 */
function baseOf(res, again) {
  const above = Object.getPrototypeOf(res).writeHead;
  if (above !== writeHead && !again) return above;
  let base = ServerResponse.prototype.writeHead;
  let found = false;
  for (let holder = res; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (!Object.hasOwn(holder, 'writeHead')) continue;
    if (found) base = holder.writeHead;
    found = holder.writeHead === writeHead;
  }
  return base;
}

/**
 * For a response whose `writeHead` was replaced before the hook came (compression mounted first): that
 * one must be called too, so here a closure is needed.
 *
 * @param {any} target
 */
function wrap(target) {
  const base = target.writeHead;
  target.writeHead = function writeHead(
    /** @type {number} */ status,
    /** @type {any} */ reason,
    /** @type {any} */ fields,
  ) {
    return write(this, base, status, reason, fields);
  };
}

/**
 * @param {any} res
 * @param {Function | undefined} wrapped what the hook was put around, where that is known
 * @param {number} status
 * @param {any} reason
 * @param {any} fields
 */
function write(res, wrapped, status, reason, fields) {
  const context = peekContext(res.req);
  const code = status | 0;
  const base = wrapped ?? baseOf(res, context?.headDone === true);
  if (context === undefined || context.headDone || res.headersSent || code < 100 || code > 999) {
    return base.call(res, status, reason, fields);
  }
  const text = typeof reason === 'string';
  const given = text ? fields : (fields ?? reason);
  if (given && !setGiven(res, given)) return base.call(res, status, reason, fields);
  res.statusCode = code;
  if (text) res.statusMessage = reason;
  context.headDone = true;
  try {
    const steps = context.head;
    if (steps !== undefined) for (let i = 0; i < steps.length; i += 1) steps[i](res, context);
  } catch (error) {
    failClosed(res, context, error);
  }
  try {
    return base.call(res, res.statusCode);
  } catch (error) {
    context.headDone = false;
    throw error;
  }
}

/**
 * Sets the headers that were handed to `writeHead`, as Node.js does when some were set before.
 *
 * @param {any} res
 * @param {any} given an object, a flat array of names and values, or an array of pairs
 * @returns {boolean} false where Node.js would refuse the shape
 */
function setGiven(res, given) {
  if (!Array.isArray(given)) {
    for (const name of Object.keys(given)) if (name) res.setHeader(name, given[name]);
    return true;
  }
  const flat = Array.isArray(given[0]) ? given.flatMap(([name, value]) => [name, value]) : given;
  if (flat.length % 2 !== 0) return false;
  for (let i = 0; i < flat.length; i += 2) if (flat[i]) res.removeHeader(flat[i]);
  for (let i = 0; i < flat.length; i += 2) if (flat[i]) res.appendHeader(flat[i], flat[i + 1]);
  return true;
}

/** How long the body is and how it is coded: without these the body could not be read. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'content-encoding', 'connection', 'trailer']);

/**
 * What happens when a step throws, which is a fault in hauberk: the body may be on its way already, so the
 * response leaves as a 500 that does nothing: plain text, no cookies, no redirect, no caching, no script.
 * The process goes on, and the fault is told.
 *
 * @param {any} res
 * @param {import('./context').Context} context
 * @param {unknown} error
 */
function failClosed(res, context, error) {
  for (const name of res.getHeaderNames()) if (!FRAMING.has(name)) res.removeHeader(name);
  res.statusCode = 500;
  res.statusMessage = 'Internal Server Error';
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  res.setHeader('Cache-Control', 'no-store');
  const detail = `a response field could not be made: ${error instanceof Error ? error.message : 'unknown'}`;
  sayOnce(
    'ERR_HAUBERK_INTERNAL',
    `${detail}; such responses leave as a 500 that does nothing. Please report it.`,
  );
  publish({
    event: 'sys_crash',
    practice: 'guard',
    code: 'ERR_HAUBERK_INTERNAL',
    blocked: true,
    detail,
    requestId: context.requestId,
    client: context.client?.masked,
    time: Date.now(),
  });
}

/**
 * Adds a step to a request's head, and makes sure that the hook is in place. A step that is there
 * already is not added again.
 *
 * @param {any} req
 * @param {any} res
 * @param {import('./context').HeadStep} step
 */
function onHead(req, res, step) {
  const context = contextOf(req);
  const steps = context.head;
  if (steps === undefined) context.head = single(step);
  else if (!steps.includes(step)) context.head = [...steps, step];
  hook(res, context);
}

/**
 * Puts the hook on one response, once: a second time it would run before what was wrapped around it in
 * between (express-session), and would not see what that sets.
 *
 * @param {any} res
 * @param {import('./context').Context} context
 */
function hook(res, context) {
  if (context.hooked) return;
  context.hooked = true;
  install(res);
}

/** @type {WeakMap<import('./context').HeadStep, import('./context').HeadStep[]>} */
const singles = new WeakMap();

/**
 * The list of one step, the same for every request.
 *
 * @param {import('./context').HeadStep} step
 */
function single(step) {
  let steps = singles.get(step);
  if (steps === undefined) singles.set(step, (steps = [step]));
  return steps;
}

module.exports = { hook, install, onHead };
