'use strict';

const { randomFillSync } = require('node:crypto');
const { contextOf } = require('../internal/context');
const { sharedPrototype } = require('../internal/head');

/** 128 bits (CSP Level 3, 7.1), from the operating system, drawn for 256 responses at a time. */
const SIZE = 16;
const pool = Buffer.alloc(SIZE * 256);
let next = pool.length;

function draw() {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const nonce = pool.toString('base64url', next, next + SIZE);
  pool.fill(0, next, next + SIZE);
  next += SIZE;
  return nonce;
}

/** base64-value of CSP Level 3; at least 128 bits need 22 characters (32 in hex). */
const USABLE = /^[A-Za-z0-9+/_-]{22,256}={0,2}$/;

const OWNER = Symbol('hauberk.nonce');

const PROPERTY = Object.freeze({
  configurable: true,
  enumerable: true,
  get() {
    return nonceFor(/** @type {any} */ (this)[OWNER]);
  },
  set(/** @type {unknown} */ value) {
    adopt(/** @type {any} */ (this)[OWNER], value);
    Object.defineProperty(this, 'cspNonce', { value, writable: true, enumerable: true, configurable: true });
  },
});

/**
 * `res.locals` with an inherited `cspNonce`: defining an own getter on each response costs five times as
 * much. Like Express's own it inherits nothing else.
 *
 * @this {any}
 * @param {import('../internal/context').Context} context
 */
function Locals(context) {
  this[OWNER] = context;
}
Locals.prototype = Object.create(null, { cspNonce: PROPERTY });

/** @type {WeakSet<object>} prototypes whose `render` knows of the nonce */
const rendering = new WeakSet();

/**
 * Makes the nonce an own property before a template is rendered: Express 5 hands templates own ones only.
 *
 * @param {any} res
 */
function prepareRender(res) {
  const shared = sharedPrototype(res);
  if (shared === undefined || rendering.has(shared)) return;
  rendering.add(shared);
  const { render } = shared;
  if (typeof render !== 'function') return;
  Object.defineProperty(shared, 'render', {
    configurable: true,
    writable: true,
    /** @this {any} @param {any[]} args */
    value(...args) {
      const { locals } = this;
      if (locals?.[OWNER] && !Object.hasOwn(locals, 'cspNonce')) {
        Object.defineProperty(locals, 'cspNonce', PROPERTY);
      }
      return render.apply(this, args);
    },
  });
}

/**
 * Offers `res.locals.cspNonce`: nothing is drawn until somebody reads it. A nonce that the application
 * made itself, before or after, is taken over.
 *
 * @param {any} res
 * @param {import('../internal/context').Context} context
 */
function offer(res, context) {
  const { locals } = res;
  if (typeof locals !== 'object' || locals === null || locals[OWNER] === context) return;
  if (Object.hasOwn(locals, 'cspNonce')) return adopt(context, locals.cspNonce);
  if (isEmpty(locals)) {
    prepareRender(res);
    res.locals = new /** @type {any} */ (Locals)(context);
    return;
  }
  locals[OWNER] = context;
  Object.defineProperty(locals, 'cspNonce', PROPERTY);
}

/** @param {object} object whether it is as Express made it */
function isEmpty(object) {
  for (const _name in object) return false;
  return Object.getPrototypeOf(object) === null;
}

/**
 * @param {import('../internal/context').Context} context
 * @param {unknown} value
 */
function adopt(context, value) {
  if (typeof value === 'string' && USABLE.test(value)) context.nonce = value;
}

/** @param {import('../internal/context').Context} context */
function nonceFor(context) {
  return context.nonce ?? (context.nonce = draw());
}

/**
 * The nonce of a response: the same as `res.locals.cspNonce`, also on a server without Express.
 *
 * @param {any} res
 * @returns {string}
 */
function nonce(res) {
  return nonceFor(contextOf(res.req));
}

exports.offer = offer;
exports.nonce = nonce;
