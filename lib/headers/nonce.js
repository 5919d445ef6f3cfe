'use strict';

const { randomFillSync } = require('node:crypto');
const { contextOf } = require('../internal/context');

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

/** Own and enumerable, so that template engines that copy `res.locals` find it. */
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
 * Offers `res.locals.cspNonce`: nothing is drawn until somebody reads it. A nonce that the application
 * made itself, before or after, is taken over.
 *
 * @param {any} res
 * @param {import('../internal/context').Context} context
 */
function offer(res, context) {
  const { locals } = res;
  if (typeof locals !== 'object' || locals === null) return;
  if (Object.hasOwn(locals, 'cspNonce')) {
    if (locals[OWNER] !== context) adopt(context, locals.cspNonce);
    return;
  }
  locals[OWNER] = context;
  Object.defineProperty(locals, 'cspNonce', PROPERTY);
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
