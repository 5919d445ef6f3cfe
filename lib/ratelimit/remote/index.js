'use strict';

const { MOST, checkKey, checkCost, checkLimit } = require('../limiter');
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
    this.windowMs = windowMs;
    this.varies = limit === 0;
    // With its numbers, so that another version of the app does not take it for another limiter.
    this.name = settings.name ?? `limiter#${(unnamed += 1)}:${limit}/${windowMs}/${burst}`;
    this.most = Math.min(...policies.map((policy) => policy.burst || MOST));
    this.backend =
      settings.store === undefined ? new Fleet(this.name, settings) : new Foreign(this.name, settings);
    this.asDecision = (/** @type {import('../fleet/quotas').Outcome} */ outcome) => one(outcome, this.names);
  }

  /**
   * @template R
   * @param {string} key known to be good
   * @param {number} cost known to be good
   * @param {number} limit known to be good; 0 where it does not vary
   * @param {(outcome: import('../fleet/quotas').Outcome) => R} as what is made of it
   * @returns {R | Promise<R>}
   */
  decide(key, cost, limit, as) {
    return this.backend.decide(key, cost, limit, as);
  }

  /**
   * @param {unknown} key
   * @param {unknown} [cost]
   * @param {unknown} [limit] where it varies
   * @returns {Promise<import('../limiter').Decision>}
   */
  consume(key, cost = 1, limit = undefined) {
    // Not async: a promise more for each decision is a tenth of its cost.
    try {
      checkKey(key);
      if (cost !== 1) checkCost(cost, this.most);
      return this.ask(/** @type {any} */ (key), /** @type {any} */ (cost), limit);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @param {unknown} key @param {unknown} [limit] @returns {Promise<import('../limiter').Decision>} */
  async get(key, limit) {
    checkKey(key);
    return this.ask(/** @type {any} */ (key), 0, limit);
  }

  /**
   * @param {string} key
   * @param {number} cost
   * @param {any} limit
   * @returns {Promise<import('../limiter').Decision>}
   */
  ask(key, cost, limit) {
    if (this.varies || limit !== undefined) this.checkLimit(limit);
    const decided = this.backend.decide(key, cost, limit ?? 0, this.asDecision);
    return decided instanceof Promise ? decided : Promise.resolve(decided);
  }

  /** @param {unknown} limit of one request */
  checkLimit(limit) {
    checkLimit(limit, this.varies, this.windowMs);
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
