'use strict';

const { ratelimit: native } = require('../internal/native');
const { HauberkError, fromNative, show } = require('../internal/fault');
const { addTable } = require('../internal/sources');
const { OUT, SHORT, Print, charge, chargePrint, varying, ask, peek, reset, decided } = require('./desk');

/** The most units that anything can be. */
const MOST = 1_000_000_000;

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
 * @property {string} [policy] of several policies the one that these numbers are of
 */

/** One or several policies over one native table. */
class Limiter {
  /** @param {Readonly<import('./options').Settings>} settings */
  constructor(settings) {
    const { policies, slots, scope, algorithm } = settings;
    // With its size, so that limiters of another size in other threads are not taken for the same.
    this.name = settings.name ?? `limiter#${(unnamed += 1)}:${slots}`;
    this.policies = policies;
    // Beside the list, so that a decision reads no further than this object.
    this.several = policies.length > 1;
    this.limit = policies[0].limit;
    this.varies = this.limit === 0;
    /** The most that a request can cost. */
    this.most = Math.min(...policies.map(({ limit, burst }) => (limit === 0 && burst === 0 ? MOST : burst)));
    const rules = policies.map(({ name, limit, windowMs, burst }) => ({
      name: policies.length > 1 ? name : '',
      limit,
      windowMs,
      burst,
      fixed: algorithm === 'fixed-window',
    }));
    try {
      this.handle = native.open(this.name, slots, rules, scope === 'machine', settings.directory);
    } catch (error) {
      throw fromNative(error);
    }
    this.closed = false;
    collected.register(this, this.handle, this);
    addTable(this);
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
      charge(this.handle, key, cost);
    } catch (error) {
      throw fromNative(error);
    }
    return OUT[0] === 1;
  }

  /**
   * The same where the limit varies.
   *
   * @param {string} key
   * @param {number} cost
   * @param {number} limit
   * @returns {boolean}
   */
  chargeVaried(key, cost, limit) {
    return varying(limit, this.policies[0].burst, () => this.charge(key, cost));
  }

  /**
   * Charges the client of a connection. Where its key stands is kept on the client, by the limiter that
   * came last: reading and hashing the key is a third of a decision.
   *
   * @param {import('../client/stage').Client} client
   * @param {number} cost
   * @returns {boolean} whether it goes on
   */
  chargeClient(client, cost) {
    const { print } = client;
    if (print === undefined || print.limiter !== this.handle) return this.remember(client, cost);
    if (this.closed) throw closed();
    try {
      chargePrint(print, cost);
    } catch (error) {
      throw fromNative(error);
    }
    return OUT[0] === 1;
  }

  /** @param {import('../client/stage').Client} client @param {number} cost */
  remember(client, cost) {
    const allowed = this.charge(client.key, cost);
    if (client.key.length <= SHORT) client.print = new Print(this.handle);
    return allowed;
  }

  /**
   * @param {unknown} key
   * @param {unknown} [cost]
   * @param {unknown} [limit] where it varies
   * @returns {Decision}
   */
  consume(key, cost = 1, limit = undefined) {
    checkKey(key);
    if (cost !== 1) checkCost(cost, this.most);
    if (this.varies || limit !== undefined) return this.consumeVaried(key, cost, limit);
    return this.decision(this.charge(/** @type {string} */ (key), /** @type {number} */ (cost)));
  }

  /** @param {any} key @param {any} cost @param {any} limit */
  consumeVaried(key, cost, limit) {
    this.checkLimit(limit);
    return this.decision(this.chargeVaried(key, cost, limit), limit);
  }

  /** @param {unknown} key @param {unknown} [limit] @returns {Decision} what one unit would meet now */
  get(key, limit) {
    checkKey(key);
    if (this.closed) throw closed();
    if (!this.varies && limit === undefined) {
      this.ask(peek, key);
      return this.decision(OUT[0] === 1);
    }
    this.checkLimit(limit);
    varying(/** @type {number} */ (limit), this.policies[0].burst, () => this.ask(peek, key));
    return this.decision(OUT[0] === 1, /** @type {number} */ (limit));
  }

  /** @param {unknown} limit of one request */
  checkLimit(limit) {
    checkLimit(limit, this.varies, this.policies[0].windowMs);
  }

  /** @param {unknown} key */
  reset(key) {
    checkKey(key);
    if (this.closed) throw closed();
    this.ask(reset, key);
  }

  /**
   * @param {(key: string) => void} what
   * @param {unknown} key
   */
  ask(what, key) {
    try {
      ask(what, this.handle, /** @type {string} */ (key));
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** @returns {number} buckets that the table had to give up although they were not full */
  lost() {
    return this.closed ? 0 : native.lost(this.handle);
  }

  /** @returns {import('../internal/sources').TableState | undefined} undefined once it is closed */
  state() {
    if (this.closed) return undefined;
    const { handle, name } = this;
    const slots = native.slots(handle);
    // An estimate from a part of the table may exceed the whole.
    const used = Math.min(slots, Math.round(native.used(handle)));
    return { name, kind: 'ratelimit', slots, used, lost: native.lost(handle) };
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    collected.unregister(this);
    native.close(this.handle);
  }

  /**
   * @param {boolean} allowed
   * @param {number} [limit] of this request
   * @returns {Decision}
   */
  decision(allowed, limit = this.limit) {
    if (this.several) return this.decisionOfSeveral(allowed);
    // `| 0`: a small integer needs no allocation, and at most 10^9 units are ever left.
    return {
      allowed,
      limit,
      remaining: OUT[1] | 0,
      resetMs: small(OUT[2]),
      retryAfterMs: allowed ? 0 : small(OUT[3]),
    };
  }

  /** @param {boolean} allowed @returns {Decision} */
  decisionOfSeveral(allowed) {
    const { name, limit } = this.policies[decided()];
    return { allowed, limit, remaining: OUT[1], resetMs: OUT[2], retryAfterMs: OUT[3], policy: name };
  }
}

/** The same number, without an allocation where it is a small integer. @param {number} value */
function small(value) {
  return value < 2 ** 31 ? value | 0 : value;
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

/**
 * The limit of one request.
 *
 * @param {unknown} limit
 * @param {boolean} varies whether the limiter takes one
 * @param {number} windowMs
 */
function checkLimit(limit, varies, windowMs) {
  const most = Math.min(MOST, windowMs * 1000);
  if (varies && Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= most) return;
  throw new HauberkError(
    'ERR_HAUBERK_ARGUMENT',
    varies
      ? `the limit of a request must be a whole number from 1 to ${most}; got ${show(limit)}`
      : 'only a limiter whose `limit` is a function takes a limit for each request',
  );
}

exports.Limiter = Limiter;
exports.MOST = MOST;
exports.checkLimit = checkLimit;
exports.OUT = OUT;
exports.closed = closed;
exports.checkKey = checkKey;
exports.checkCost = checkCost;
