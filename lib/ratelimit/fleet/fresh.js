'use strict';

/** Entries of one generation; two generations live at a time. */
const GENERATION = 16_384;
/** ms for which an answer is taken for the present. */
const FRESH_MS = 1000;

/** Keys whose answer came within the last second. Bounded: what does not fit is asked for again. */
class Fresh {
  constructor() {
    /** @type {Map<string, number>} when the answer came */
    this.young = new Map();
    /** @type {Map<string, number>} */
    this.old = new Map();
  }

  /** @param {string} key */
  add(key) {
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, performance.now());
  }

  /** @param {string} key */
  has(key) {
    const at = this.young.get(key) ?? this.old.get(key);
    return at !== undefined && performance.now() - at < FRESH_MS;
  }

  /** @param {string} key */
  forget(key) {
    this.young.delete(key);
    this.old.delete(key);
  }
}

exports.Fresh = Fresh;
