'use strict';

/**
 * Ids of sessions that have ended (login, logout, revocation), so that a request which was on its way meanwhile
 * neither saves such a session again nor sends its cookie. Bounded: the oldest go first.
 */
class Ended {
  /**
   * @param {number} most ids
   * @param {number} keepMs longer than any request lasts
   */
  constructor(most = 65_536, keepMs = 600_000) {
    this.most = most;
    this.keepMs = keepMs;
    /** @type {Map<string, number>} in order of ending */
    this.ids = new Map();
  }

  /** @param {string} id */
  add(id) {
    const now = Date.now();
    this.ids.delete(id);
    this.ids.set(id, now);
    for (const [oldest, at] of this.ids) {
      if (this.ids.size <= this.most && now - at < this.keepMs) break;
      this.ids.delete(oldest);
    }
  }

  /** @param {string} id */
  has(id) {
    return this.ids.has(id);
  }
}

exports.Ended = Ended;
