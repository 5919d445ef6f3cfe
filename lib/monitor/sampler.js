'use strict';

/**
 * Which events are told one by one: at most so many of a client a second, and so many in all. Who floods costs
 * counting, not writing.
 *
 * Clients share 4096 counters by a hash of their key, under a seed that nobody outside knows: memory is fixed. Two
 * clients that fall on one counter share its allowance.
 */

const COUNTERS = 4096;
const WINDOW_MS = 1000;

class Sampler {
  /** @param {{ perKeyPerSecond: number, perSecond: number }} settings @param {number} seed */
  constructor({ perKeyPerSecond, perSecond }, seed) {
    this.perKey = perKeyPerSecond;
    this.perSecond = perSecond;
    this.seed = seed | 0;
    this.counts = new Uint32Array(COUNTERS);
    this.count = 0;
    this.until = 0;
  }

  /**
   * @param {string} key of the client, or '' where there is none
   * @param {number} now ms
   * @returns {boolean} whether the event is told
   */
  admits(key, now) {
    if (now >= this.until || now < this.until - WINDOW_MS) this.#begin(now);
    const at = hash(key, this.seed) & (COUNTERS - 1);
    if (this.counts[at] >= this.perKey || this.count >= this.perSecond) return false;
    this.counts[at] += 1;
    this.count += 1;
    return true;
  }

  /** @param {number} now */
  #begin(now) {
    this.until = now + WINDOW_MS;
    if (this.count > 0) this.counts.fill(0);
    this.count = 0;
  }
}

/** FNV-1a with a final mix. @param {string} text @param {number} seed */
function hash(text, seed) {
  let h = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 12)) >>> 0;
}

exports.Sampler = Sampler;
