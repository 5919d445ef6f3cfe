'use strict';

/**
 * Deadlines that are all equally far away: a queue in order of time, and one timer for the oldest.
 *
 * @template T
 */
class Deadlines {
  /** @param {number} ms */
  constructor(ms) {
    this.ms = ms;
    /** @type {Pending<T>[]} */
    this.queue = [];
    this.head = 0;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {(answer: T | undefined) => void} resolve gets nothing where the time is over
   * @param {number} [since] when the time began; never far before now, so that the order holds
   * @returns {Pending<T>}
   */
  add(resolve, since = performance.now()) {
    const pending = new Pending(resolve, since + this.ms);
    this.queue.push(pending);
    this.timer ??= setTimeout(() => this.lookLater(), this.ms);
    return pending;
  }

  /** After the answers that have arrived while this thread was busy: those are in time. */
  lookLater() {
    setImmediate(() => this.look());
  }

  look() {
    const now = performance.now();
    while (this.head < this.queue.length) {
      const pending = this.queue[this.head];
      if (!pending.done && pending.at > now) break;
      pending.expire();
      this.head += 1;
    }
    if (this.head === this.queue.length) {
      this.queue = [];
      this.head = 0;
      this.timer = undefined;
      return;
    }
    if (this.head > 1024) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    const left = this.queue[this.head].at - now;
    this.timer = setTimeout(() => this.lookLater(), Math.max(1, left));
  }
}

/** @template T */
class Pending {
  /** @param {(answer: T | undefined) => void} resolve @param {number} at */
  constructor(resolve, at) {
    this.resolve = resolve;
    this.at = at;
    this.done = false;
  }

  /** @param {T | undefined} answer @returns {boolean} whether it was in time */
  settle(answer) {
    if (this.done) return false;
    this.done = true;
    this.resolve(answer);
    return true;
  }

  expire() {
    this.settle(undefined);
  }
}

exports.Deadlines = Deadlines;
