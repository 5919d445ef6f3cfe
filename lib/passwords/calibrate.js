'use strict';

const { hash } = require('./hash');
const { calibrateOptions } = require('./options');

const MAX_PASSES = 16;
const BCRYPT_COSTS = Object.freeze({ min: 10, max: 16 });

/** Below OWASP's memory for two passes, more of them are asked for: the least for each memory in KiB. */
const LEAST_PASSES = Object.freeze([
  [47_104, 1],
  [19_456, 2],
  [12_288, 3],
  [9_216, 4],
  [7_168, 5],
]);

/** @type {typeof import('./index').calibrate} */
async function calibrate(options) {
  const { targetMs, algorithm, memoryKiB } = calibrateOptions(options);
  if (algorithm === 'bcrypt') return calibrateBcrypt(targetMs);
  return calibrateArgon2(/** @type {any} */ (algorithm), memoryKiB ?? 19_456, targetMs);
}

/**
 * @param {'argon2id' | 'argon2i' | 'argon2d'} algorithm
 * @param {number} memoryKiB
 * @param {number} targetMs
 */
async function calibrateArgon2(algorithm, memoryKiB, targetMs) {
  const least = LEAST_PASSES.find(([memory]) => memoryKiB >= memory)?.[1] ?? MAX_PASSES;
  const time = (/** @type {number} */ passes) => measure({ algorithm, memoryKiB, passes });
  // The time is linear in the passes, but for a beginning that is the same for all.
  const [one, three] = [await time(1), await time(3)];
  const each = Math.max((three - one) / 2, 1e-3);
  const fitting = Math.floor((targetMs - one) / each) + 1;
  const passes = Math.min(MAX_PASSES, Math.max(least, fitting));
  return { algorithm, memoryKiB, passes, measuredMs: await time(passes) };
}

/** @param {number} targetMs */
async function calibrateBcrypt(targetMs) {
  const algorithm = /** @type {const} */ ('bcrypt');
  const { min, max } = BCRYPT_COSTS;
  const base = await measure({ algorithm, cost: min });
  const doublings = Math.floor(Math.log2(Math.max(1, targetMs / base)));
  const cost = Math.min(max, min + doublings);
  return { algorithm, cost, measuredMs: cost === min ? base : await measure({ algorithm, cost }) };
}

/**
 * The median of five runs after one that warms up: milliseconds on a thread of the pool.
 *
 * @param {import('./index').HashOptions} options
 */
async function measure(options) {
  const times = [];
  for (let i = 0; i < 6; i += 1) {
    const start = performance.now();
    await hash('calibration', options);
    times.push(performance.now() - start);
    // A slow one is measured well enough at once.
    if (times[i] > 500 && i > 0) break;
  }
  const sorted = times.slice(1).sort((a, b) => a - b);
  return Math.round(sorted[sorted.length >> 1] * 10) / 10;
}

module.exports = { calibrate };
