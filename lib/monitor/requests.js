'use strict';

const { clockUs } = require('../internal/native').core;
const { start } = require('./laps');

/**
 * Requests of this thread: how many, with which status, how long until the head of the response was written. Typed
 * arrays only: a request that is allowed costs two readings of the clock and a few additions, and no allocation.
 */

/** Upper bounds of the histogram, in seconds: the defaults of OpenTelemetry's HTTP metrics, and two below. */
const BOUNDS = Object.freeze([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]);
const BOUNDS_US = Int32Array.from(BOUNDS, (seconds) => seconds * 1e6);

const MOST_STATUS = 1000;

const byStatus = new Float64Array(MOST_STATUS);
const buckets = new Float64Array(BOUNDS.length + 1);
/** Requests that came; microseconds of those that were answered. */
const totals = new Float64Array(2);

/** Microseconds of a clock that wraps, as a small integer, which needs no allocation. 0 is never given. */
function clock() {
  return clockUs() | 1;
}

/**
 * A request has come.
 *
 * @param {import('../internal/context').Context} context
 */
function came(context) {
  // Behind a second guard it is the same request.
  if (context.cameAt !== 0) return;
  context.cameAt = clock();
  start(totals[0], context);
  totals[0] += 1;
}

/**
 * Its head is written.
 *
 * @param {number} status
 * @param {import('../internal/context').Context} context
 */
function answered(status, context) {
  // After 35 minutes the clock has wrapped: such a request looks shorter than it was.
  const us = (clock() - context.cameAt) & 0x7fffffff;
  byStatus[status] += 1;
  let at = 0;
  while (at < BOUNDS_US.length && us > BOUNDS_US[at]) at += 1;
  buckets[at] += 1;
  totals[1] += us;
}

/** @returns {import('./index').Snapshot['requests']} */
function requests() {
  /** @type {Record<string, number>} */
  const statuses = {};
  let count = 0;
  for (let status = 100; status < MOST_STATUS; status += 1) {
    if (byStatus[status] === 0) continue;
    statuses[status] = byStatus[status];
    count += byStatus[status];
  }
  const duration = { bounds: BOUNDS, counts: Array.from(buckets), sum: totals[1] / 1e6, count };
  return { total: totals[0], byStatus: statuses, duration };
}

module.exports = { came, answered, requests };
