'use strict';

/** Entries of one generation; two generations live at a time. */
const GENERATION = 8192;

/**
 * Longest time in ms that a refusal is answered from here: what another process resets is seen by then. So
 * a client that hammers costs the server one round trip in this time.
 */
const LONGEST_MS = 10_000;

/**
 * The buckets that were found empty. They only fill with time, so until then the same answer can be given
 * without a round trip. Bounded: what does not fit is forgotten, and asked for again.
 */
class Denials {
  /** @param {import('./quotas').Way} way */
  constructor(way) {
    this.way = way;
    /** @type {Map<string, { at: number, numbers: number[] }>} */
    this.young = new Map();
    /** @type {Map<string, { at: number, numbers: number[] }>} */
    this.old = new Map();
  }

  /** @param {string} key @param {number[]} numbers */
  remember(key, numbers) {
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, { at: performance.now(), numbers });
  }

  /**
   * @param {string} key
   * @param {number} cost
   * @param {number} limit where it varies
   * @returns {import('./quotas').Outcome | undefined} the refusal, where it is certain
   */
  find(key, cost, limit) {
    if (this.young.size === 0 && this.old.size === 0) return undefined;
    const entry = this.young.get(key) ?? this.old.get(key);
    if (entry === undefined) return undefined;
    const passed = performance.now() - entry.at;
    if (passed < LONGEST_MS) {
      const numbers = this.way.later(entry.numbers, passed);
      if (this.way.refuses(numbers, cost, limit)) return this.way.outcome(numbers, false, cost, limit);
      // A dearer request, or one under a lower limit, may still be refused where this one is not.
      if (this.way.refuses(numbers, 1, limit) || limit !== 0) return undefined;
    }
    this.forget(key);
    return undefined;
  }

  /** @param {string} key */
  forget(key) {
    this.young.delete(key);
    this.old.delete(key);
  }
}

exports.Denials = Denials;
