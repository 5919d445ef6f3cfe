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
   * @param {readonly import('../fleet/quotas').PolicySettings[]} policies
   */
  constructor(name, settings, policies) {
    const share = settings.fallbackShare;
    this.limits = policies.map(({ limit }) => limit);
    this.limiters = policies.map(
      ({ limit, windowMs, burst }, i) =>
        new Limiter({
          ...settings,
          name: `${name}#away${i}`,
          scope: 'process',
          algorithm: 'gcra',
          policies: [
            {
              name: `away${i}`,
              limit,
              windowMs: Math.ceil(windowMs / share),
              burst: Math.max(1, Math.floor(burst * share)),
            },
          ],
        }),
    );
  }

  /**
   * All policies or none: nothing else of this thread runs in between, and another thread can at most spend
   * what is then refused here.
   *
   * @param {string} key
   * @param {number} cost
   * @returns {import('../fleet/quotas').Outcome}
   */
  decide(key, cost) {
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

  /** @param {string} key */
  get(key) {
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

exports.Substitute = Substitute;
