'use strict';

/**
 * Requests in progress in this process, together and by key: begun here, over when the response is sent or
 * its connection gone. As many entries as requests, so bounded by what is open.
 */
class InFlight {
  /** @param {number | undefined} most @param {number | undefined} mostPerKey */
  constructor(most, mostPerKey) {
    this.most = most;
    this.mostPerKey = mostPerKey;
    this.count = 0;
    /** @type {Map<string, number>} */
    this.byKey = new Map();
  }

  full() {
    return this.most !== undefined && this.count >= this.most;
  }

  /** @param {string} key */
  fullFor(key) {
    return this.mostPerKey !== undefined && (this.byKey.get(key) ?? 0) >= this.mostPerKey;
  }

  /** @param {string} key @param {any} res */
  begin(key, res) {
    if (this.most === undefined && this.mostPerKey === undefined) return;
    // Gone before it began; `close` has been told already.
    if (res.destroyed || res.closed) return;
    this.count += 1;
    if (this.mostPerKey !== undefined) this.byKey.set(key, (this.byKey.get(key) ?? 0) + 1);
    res.once('close', () => this.end(key));
  }

  /** @param {string} key */
  end(key) {
    this.count -= 1;
    if (this.mostPerKey === undefined) return;
    const left = (this.byKey.get(key) ?? 1) - 1;
    if (left === 0) this.byKey.delete(key);
    else this.byKey.set(key, left);
  }
}

exports.InFlight = InFlight;
