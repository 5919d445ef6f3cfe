'use strict';

const { refusal } = require('../../internal/refusal');
const { unawaited } = require('../../internal/unawaited');
const { clientOf } = require('../../client/stage');
const { customKey, isPreflight, retryAfter } = require('../request');
const { routeOf } = require('../route');
const { InFlight } = require('./in-flight');
const { watchLoop } = require('./loop-delay');

/** RateLimit draft 10, 5.3. */
const BUSY_TYPE = 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity';
/** RateLimit draft 10, 5.2. */
const QUOTA_TYPE = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/** When to come back to a busy server, in ms, before jitter. */
const COME_BACK_MS = 1000;

/**
 * What stands around the decision, where it was asked for:
 *
 * 1. `allow`: an address in it is neither counted nor refused.
 * 2. `deny`: an address in it is refused with 403.
 * 3. `skip`: as without gates.
 * 4. `maxLoopDelayMs`, `concurrency`: 503 before anything is charged.
 * 5. `concurrencyPerKey`: 429 before anything is charged.
 * 6. The decision.
 * 7. `slowDown`: what is allowed waits; the stage that decides sees to it.
 *
 * @param {Readonly<import('../options').Settings>} given
 * @param {(settings: any, shared: any) => any} create the stage that decides
 * @param {{ mode?: 'enforce' | 'report' }} shared
 * @returns {any}
 */
function gated(given, create, shared) {
  const { allow, deny, concurrency, concurrencyPerKey, maxLoopDelayMs } = given;
  const keyOf = keysOf(given);
  // The key was already made when the decision asks for it.
  let made = '';
  const stage = create({ ...given, key: () => made, skip: undefined }, shared);
  const loop = maxLoopDelayMs === undefined ? undefined : watchLoop();
  const flights = new InFlight(concurrency, concurrencyPerKey);

  return {
    ...stage,
    run(/** @type {any} */ req, /** @type {any} */ res, /** @type {any} */ context) {
      if (isPreflight(req)) return undefined;
      const client = clientOf(req, context);
      if (allow?.holds(client)) return undefined;
      if (deny?.touches(client)) return denied();
      if (given.skip !== undefined && unawaited(given.skip(req)) === true) return undefined;
      if (loop !== undefined && loop.now() > /** @type {number} */ (maxLoopDelayMs))
        return busy('event loop');
      if (flights.full()) return busy('concurrency');
      const key = keyOf(req, context);
      if (flights.fullFor(key)) return tooManyAtOnce();
      flights.begin(key, res);
      made = key;
      return stage.run(req, res, context);
    },
    close() {
      loop?.close();
      stage.close();
    },
  };
}

/**
 * @param {Readonly<import('../options').Settings>} settings
 * @returns {(req: any, context: any) => string}
 */
function keysOf({ key, perRoute }) {
  /** @type {(req: any, context: any) => string} */
  const base = (req, context) => (key === undefined ? clientOf(req, context).key : customKey(key, req));
  return perRoute ? (req, context) => `${base(req, context)} ${routeOf(req)}` : base;
}

function denied() {
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_DENIED', 'This address is not allowed here.', {
    event: 'authz_fail',
  });
}

/** @param {string} policy */
function busy(policy) {
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_BUSY', 'The server is busy; try again shortly.', {
    event: 'excess_rate_limit_exceeded',
    members: { type: BUSY_TYPE, 'violated-policies': [policy] },
    fields: { 'Retry-After': retryAfter(COME_BACK_MS) },
  });
}

function tooManyAtOnce() {
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_CONCURRENCY', 'Too many requests at once.', {
    event: 'excess_rate_limit_exceeded',
    members: { type: QUOTA_TYPE, 'violated-policies': ['concurrency'] },
    fields: { 'Retry-After': retryAfter(COME_BACK_MS) },
  });
}

module.exports = { gated };
