'use strict';

const { HauberkError, show } = require('../internal/fault');
const { parse, invalid, integer, oneOf, boolean } = require('../internal/options');
const { pepper } = require('./pepper');

/**
 * The options of one call, and of the pool. The caps are those of `src/passwords/budget.rs`: nothing is
 * made that would not be verified.
 *
 * @typedef {object} Settings
 * @property {readonly number[]} recipe algorithm, memory in KiB, passes, lanes, cost, prehash: as the core reads it
 * @property {boolean} bare bcrypt without a prehash, which reads 72 bytes
 * @property {object | undefined} peppers
 * @property {'NFC' | 'NFKC' | undefined} normalize
 * @property {number} deadlineMs
 * @property {AbortSignal | undefined} signal
 */

const ALGORITHMS = Object.freeze(['argon2id', 'argon2i', 'argon2d', 'bcrypt']);

/** Which of the cost options an algorithm has. */
const COSTS = Object.freeze({ argon2: ['memoryKiB', 'passes', 'lanes'], bcrypt: ['cost', 'prehash'] });

/** @type {import('../internal/options').Check} */
const abortSignal = (value, path) => {
  if (value === undefined) return undefined;
  const signal = /** @type {any} */ (value);
  // By shape: a signal of another realm (Jest, vm) is no instance of this one's AbortSignal.
  const looks = typeof signal?.aborted === 'boolean' && typeof signal?.addEventListener === 'function';
  if (looks) return signal;
  throw invalid(path, 'an AbortSignal', value);
};

const RECIPE = {
  algorithm: oneOf(ALGORITHMS, 'argon2id'),
  memoryKiB: integer({ min: 8, max: 262_144, unit: 'KiB' }),
  passes: integer({ min: 1, max: 16 }),
  lanes: integer({ min: 1, max: 16 }),
  cost: integer({ min: 4, max: 16 }),
  prehash: boolean(),
  pepper,
  normalize: oneOf(['NFC', 'NFKC']),
};

const CALL = Object.freeze({
  ...RECIPE,
  signal: abortSignal,
  deadlineMs: integer({ min: 1, max: 600_000, unit: 'ms', default: 30_000 }),
});

const SYNC = Object.freeze(RECIPE);

const POOL = Object.freeze({
  threads: integer({ min: 1, max: 64, default: 0 }),
  memoryMiB: integer({ min: 1, max: 65_536, unit: 'MiB', default: 0 }),
  queue: integer({ min: 1, max: 1_000_000, default: 0 }),
});

/**
 * @param {string} name the function, as it stands in messages
 * @param {unknown} input
 * @param {import('../internal/options').Shape} shape
 * @returns {Settings}
 */
function settle(name, input, shape) {
  const path = `passwords.${name} options`;
  const given = parse(path, input, shape);
  const bcrypt = given.algorithm === 'bcrypt';
  for (const other of bcrypt ? COSTS.argon2 : COSTS.bcrypt) {
    if (given[other] !== undefined) throw misplaced(path, other, given.algorithm);
  }
  const { memoryKiB = 19_456, passes = 2, lanes = 1, cost = 12, prehash = false } = given;
  const { pepper: peppers, normalize, deadlineMs, signal } = given;
  if (bcrypt && prehash !== (peppers !== undefined)) throw halfPepper(path, prehash);
  if (!bcrypt && memoryKiB < 8 * lanes) {
    throw invalid(`${path}.memoryKiB`, `at least 8 for each of the ${lanes} lanes`, memoryKiB);
  }
  const recipe = Object.freeze([
    ALGORITHMS.indexOf(given.algorithm),
    memoryKiB,
    passes,
    lanes,
    cost,
    prehash ? 1 : 0,
  ]);
  return { recipe, bare: bcrypt && !prehash, peppers, normalize, deadlineMs, signal };
}

/** @param {string} path @param {string} option @param {string} algorithm */
function misplaced(path, option, algorithm) {
  const has = (algorithm === 'bcrypt' ? COSTS.bcrypt : COSTS.argon2).join(', ');
  return new HauberkError(
    'ERR_HAUBERK_OPTION_INVALID',
    `${path}.${option} means nothing to ${show(algorithm)}, whose cost is set by ${has}`,
  );
}

/** @param {string} path @param {boolean} prehash */
function halfPepper(path, prehash) {
  const why = prehash
    ? `${path}.prehash needs a pepper: without a key, hashes of the same passwords elsewhere could be tried`
    : `${path}.pepper needs prehash: true, because bcrypt itself has no place for a pepper`;
  return new HauberkError('ERR_HAUBERK_OPTION_INVALID', why);
}

/** Calls mostly have no options: theirs are settled once. */
const DEFAULTS = Object.freeze(settle('hash', undefined, CALL));

/** @param {string} name @param {unknown} input @returns {Settings} */
const callOptions = (name, input) => (input === undefined ? DEFAULTS : settle(name, input, CALL));

/** @param {string} name @param {unknown} input @returns {Settings} */
const syncOptions = (name, input) => (input === undefined ? DEFAULTS : settle(name, input, SYNC));

/** @param {unknown} input @returns {{ threads: number, memoryMiB: number, queue: number }} 0: as it is */
const poolOptions = (input) => parse('passwords.configure', input, POOL);

const CALIBRATE = Object.freeze({
  targetMs: integer({ min: 1, max: 10_000, unit: 'ms', default: 250 }),
  algorithm: oneOf(ALGORITHMS, 'argon2id'),
  memoryKiB: integer({ min: 8, max: 262_144, unit: 'KiB' }),
});

/** @param {unknown} input @returns {{ targetMs: number, algorithm: string, memoryKiB: number | undefined }} */
function calibrateOptions(input) {
  const given = parse('passwords.calibrate', input, CALIBRATE);
  if (given.algorithm === 'bcrypt' && given.memoryKiB !== undefined) {
    throw misplaced('passwords.calibrate', 'memoryKiB', given.algorithm);
  }
  return given;
}

module.exports = { callOptions, syncOptions, poolOptions, calibrateOptions };
