'use strict';

const { refusal } = require('../internal/refusal');
const { unawaited } = require('../internal/unawaited');
const { clientOf } = require('../client/stage');
const { parse } = require('./options');
const { Limiter, OUT } = require('./limiter');
const { Policy, Charge, writeFields } = require('./fields');
const { sendWith } = require('./handler');
const { gated } = require('./gates');
const { createRemote } = require('./remote/stage');
const { customKey, customCost, retryAfter, isPreflight } = require('./request');

/** RateLimit draft 10, 5.2. */
const PROBLEM_TYPE = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/**
 * The limiter as a stage.
 *
 * 1. A CORS preflight (OPTIONS with Access-Control-Request-Method) is never charged: the browser sends
 *    it, not the page, and a refusal would hide the reason from the page.
 * 2. What `skip` says `true` to is never charged.
 * 3. The key is the client's, or what `key` gives. A key that is no usable string is the developer's
 *    mistake, and the request fails: neither a bucket for everybody nor no bucket at all.
 * 4. One decision; its numbers go to the response fields, a refusal becomes a 429.
 *
 * @param {ReturnType<typeof parse>} settings
 * @param {{ mode?: 'enforce' | 'report' }} [shared] the guard's mode, where the practice has none of its own
 * @returns {import('../internal/stage').Stage & { limiter: Limiter | import('./remote').Remote }}
 */
function create(settings, shared = {}) {
  const isRemote = settings.redis !== undefined || settings.store !== undefined;
  return gated(settings, isRemote ? createRemote : createLocal, shared);
}

/**
 * @param {ReturnType<typeof parse>} settings
 * @param {{ mode?: 'enforce' | 'report' }} shared
 */
function createLocal(settings, shared) {
  const limiter = new Limiter(settings);
  const policy = new Policy(settings);
  const { key: keyOf, skip, cost } = settings;
  const told = settings.fields.length > 0;

  return {
    practice: 'ratelimit',
    settings: { mode: settings.mode ?? shared.mode },
    limiter,
    run(
      /** @type {any} */ req,
      /** @type {any} */ _res,
      /** @type {import('../internal/context').Context} */ context,
    ) {
      if (isPreflight(req)) return;
      if (skip !== undefined && unawaited(skip(req)) === true) return;
      const key = keyOf === undefined ? clientOf(req, context).key : customKey(keyOf, req);
      const units = typeof cost === 'number' ? cost : customCost(cost, req, settings.burst);
      const allowed = limiter.charge(key, units);
      if (told) context.ratelimit = chargeOf(policy, allowed, context.ratelimit);
      if (!allowed) return refuse(settings, policy, limiter);
    },
    head: told ? writeFields : undefined,
    report: () => report(limiter),
    close: () => limiter.close(),
  };
}

/**
 * @param {Policy} policy
 * @param {boolean} allowed
 * @param {Charge | undefined} before
 */
function chargeOf(policy, allowed, before) {
  const remaining = OUT[1];
  if (!allowed) return new Charge(policy, remaining, OUT[3], before);
  const waitMs = remaining > 0 ? OUT[2] : Math.max(1, OUT[2] - policy.allButOneMs);
  return new Charge(policy, remaining, waitMs, before);
}

/**
 * @param {ReturnType<typeof parse>} settings
 * @param {Policy} policy
 * @param {Limiter} limiter
 */
function refuse(settings, policy, limiter) {
  const after = retryAfter(OUT[3]);
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_EXCEEDED', settings.message, {
    event: 'excess_rate_limit_exceeded',
    status: settings.statusCode,
    members: { type: PROBLEM_TYPE, 'violated-policies': [policy.name] },
    fields: { 'Retry-After': after },
    send: settings.handler && sendWith(settings, limiter.decision(false), after),
  });
}

/**
 * @param {Limiter} limiter
 * @returns {import('../internal/stage').Finding[]}
 */
function report(limiter) {
  const lost = limiter.lost();
  if (lost === 0) return [];
  return [
    {
      level: 'note',
      what: `the table of ${limiter.name} was too small for its clients: ${lost} buckets in use were given up`,
      fix: 'ratelimit: { slots } of about twice the number of clients in one window',
    },
  ];
}

module.exports = { parse, create };
