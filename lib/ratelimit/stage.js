'use strict';

const { refusal } = require('../internal/refusal');
const { unawaited } = require('../internal/unawaited');
const { clientOf } = require('../client/stage');
const { parse } = require('./options');
const { Limiter, OUT } = require('./limiter');
const { Charge, writeFields } = require('./fields');
const { sendWith } = require('./handler');
const { isGated } = require('./gates/options');
const { delayOf, pause } = require('./gates/slow-down');
const { Policies } = require('./policies');
const { customKey, customCost, customLimit, retryAfter, isPreflight } = require('./request');

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
  const decide = isRemote ? require('./remote/stage').createRemote : createLocal;
  return isGated(settings) ? require('./gates').gated(settings, decide, shared) : decide(settings, shared);
}

/**
 * @param {ReturnType<typeof parse>} settings
 * @param {{ mode?: 'enforce' | 'report' }} shared
 */
function createLocal(settings, shared) {
  const limiter = new Limiter(settings);
  const policies = new Policies(settings);
  const { key: keyOf, skip, cost, limitOf } = settings;
  const mode = settings.mode ?? shared.mode;
  const slow = settings.slowDown !== undefined && mode !== 'report';
  const told = settings.fields.length > 0;
  const plain = keyOf === undefined && limitOf === undefined && settings.policies.length === 1;

  return {
    practice: 'ratelimit',
    settings: { mode },
    limiter,
    run(
      /** @type {any} */ req,
      /** @type {any} */ res,
      /** @type {import('../internal/context').Context} */ context,
    ) {
      if (isPreflight(req)) return;
      if (skip !== undefined && unawaited(skip(req)) === true) return;
      const units = typeof cost === 'number' ? cost : customCost(cost, req, limiter.most);
      if (plain) {
        const allowed = limiter.chargeClient(clientOf(req, context), units);
        return after(allowed, policies.all, context, res);
      }
      const key = keyOf === undefined ? clientOf(req, context).key : customKey(keyOf, req);
      if (limitOf === undefined) return after(limiter.charge(key, units), policies.all, context, res);
      const limit = customLimit(limitOf, req, limiter);
      return after(limiter.chargeVaried(key, units, limit), policies.of(limit), context, res);
    },
    head: told ? writeFields : undefined,
    report: () => report(limiter),
    close: () => limiter.close(),
  };

  /**
   * @param {boolean} allowed
   * @param {import('./fields').Policy[]} now what the request was charged under
   * @param {import('../internal/context').Context} context
   * @param {any} res
   */
  function after(allowed, now, context, res) {
    const before = context.ratelimit;
    const charge = told || !allowed ? chargesOf(now, before) : undefined;
    if (told) context.ratelimit = charge;
    if (!allowed) return refuse(settings, limiter, /** @type {Charge} */ (charge), before);
    if (slow) return pause(delayOf(settings, limiter.decision(true, now[0].limit)), res);
  }
}

/**
 * The decision that lies in `OUT`, for the response fields.
 *
 * @param {import('./fields').Policy[]} policies
 * @param {Charge | undefined} before
 * @returns {Charge | undefined}
 */
function chargesOf(policies, before) {
  if (policies.length === 1) return chargeOf(policies[0], 1, before);
  let charge = before;
  for (let i = 0; i < policies.length; i += 1) charge = chargeOf(policies[i], 4 + 3 * i, charge);
  return charge;
}

/**
 * @param {import('./fields').Policy} policy
 * @param {number} at where its numbers begin
 * @param {Charge | undefined} before
 */
function chargeOf(policy, at, before) {
  const [remaining, resetMs, retryMs] = [OUT[at], OUT[at + 1], OUT[at + 2]];
  if (retryMs > 0) return new Charge(policy, remaining, retryMs, before);
  const waitMs = remaining > 0 ? resetMs : Math.max(1, resetMs - policy.allButOneMs);
  return new Charge(policy, remaining, waitMs, before);
}

/**
 * The names of the policies that refuse, as the fields tell them.
 *
 * @param {Limiter} limiter
 * @param {Charge | undefined} charge
 * @param {Charge | undefined} before
 * @returns {string[]}
 */
function violated(limiter, charge, before) {
  const names = [];
  const several = limiter.policies.length > 1;
  for (let i = limiter.policies.length - 1; charge !== undefined && charge !== before; i -= 1) {
    if (!several || OUT[6 + 3 * i] > 0) names.unshift(charge.name);
    charge = charge.before;
  }
  return names;
}

/**
 * @param {ReturnType<typeof parse>} settings
 * @param {Limiter} limiter
 * @param {Charge} charge
 * @param {Charge | undefined} before
 */
function refuse(settings, limiter, charge, before) {
  const after = retryAfter(OUT[3]);
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_EXCEEDED', settings.message, {
    event: 'excess_rate_limit_exceeded',
    status: settings.statusCode,
    members: { type: PROBLEM_TYPE, 'violated-policies': violated(limiter, charge, before) },
    fields: { 'Retry-After': after },
    send: settings.handler && sendWith(settings, limiter.decision(false, charge.policy.limit), after),
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
