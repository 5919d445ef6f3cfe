'use strict';

const { invalid, integer, boolean, parse } = require('../../internal/options');

/**
 * @typedef {object} SlowDown
 * @property {number} after units that are not slowed down
 * @property {number} delayMs ms for each unit after them
 * @property {number} maxDelayMs
 */

const SLOW_DOWN = Object.freeze({
  after: integer({ min: 0, max: 1_000_000_000 }),
  delayMs: integer({ min: 1, max: 60_000, unit: 'ms', default: 100 }),
  maxDelayMs: integer({ min: 1, max: 60_000, unit: 'ms', default: 5000 }),
});

/** @type {import('../../internal/options').Check} */
function blocks(value, path) {
  return value === undefined ? undefined : require('../../client/blocks').blocks(value, path);
}

/** Options that are asked before or after the decision itself; all of them are off by default. */
const GATES = Object.freeze({
  allow: blocks,
  deny: blocks,
  concurrency: integer({ min: 1, max: 1_000_000 }),
  concurrencyPerKey: integer({ min: 1, max: 1_000_000 }),
  maxLoopDelayMs: integer({ min: 10, max: 60_000, unit: 'ms' }),
  slowDown(/** @type {unknown} */ value, /** @type {string} */ path) {
    if (value === undefined || value === false) return undefined;
    const given = parse(path, value, SLOW_DOWN);
    if (given.after === undefined) throw invalid(`${path}.after`, 'a whole number of units', undefined);
    return given;
  },
  perRoute: boolean(false),
});

/**
 * Whether anything stands around the decision.
 *
 * @param {Readonly<import('../options').Settings>} settings
 */
function isGated({ allow, deny, concurrency, concurrencyPerKey, maxLoopDelayMs, perRoute }) {
  const around = [allow, deny, concurrency, concurrencyPerKey, maxLoopDelayMs];
  return perRoute || around.some((option) => option !== undefined);
}

module.exports = { GATES, isGated };
