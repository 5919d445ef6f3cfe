'use strict';

const { Limiter } = require('../limiter');

/**
 * What decides while the store is away: tables of this process, at a share of each policy. The rate and the
 * burst are both cut to the share, so that while the store is away each process admits at most that share.
 */
class Substitute {
  /**
   * @param {string} name
   * @param {Readonly<import('../options').Settings>} settings
   */
  constructor(name, settings) {
    const { policies, fallbackShare, algorithm, limitOf } = settings;
    this.share = fallbackShare;
    this.burst = limitOf === undefined ? undefined : policies[0].burst;
    this.limits = policies.map(({ limit }) => limit);
    this.limiters = policies.map(
      (policy, i) =>
        new Limiter({
          ...settings,
          name: `${name}#away${i}`,
          scope: 'process',
          policies: [{ name: `away${i}`, ...shareOf(policy, fallbackShare, algorithm) }],
        }),
    );
  }

  /**
   * All policies or none: nothing else of this thread runs in between, and another thread can at most spend
   * what is then refused here.
   *
   * @param {string} key
   * @param {number} cost
   * @param {number} limit of this request, where it varies
   * @returns {import('../fleet/quotas').Outcome}
   */
  decide(key, cost, limit) {
    if (this.burst !== undefined) return this.varied(key, cost, limit);
    const costs = this.limiters.map(({ most }) => Math.min(cost, most));
    const before = this.limiters.map((limiter) => limiter.get(key));
    const empty = before.map(({ remaining }, i) => remaining < costs[i]);
    const refused = empty.includes(true);
    // A refusal charges nothing, and says for how long.
    const decisions = this.limiters.map((limiter, i) =>
      refused && !empty[i] ? before[i] : limiter.consume(key, costs[i]),
    );
    return this.outcome(decisions);
  }

  /**
   * @param {string} key
   * @param {number} cost 0 asks without a charge
   * @param {number} limit
   */
  varied(key, cost, limit) {
    const [limiter] = this.limiters;
    const own = cut(limit, this.share);
    const most = this.burst === 0 ? own : limiter.most;
    const decision = cost === 0 ? limiter.get(key, own) : limiter.consume(key, Math.min(cost, most), own);
    return { allowed: decision.allowed, decisions: [{ ...decision, limit }], local: true };
  }

  /** @param {string} key @param {number} limit */
  get(key, limit) {
    if (this.burst !== undefined) return this.varied(key, 0, limit);
    return this.outcome(this.limiters.map((limiter) => limiter.get(key)));
  }

  /** @param {import('../limiter').Decision[]} decisions */
  outcome(decisions) {
    return {
      allowed: decisions.every(({ allowed }) => allowed),
      decisions: decisions.map((decision, i) => ({ ...decision, limit: this.limits[i] })),
      local: true,
    };
  }

  /** @param {string} key */
  reset(key) {
    for (const limiter of this.limiters) limiter.reset(key);
  }

  close() {
    for (const limiter of this.limiters) limiter.close();
  }
}

/** @param {number} units @param {number} share */
const cut = (units, share) => Math.max(1, Math.floor(units * share));

/**
 * @param {import('../fleet/quotas').PolicySettings} policy
 * @param {number} share
 * @param {string} algorithm
 */
function shareOf({ limit, windowMs, burst }, share, algorithm) {
  // Where the limit varies (0), each request brings its own, and is cut when it comes.
  if (limit === 0) return { limit, windowMs, burst: burst === 0 ? 0 : cut(burst, share) };
  if (algorithm === 'fixed-window') return { limit: cut(limit, share), windowMs, burst: cut(limit, share) };
  // A rate that need not be whole.
  return { limit, windowMs: Math.ceil(windowMs / share), burst: cut(burst, share) };
}

exports.Substitute = Substitute;
