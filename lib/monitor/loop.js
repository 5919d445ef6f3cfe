'use strict';

const { monitorEventLoopDelay, performance } = require('node:perf_hooks');

const RESOLUTION_MS = 10;
/** Readings within this time tell the same window: a dashboard that looks each second takes nothing from a scraper. */
const WINDOW_MS = 10_000;

/** @type {ReturnType<typeof monitorEventLoopDelay> | undefined} */
let histogram;
let began = 0;
/** @type {ReturnType<typeof performance.eventLoopUtilization> | undefined} */
let utilization;

/**
 * The delay of the event loop since the window began, beyond the step of the timer that measures it. Measuring begins
 * with the first reading, because it wakes the process a hundred times a second.
 *
 * @returns {import('./index').Snapshot['loop']}
 */
function loop() {
  if (histogram === undefined) {
    histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    histogram.enable();
    began = performance.now();
  }
  const beyond = (/** @type {number} */ ns) => Math.max(0, (ns || 0) / 1e6 - RESOLUTION_MS);
  const current = performance.eventLoopUtilization();
  const state = {
    p50Ms: beyond(histogram.percentile(50)),
    p99Ms: beyond(histogram.percentile(99)),
    maxMs: histogram.count === 0 ? 0 : beyond(histogram.max),
    utilization: performance.eventLoopUtilization(current, utilization).utilization,
  };
  if (performance.now() - began >= WINDOW_MS) {
    histogram.reset();
    began = performance.now();
    utilization = current;
  }
  return state;
}

module.exports = { loop };
