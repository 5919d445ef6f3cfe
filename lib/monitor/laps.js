'use strict';

const { clockUs } = require('../internal/native').core;
const { counts, slotOf } = require('../internal/tally');

/**
 * How long each practice of the guard takes, from the decision before it to its own: of one request in 64, because reading
 * the clock for each of ten practices would cost more than all other counting. What waits for a body counts for `body`.
 */

const EACH = 64;

const us = new Float64Array(counts.length);
const laps = new Float64Array(counts.length);

/**
 * A request has come.
 *
 * @param {number} number how many came before it
 * @param {import('../internal/context').Context} context
 */
function start(number, context) {
  if (number % EACH === 0) context.lapAt = context.cameAt;
}

/**
 * A practice has decided on a request that is timed.
 *
 * @param {number} slot of the practice
 * @param {import('../internal/context').Context} context
 */
function lap(slot, context) {
  const now = clockUs() | 1;
  us[slot] += (now - context.lapAt) & 0x7fffffff;
  laps[slot] += 1;
  context.lapAt = now;
}

/** @param {string} practice @returns {{ timed: number, seconds: number }} */
function lapsOf(practice) {
  const slot = slotOf(practice);
  return { timed: laps[slot], seconds: us[slot] / 1e6 };
}

module.exports = { start, lap, lapsOf };
