'use strict';

const { create, parse } = require('../stage');

/**
 * Failures of one kind of subject, and how long they lock it. Both are buckets of a limiter, so they are
 * bounded and live where limiters live: the failures forgotten one by one, the lock a bucket of
 * milliseconds that empties with time.
 *
 * Attempts that are being decided count as failures until they are decided, so that many at once gain nothing.
 * They are counted in this process: a bucket can be charged, but takes no charge back, and one that forgot them by
 * time would count what succeeded against the owner.
 */
class Lane {
  /**
   * @param {string} name
   * @param {import('./options').LaneSettings} settings
   * @param {object} place options of a limiter: where it counts
   */
  constructor(name, { after, firstMs, maxMs, forgetMs }, place) {
    this.after = after;
    this.firstMs = firstMs;
    this.maxMs = maxMs;
    // So many failures that the lock is as long as it gets.
    this.most = after + Math.ceil(Math.log2(maxMs / firstMs)) + 1;
    this.strikes = create(
      parse({ ...place, name: `${name}.strikes`, limit: 1, windowMs: forgetMs, burst: this.most }),
    ).limiter;
    this.locks = create(
      parse({ ...place, name: `${name}.locks`, limit: 1000, windowMs: 1000, burst: 2 * maxMs }),
    ).limiter;
    /** @type {Map<string, number>} */
    this.deciding = new Map();
  }

  /**
   * @param {string} key
   * @returns {Promise<number>} ms until an attempt may be made; 0 where it may be made, and then has begun
   */
  async begin(key) {
    const [{ resetMs }, { remaining }] = await Promise.all([this.locks.get(key), this.strikes.get(key)]);
    if (resetMs > 0) return resetMs;
    const deciding = this.deciding.get(key) ?? 0;
    const left = Math.max(1, this.after - (this.most - remaining));
    if (deciding >= left) return this.firstMs;
    this.deciding.set(key, deciding + 1);
    return 0;
  }

  /** @param {string} key an attempt that has begun is decided */
  end(key) {
    const left = (this.deciding.get(key) ?? 1) - 1;
    if (left === 0) this.deciding.delete(key);
    else this.deciding.set(key, left);
  }

  /**
   * Counts a failure.
   *
   * @param {string} key
   * @returns {Promise<number>} ms for which it locked; 0 where it did not
   */
  async fail(key) {
    const { remaining } = await this.strikes.consume(key);
    const over = this.most - remaining - this.after;
    if (over < 0) return 0;
    const lockMs = Math.min(this.maxMs, this.firstMs * 2 ** over);
    await this.locks.consume(key, lockMs);
    return lockMs;
  }

  close() {
    this.strikes.close();
    this.locks.close();
  }
}

exports.Lane = Lane;
