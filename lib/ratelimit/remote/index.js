'use strict';

const { checkKey, checkCost } = require('../limiter');
const { Fleet } = require('../fleet');
const { Foreign } = require('./foreign');

/** Limiters without a name, counted in each process: the same code makes the same names in each. */
let unnamed = 0;

/**
 * A limiter whose buckets are not in this process. What the limiters of this process give at once, this
 * one gives as a promise.
 */
class Remote {
  /** @param {Readonly<import('../options').Settings>} settings */
  constructor(settings) {
    const { policies } = settings;
    const [{ limit, windowMs, burst }] = policies;
    this.names = policies.map(({ name }) => name);
    // With its numbers, so that another version of the app does not take it for another limiter.
    this.name = settings.name ?? `limiter#${(unnamed += 1)}:${limit}/${windowMs}/${burst}`;
    this.most = Math.min(...policies.map((policy) => policy.burst));
    this.backend =
      settings.store === undefined
        ? new Fleet(this.name, settings, policies)
        : new Foreign(this.name, settings);
  }

  /**
   * @param {string} key known to be good
   * @param {number} cost known to be good
   */
  decide(key, cost) {
    return this.backend.decide(key, cost);
  }

  /** @param {unknown} key @param {unknown} [cost] @returns {Promise<import('../limiter').Decision>} */
  async consume(key, cost = 1) {
    checkKey(key);
    if (cost !== 1) checkCost(cost, this.most);
    return one(
      await this.backend.decide(/** @type {string} */ (key), /** @type {number} */ (cost)),
      this.names,
    );
  }

  /** @param {unknown} key @returns {Promise<import('../limiter').Decision>} */
  async get(key) {
    checkKey(key);
    return one(await this.backend.get(/** @type {string} */ (key)), this.names);
  }

  /** @param {unknown} key @returns {Promise<void>} */
  async reset(key) {
    checkKey(key);
    await this.backend.reset(/** @type {string} */ (key));
  }

  report() {
    return this.backend.report();
  }

  close() {
    this.backend.close();
  }
}

/**
 * Of several policies: the one that refuses longest, or the one with the least left.
 *
 * @param {import('../fleet/quotas').Outcome} outcome
 * @param {readonly string[]} names of the policies
 * @returns {import('../limiter').Decision}
 */
function one({ allowed, decisions }, names) {
  const by = allowed
    ? (/** @type {typeof decisions[0]} */ a, /** @type {typeof a} */ b) => a.remaining - b.remaining
    : (/** @type {typeof decisions[0]} */ a, /** @type {typeof a} */ b) => b.retryAfterMs - a.retryAfterMs;
  if (decisions.length === 1) return decisions[0];
  const [chosen] = [...decisions].sort(by);
  return { ...chosen, allowed, policy: names[decisions.indexOf(chosen)] };
}

exports.Remote = Remote;
exports.one = one;
