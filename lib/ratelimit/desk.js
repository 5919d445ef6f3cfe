'use strict';

const { ratelimit: native } = require('../internal/native');

/**
 * Memory that the core reads and writes, one for all limiters of the thread: fetching a string argument
 * costs more than a decision, so a short key is written here, and the decision is read from here. It is
 * read before anything else runs, and never handed out. The layout is that of src/ratelimit/desk.rs.
 */
const POLICIES = 8;
const SHORT = 64;
const WORDS_AT = 8 * (1 + 3 + 3 * POLICIES);
const KEY_AT = WORDS_AT + 4 * 8;
const memory = new ArrayBuffer(KEY_AT + SHORT);

/**
 * The answer: allowed (1 or 0), units left, ms until the bucket is full, ms until the same request would
 * pass; then the last three again for each policy, where there are several.
 */
const OUT = new Float64Array(memory, 0, WORDS_AT / 8);

// Signed, so that every value is a small integer to V8, which needs no allocation.
const WORDS = new Int32Array(memory, WORDS_AT, 8);
const [LIMITER, COST, LENGTH, DECIDED, LIMIT, BURST, LOW, HIGH] = [0, 1, 2, 3, 4, 5, 6, 7];
const KEY = new Uint8Array(memory, KEY_AT, SHORT);

/** In place of a length: the fingerprint is given. */
const GIVEN = -1;

const { decide, decideText, peek, reset, banned } = native.functions(new Uint8Array(memory));

/**
 * Where a key stands in the table of a limiter of one policy, kept beside the key by whoever keeps the key.
 */
class Print {
  /** @param {number} limiter */
  constructor(limiter) {
    this.limiter = limiter;
    this.low = WORDS[LOW];
    this.high = WORDS[HIGH];
  }
}

/**
 * Charges a key.
 *
 * @param {number} limiter
 * @param {string} key
 * @param {number} cost
 */
function charge(limiter, key, cost) {
  WORDS[LIMITER] = limiter;
  WORDS[COST] = cost;
  const { length } = key;
  if (length > SHORT) return decideText(key);
  let all = 0;
  for (let i = 0; i < length; i += 1) {
    const code = key.charCodeAt(i);
    all |= code;
    KEY[i] = code;
  }
  if (all > 127) return decideText(key);
  WORDS[LENGTH] = length;
  decide();
}

/**
 * Charges the key of a print.
 *
 * @param {Print} print
 * @param {number} cost
 */
function chargePrint(print, cost) {
  WORDS[LIMITER] = print.limiter;
  WORDS[COST] = cost;
  WORDS[LENGTH] = GIVEN;
  WORDS[LOW] = print.low;
  WORDS[HIGH] = print.high;
  decide();
}

/**
 * Decides under a limit of this request's own.
 *
 * @template T
 * @param {number} limit
 * @param {number} burst 0: the limit
 * @param {() => T} decideSo
 * @returns {T}
 */
function varying(limit, burst, decideSo) {
  WORDS[LIMIT] = limit;
  WORDS[BURST] = burst;
  try {
    return decideSo();
  } finally {
    WORDS[LIMIT] = 0;
  }
}

/**
 * @param {(key: string) => void} what `peek`, `reset`, or `banned`: then `OUT` holds 1 or 0, how many ms the ban
 *   holds, and the place of its reason
 * @param {number} limiter or the bans
 * @param {string} key
 */
function ask(what, limiter, key) {
  WORDS[LIMITER] = limiter;
  what(key);
}

/** Which of several policies decided. */
function decided() {
  return WORDS[DECIDED];
}

module.exports = { OUT, SHORT, Print, charge, chargePrint, varying, ask, peek, reset, banned, decided };
