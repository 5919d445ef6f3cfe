'use strict';

const { ratelimit: native } = require('../internal/native');
const { HauberkError, fromNative, show } = require('../internal/fault');

/**
 * Where the native side writes a decision: allowed (1 or 0), remaining, ms until the bucket is full, ms
 * until the same request would pass. One for all limiters of the thread: it is read before anything else
 * runs, and never handed out.
 */
const OUT = new Float64Array(4);

const { hit, charge } = native.functions();

/** Longest key in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
/** A key of at most this many UTF-16 units is short enough whatever it holds. */
const SURELY_SHORT = Math.floor(MAX_KEY_BYTES / 3);

/** Closes what nobody holds any more. */
const collected = new FinalizationRegistry((/** @type {number} */ handle) => native.close(handle));

/** Limiters without a name, counted in each thread: the same code makes the same names in each worker. */
let unnamed = 0;

/**
 * @typedef {object} Decision
 * @property {boolean} allowed
 * @property {number} limit units per window
 * @property {number} remaining units left now
 * @property {number} resetMs ms until the bucket is full again
 * @property {number} retryAfterMs ms until the same request would pass; 0 where it passed
 */

/** One policy over one native table. */
class Limiter {
  /** @param {Readonly<import('./options').Settings>} settings */
  constructor(settings) {
    const { limit, windowMs, burst, slots } = settings;
    // With its size, so that limiters of another size in other threads are not taken for the same.
    this.name = settings.name ?? `limiter#${(unnamed += 1)}:${slots}`;
    this.limit = limit;
    this.burst = burst;
    try {
      this.handle = native.open(this.name, limit, windowMs, burst, slots, OUT);
    } catch (error) {
      throw fromNative(error);
    }
    this.closed = false;
    collected.register(this, this.handle, this);
  }

  /**
   * Charges a key that is known to be good; `OUT` holds the rest of the decision.
   *
   * @param {string} key
   * @param {number} cost
   * @returns {boolean} whether it goes on
   */
  charge(key, cost) {
    if (this.closed) throw closed();
    try {
      if (cost === 1) hit(this.handle, key);
      else charge(this.handle, key, cost);
    } catch (error) {
      throw fromNative(error);
    }
    return OUT[0] === 1;
  }

  /** @param {unknown} key @param {unknown} [cost] @returns {Decision} */
  consume(key, cost = 1) {
    checkKey(key);
    if (cost !== 1) checkCost(cost, this.burst);
    const allowed = this.charge(/** @type {string} */ (key), /** @type {number} */ (cost));
    return this.decision(allowed);
  }

  /** @param {unknown} key @returns {Decision} what one unit would meet now */
  get(key) {
    checkKey(key);
    if (this.closed) throw closed();
    this.ask(native.peek, key);
    return this.decision(OUT[0] === 1);
  }

  /** @param {unknown} key */
  reset(key) {
    checkKey(key);
    if (this.closed) throw closed();
    this.ask(native.reset, key);
  }

  /**
   * @param {(handle: number, key: string) => void} what
   * @param {unknown} key
   */
  ask(what, key) {
    try {
      what(this.handle, /** @type {string} */ (key));
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** @returns {number} buckets that the table had to give up although they were not full */
  lost() {
    return this.closed ? 0 : native.lost(this.handle);
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    collected.unregister(this);
    native.close(this.handle);
  }

  /** @param {boolean} allowed @returns {Decision} */
  decision(allowed) {
    // `| 0`: a small integer needs no allocation, and at most 10^9 units are ever left.
    return { allowed, limit: this.limit, remaining: OUT[1] | 0, resetMs: OUT[2], retryAfterMs: OUT[3] };
  }
}

function closed() {
  return new HauberkError('ERR_HAUBERK_RATELIMIT_TABLE', 'this limiter was closed; make a new one');
}

/**
 * Anything but a usable string would put many callers into one bucket, or each request into its own. That
 * it is well-formed is checked where it is read, in Rust.
 *
 * @param {unknown} key
 */
function checkKey(key) {
  if (typeof key === 'string' && key !== '') {
    if (key.length <= SURELY_SHORT || Buffer.byteLength(key) <= MAX_KEY_BYTES) return;
  }
  const what = typeof key === 'string' ? 'an empty or too long string' : show(key);
  throw new HauberkError(
    'ERR_HAUBERK_RATELIMIT_KEY',
    `a rate-limit key must be a well-formed string of 1 to ${MAX_KEY_BYTES} bytes; got ${what}`,
  );
}

/**
 * @param {unknown} cost
 * @param {number} burst
 */
function checkCost(cost, burst) {
  if (typeof cost === 'number' && Number.isInteger(cost) && cost >= 1 && cost <= burst) return;
  throw new HauberkError(
    'ERR_HAUBERK_ARGUMENT',
    `a rate-limit cost must be a whole number from 1 to the burst (${burst}); got ${show(cost)}`,
  );
}

exports.Limiter = Limiter;
exports.OUT = OUT;
exports.checkKey = checkKey;
exports.checkCost = checkCost;
