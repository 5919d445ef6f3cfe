'use strict';

/** Points that are kept: ten minutes of the usual step. */
const MOST = 300;

/**
 * What a chart needs of the last minutes, sampled whether somebody looks or not: a page that was just opened has them.
 *
 * @typedef {object} Point what happened since the point before
 * @property {number} time ms since the epoch, at its end
 * @property {number} seconds
 * @property {number} requests
 * @property {number} blocked
 * @property {number} reported would have been blocked
 * @property {number} p99 event-loop delay, ms
 * @property {number} waiting passwords, at its end
 * @property {number} running
 */
class History {
  /**
   * @param {() => import('./index').Snapshot} snapshot
   * @param {number} stepMs
   */
  constructor(snapshot, stepMs) {
    this.snapshot = snapshot;
    /** @type {Point[]} */
    this.points = [];
    this.last = totalsOf(snapshot());
    this.timer = setInterval(() => this.sample(), stepMs);
    this.timer.unref();
  }

  /** Takes a point, at most one in half a step. @returns {import('./index').Snapshot} */
  sample() {
    const now = this.snapshot();
    const next = totalsOf(now);
    const seconds = (next.time - this.last.time) / 1000;
    if (seconds <= 0) return now;
    this.points.push({
      time: next.time,
      seconds,
      requests: next.requests - this.last.requests,
      blocked: next.blocked - this.last.blocked,
      reported: next.reported - this.last.reported,
      p99: now.loop.p99Ms,
      waiting: now.passwords?.waiting ?? 0,
      running: now.passwords?.running ?? 0,
    });
    if (this.points.length > MOST) this.points.shift();
    this.last = next;
    return now;
  }

  /** @param {number} time */
  after(time) {
    return this.points.filter((point) => point.time > time);
  }

  close() {
    clearInterval(this.timer);
  }
}

/** @param {import('./index').Snapshot} snapshot */
function totalsOf({ time, requests, decisions }) {
  let blocked = 0;
  let reported = 0;
  for (const one of decisions) {
    blocked += one.blocked;
    reported += one.reported;
  }
  return { time, requests: requests.total, blocked, reported };
}

exports.History = History;
