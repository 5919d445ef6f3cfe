'use strict';

const { HauberkError } = require('../internal/fault');
const { parse, integer } = require('../internal/options');

/**
 * Every store contract in one process's memory: for tests, examples and services of a single process that may
 * forget at a restart. JavaScript runs one callback at a time, so each method is atomic.
 */

const SHAPE = Object.freeze({ max: integer({ min: 1, max: 10_000_000, default: 100_000 }) });

/** @type {typeof import('./index').memoryStore} */
function memoryStore(options) {
  const { max } = parse('mfa.memoryStore', options, SHAPE);
  /** @type {Map<string, number>} */
  const counters = new Map();
  /** @type {Map<string, Set<string>>} */
  const codes = new Map();
  /** @type {Map<string, { text: string, until: number }>} */
  const challenges = new Map();

  /** Forgetting a counter or a code would let one in twice: a full store refuses. @param {Map<string, any>} map @param {string} key */
  const room = (map, key) => {
    if (map.size < max || map.has(key)) return;
    throw new HauberkError('ERR_HAUBERK_MFA_STORE', `the memory store holds ${max} users and is full`);
  };

  return {
    last: (key) => counters.get(key),
    advance(key, value) {
      const last = counters.get(key);
      if (last !== undefined && last >= value) return false;
      room(counters, key);
      counters.set(key, value);
      return true;
    },
    replace(key, hashes) {
      room(codes, key);
      codes.set(key, new Set(hashes));
    },
    remove: (key, hash) => codes.get(key)?.delete(hash) ?? false,
    count: (key) => codes.get(key)?.size ?? 0,
    put(key, text, expiresInMs) {
      challenges.delete(key);
      if (challenges.size >= max) sweep(challenges);
      challenges.set(key, { text, until: Date.now() + expiresInMs });
    },
    take(key) {
      const kept = challenges.get(key);
      challenges.delete(key);
      return kept && kept.until > Date.now() ? kept.text : undefined;
    },
  };
}

/**
 * Makes room: what has expired goes, else the oldest. Whoever waits for it has to begin again. Only the front
 * is looked at, where the oldest are.
 *
 * @param {Map<string, { until: number }>} challenges
 */
function sweep(challenges) {
  const now = Date.now();
  let removed = 0;
  for (const [key, { until }] of challenges) {
    if (removed > 0 && until > now) return;
    challenges.delete(key);
    removed += 1;
  }
}

module.exports = { memoryStore };
