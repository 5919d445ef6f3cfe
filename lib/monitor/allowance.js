'use strict';

const MINUTE_MS = 60_000;

/** Clients that are remembered before the older half is forgotten. */
const GENERATION = 4096;

/** Tokens that come back evenly. */
class Bucket {
  /** @param {number} perMinute @param {number} now ms */
  constructor(perMinute, now) {
    this.perMinute = perMinute;
    this.tokens = perMinute;
    this.at = now;
  }

  /** @param {number} now ms @returns {number} ms until there is a token; 0: there is one */
  wait(now) {
    const back = (Math.max(0, now - this.at) * this.perMinute) / MINUTE_MS;
    this.tokens = Math.min(this.perMinute, this.tokens + back);
    this.at = Math.max(this.at, now);
    return this.tokens >= 1 ? 0 : ((1 - this.tokens) * MINUTE_MS) / this.perMinute;
  }
}

/** So many a minute for each client, and for all together. Bounded: a client that was forgotten begins anew. */
class Allowance {
  /** @param {number} perClient @param {number} total each a minute */
  constructor(perClient, total) {
    this.perClient = perClient;
    this.total = new Bucket(total, 0);
    /** @type {Map<string, Bucket>} */
    this.young = new Map();
    /** @type {Map<string, Bucket>} */
    this.old = new Map();
  }

  /**
   * @param {string} key
   * @param {number} now ms of a clock that does not step back
   * @returns {number} ms to wait; 0: one was taken
   */
  take(key, now) {
    const bucket = this.#bucketOf(key, now);
    const wait = Math.max(bucket.wait(now), this.total.wait(now));
    if (wait > 0) return wait;
    bucket.tokens -= 1;
    this.total.tokens -= 1;
    return 0;
  }

  /** @param {string} key @param {number} now */
  #bucketOf(key, now) {
    let bucket = this.young.get(key);
    if (bucket !== undefined) return bucket;
    bucket = this.old.get(key) ?? new Bucket(this.perClient, now);
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, bucket);
    return bucket;
  }
}

exports.Allowance = Allowance;
