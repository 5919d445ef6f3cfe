'use strict';

const { ServerResponse } = require('node:http');
const { contextOf, peekContext } = require('./context');
const { publish, sayOnce } = require('./events');
const store = require('./header-store');

/**
 * The one `writeHead` hook. Everything that must act when the head of a response is written (security
 * headers, rate-limit fields, cookies) is a step in `context.head`. The hook is put once on the prototype
 * that all responses of an Express share, so a response needs no property and no closure of its own, and
 * keeps the hook when Express changes its application (a mounted one, or one called as a function).
 *
 * 1. Steps run once, in order, before the head is written, whoever writes it: the handler, Express's
 *    own error handler, `express.static`, a stream, `res.flushHeaders`, `res.end` with nothing before it.
 * 2. Headers handed to `writeHead` are set first, so a step sees what really leaves.
 * 3. What Node.js itself refuses (a status or a header that is invalid, a head that was sent) throws
 *    Node.js's own error, and the steps run for the response that takes its place.
 * 4. A step that throws fails closed: see `failClosed`.
 */

const HOOK = Symbol('hauberk.head');

/**
 * Makes sure that a response's head goes through the hook, and opens its header store.
 *
 * @param {any} res
 */
function hook(res) {
  // What stood in front on the very first request may have kept Node.js's own methods, so that response has
  // no store.
  if (res.writeHead[HOOK] !== true && install(res)) return;
  store.open(res);
}

/**
 * @param {any} res
 * @returns {boolean} whether the hook was not there before
 */
function install(res) {
  const shared = sharedPrototype(res);
  if (shared === undefined) {
    put(res);
    return true;
  }
  if (Object.hasOwn(shared, 'writeHead') && shared.writeHead[HOOK]) return false;
  put(shared);
  store.install(shared);
  // Another middleware wrapped this response before the hook was there (compression, mounted first, on the
  // very first request): what it calls is not the hook.
  if (res.writeHead[HOOK] !== true) put(res);
  return true;
}

/**
 * What all responses of an Express inherit from: `express.response`, the last prototype before Node.js's
 * own. A server without Express has none.
 *
 * @param {any} res
 * @returns {any}
 */
function sharedPrototype(res) {
  let shared;
  let above = Object.getPrototypeOf(res);
  while (above !== null && above !== ServerResponse.prototype) {
    shared = above;
    above = Object.getPrototypeOf(above);
  }
  return above === null ? undefined : shared;
}

/**
 * Puts the hook on an object.
 *
 * @param {any} target a response, or what responses inherit from
 */
function put(target) {
  const own = Object.hasOwn(target, 'writeHead') ? target.writeHead : undefined;
  /** @this {any} @param {number} status @param {any} [reason] @param {any} [fields] */
  function writeHead(status, reason, fields) {
    // Looked up on each call: a tracer may replace Node.js's own at any time.
    return write(this, own ?? Object.getPrototypeOf(target).writeHead, status, reason, fields);
  }
  Object.defineProperty(writeHead, HOOK, { value: true });
  Object.defineProperty(target, 'writeHead', { value: writeHead, writable: true, configurable: true });
  // The old name of the same method, until Node.js 24.
  if ('writeHeader' in target && !Object.hasOwn(target, 'writeHeader')) {
    Object.defineProperty(target, 'writeHeader', { value: writeHead, writable: true, configurable: true });
  }
}

/**
 * @param {any} res
 * @param {Function} base what the hook was put in front of
 * @param {number} status
 * @param {any} reason
 * @param {any} fields
 */
function write(res, base, status, reason, fields) {
  const context = peekContext(res.req);
  const code = status | 0;
  if (context === undefined || context.headDone || res.headersSent || code < 100 || code > 999) {
    return base.call(res, status, reason, fields);
  }
  const text = typeof reason === 'string';
  const given = text ? fields : (fields ?? reason);
  if (given && !setGiven(res, given)) {
    store.close(res);
    return base.call(res, status, reason, fields);
  }
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
    return store.writeFields(res, base);
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
  hook(res);
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

module.exports = { hook, onHead, sharedPrototype };
