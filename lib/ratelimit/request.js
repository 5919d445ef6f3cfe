'use strict';

const { HauberkError } = require('../internal/fault');
const { unawaited } = require('../internal/unawaited');
const { checkKey, checkCost } = require('./limiter');

/**
 * @param {(req: any) => unknown} keyOf
 * @param {any} req
 * @returns {string}
 */
function customKey(keyOf, req) {
  let key;
  try {
    key = unawaited(keyOf(req));
  } catch (cause) {
    throw new HauberkError('ERR_HAUBERK_RATELIMIT_KEY', 'the rate-limit key function threw', { cause });
  }
  checkKey(key);
  return /** @type {string} */ (key);
}

/**
 * @param {(req: any) => unknown} costOf
 * @param {any} req
 * @param {number} burst
 * @returns {number}
 */
function customCost(costOf, req, burst) {
  const cost = unawaited(costOf(req));
  checkCost(cost, burst);
  return /** @type {number} */ (cost);
}

/**
 * @param {(req: any) => unknown} limitOf
 * @param {any} req
 * @param {{ checkLimit: (limit: unknown) => void }} limiter
 * @returns {number}
 */
function customLimit(limitOf, req, limiter) {
  const limit = unawaited(limitOf(req));
  limiter.checkLimit(limit);
  return /** @type {number} */ (limit);
}

/**
 * `Retry-After` in whole seconds: never earlier than `ms`, up to a tenth later and at least a second's
 * choice, so that those who were refused together do not come back together (RateLimit draft 10, 8.5).
 *
 * @param {number} ms
 * @returns {string}
 */
function retryAfter(ms) {
  const seconds = Math.ceil(ms / 1000);
  const jitter = Math.floor(Math.random() * (1 + Math.max(1, seconds / 10)));
  return String(Math.max(1, seconds) + jitter);
}

/**
 * A CORS preflight is never charged: the browser sends it, not the page, and a refusal would hide the
 * reason from the page.
 *
 * @param {any} req
 */
function isPreflight(req) {
  return req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
}

module.exports = { customKey, customCost, customLimit, retryAfter, isPreflight };
