'use strict';

const { refusal } = require('../../internal/refusal');
const { unawaited } = require('../../internal/unawaited');
const { clientOf } = require('../../client/stage');
const { Charge, writeFields } = require('../fields');
const { Policies } = require('../policies');
const { sendWith } = require('../handler');
const { delayOf, pause } = require('../gates/slow-down');
const { customKey, customCost, customLimit, retryAfter, isPreflight } = require('../request');
const { Remote, one } = require('.');

/** RateLimit draft 10, 5.2. */
const PROBLEM_TYPE = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/**
 * The limiter as a stage where its buckets are in Redis or in a store of express-rate-limit's shape: the
 * rules of `stage.js`, with a promise where an answer has to be waited for.
 *
 * @param {Readonly<import('../options').Settings>} settings
 * @param {{ mode?: 'enforce' | 'report' }} shared
 * @returns {import('../../internal/stage').Stage & { limiter: Remote }}
 */
function createRemote(settings, shared) {
  const limiter = new Remote(settings);
  const policies = new Policies(settings);
  const { key: keyOf, skip, cost, limitOf } = settings;
  const mode = settings.mode ?? shared.mode;
  const slow = settings.slowDown !== undefined && mode !== 'report';
  const told = settings.fields.length > 0;

  /**
   * @param {import('../fleet/quotas').Outcome} outcome
   * @param {number} limit where it varies, else 0
   * @param {import('../../internal/context').Context} context
   * @param {any} res
   * @returns {any}
   */
  function conclude(outcome, limit, context, res) {
    if (told) {
      const now = limit === 0 ? policies.all : policies.of(limit);
      outcome.decisions.forEach((decision, i) => {
        context.ratelimit = chargeOf(now[i], decision, context.ratelimit);
      });
    }
    if (!outcome.allowed)
      return refuse(settings, limit === 0 ? limiter.names : policies.namesOf(limit), outcome);
    return slow ? pause(delayOf(settings, one(outcome, limiter.names)), res) : undefined;
  }

  return {
    practice: 'ratelimit',
    settings: { mode },
    limiter,
    run(req, res, context) {
      if (isPreflight(req)) return;
      if (skip !== undefined && unawaited(skip(req)) === true) return;
      const key = keyOf === undefined ? clientOf(req, context).key : customKey(keyOf, req);
      const units = typeof cost === 'number' ? cost : customCost(cost, req, limiter.most);
      const limit = limitOf === undefined ? 0 : customLimit(limitOf, req, limiter);
      return limiter.decide(key, units, limit, (outcome) => conclude(outcome, limit, context, res));
    },
    head: told ? writeFields : undefined,
    report: () => limiter.report(),
    close: () => limiter.close(),
  };
}

/**
 * @param {import('../fields').Policy} policy
 * @param {import('../limiter').Decision} decision
 * @param {Charge | undefined} before
 */
function chargeOf(policy, { allowed, remaining, resetMs, retryAfterMs }, before) {
  if (!allowed) return new Charge(policy, remaining, retryAfterMs, before);
  const waitMs = remaining > 0 ? resetMs : Math.max(1, resetMs - policy.allButOneMs);
  return new Charge(policy, remaining, waitMs, before);
}

/**
 * @param {Readonly<import('../options').Settings>} settings
 * @param {readonly string[]} names
 * @param {import('../fleet/quotas').Outcome} outcome
 */
function refuse(settings, names, outcome) {
  const decision = one(outcome, names);
  const after = retryAfter(decision.retryAfterMs);
  const violated = names.filter((_name, i) => !outcome.decisions[i].allowed);
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_EXCEEDED', settings.message, {
    event: 'excess_rate_limit_exceeded',
    status: settings.statusCode,
    members: { type: PROBLEM_TYPE, 'violated-policies': violated },
    fields: { 'Retry-After': after },
    send: settings.handler && sendWith(settings, decision, after),
  });
}

module.exports = { createRemote };
