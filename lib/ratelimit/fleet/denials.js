'use strict';

/** Entries of one generation; two generations live at a time. */
const GENERATION = 8192;

/**
 * Longest time in ms that a refusal is answered from here: what another process resets is seen by then. So
 * a client that hammers costs the server one round trip in this time.
 */
const LONGEST_MS = 10_000;

/**
 * The buckets that were found empty. Their levels only fall with time, so until then the same answer can be
 * given without a round trip. Bounded: what does not fit is forgotten, and asked for again.
 */
class Denials {
  /** @param {import('./quotas').Quotas} quotas */
  constructor(quotas) {
    this.quotas = quotas;
    /** @type {Map<string, { at: number, levels: number[] }>} */
    this.young = new Map();
    /** @type {Map<string, { at: number, levels: number[] }>} */
    this.old = new Map();
  }

  /** @param {string} key @param {number[]} levels */
  remember(key, levels) {
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, { at: performance.now(), levels });
  }

  /**
   * @param {string} key
   * @param {number} cost
   * @returns {import('./quotas').Outcome | undefined} the refusal, where it is certain
   */
  find(key, cost) {
    if (this.young.size === 0 && this.old.size === 0) return undefined;
    const entry = this.young.get(key) ?? this.old.get(key);
    if (entry === undefined) return undefined;
    const passed = performance.now() - entry.at;
    const levels = entry.levels.map((level) => Math.max(0, level - passed * 1000));
    const empty = this.quotas.list.some(({ unit, full }, i) => levels[i] + cost * unit > full);
    if (empty && passed < LONGEST_MS) return this.quotas.outcome(levels, false, cost);
    // A dearer request may still be refused where a cheaper one is not: only what is over is forgotten.
    if (!empty && cost > 1) return undefined;
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
