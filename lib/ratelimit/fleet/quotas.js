'use strict';

/**
 * The numbers of the policies as the script counts them, and what its answers mean.
 *
 * @typedef {object} PolicySettings
 * @property {number} limit
 * @property {number} windowMs
 * @property {number} burst
 *
 * @typedef {import('../limiter').Decision} Decision
 * @typedef {object} Outcome what was decided about one request
 * @property {boolean} allowed
 * @property {Decision[]} decisions one per policy
 * @property {boolean} local whether it was decided here because the store was away
 */

/** A unit is a whole number of these in a microsecond: sums of them are exact (doubles in `script.js`). */
const STEPS = 16;

class Quotas {
  /** @param {readonly PolicySettings[]} policies */
  constructor(policies) {
    this.list = policies.map(({ limit, windowMs, burst }) => {
      // Rounded up: never more than the limit, and for the fastest limits less than 1 in 16 below it.
      const unit = Math.ceil((windowMs * 1000 * STEPS) / limit) / STEPS;
      return { limit, unit, full: unit * burst };
    });
  }

  /**
   * @param {unknown} reply the script's answer
   * @returns {{ levels: number[], allowed: boolean } | undefined} undefined where it is no answer of the script
   */
  read(reply) {
    const given = Array.isArray(reply) ? reply : [reply];
    if (given.length !== this.list.length) return undefined;
    const levels = new Array(given.length);
    let refused = 0;
    for (let i = 0; i < given.length; i += 1) {
      // A client may be told to hand out numbers as text or bigint.
      const number = typeof given[i] === 'number' ? given[i] : whole(given[i]);
      if (!Number.isSafeInteger(number)) return undefined;
      if (number < 0) refused += 1;
      levels[i] = number < 0 ? -number - 1 : number;
      if (levels[i] > this.list[i].full) return undefined;
    }
    if (refused !== 0 && refused !== given.length) return undefined;
    return { levels, allowed: refused === 0 };
  }

  /**
   * @param {readonly number[]} levels
   * @param {boolean} allowed
   * @param {number} cost
   * @returns {Outcome}
   */
  outcome(levels, allowed, cost) {
    const decisions = this.list.map(({ limit, unit, full }, i) => {
      const level = levels[i];
      const wait = allowed ? 0 : Math.max(0, level + cost * unit - full);
      return {
        allowed: wait === 0,
        limit,
        remaining: Math.max(0, Math.floor((full - level) / unit)),
        resetMs: level / 1000,
        retryAfterMs: wait / 1000,
      };
    });
    return { allowed, decisions, local: false };
  }
}

/** @param {unknown} value */
function whole(value) {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : NaN;
}

exports.Quotas = Quotas;
