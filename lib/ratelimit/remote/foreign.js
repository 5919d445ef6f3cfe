'use strict';

const { HauberkError } = require('../../internal/fault');
const { Link } = require('./link');
const { Substitute } = require('./substitute');
const { outages, away } = require('../fleet');

/**
 * A store of express-rate-limit's shape: `init`, `increment`, `resetKey`, and where they are there `get`,
 * `resetAll` and `decrement`. It counts hits in fixed windows; what it counts is compared with the limit
 * here. The rules of a store that hangs, throws or answers nonsense are those of the fleet.
 *
 * `decrement` is never called: no answer and no connection that is closed early gives a hit back.
 */
class Foreign {
  /**
   * @param {string} name
   * @param {Readonly<import('../options').Settings>} settings
   */
  constructor(name, settings) {
    this.name = name;
    const [{ limit, windowMs }] = settings.policies;
    this.limit = limit;
    this.windowMs = windowMs;
    this.store = settings.store;
    this.refuses = settings.onStoreError === 'refuse';
    this.init();
    const policy = { limit: this.limit, windowMs: this.windowMs, burst: this.limit };
    this.substitute = new Substitute(name, settings, [policy]);
    /** @type {Link} */
    this.link = new Link({
      name,
      deadlineMs: settings.deadlineMs,
      ready: () => true,
      probe: () => this.probe(),
    });
  }

  /** A store may connect or load scripts in here, and keep that this failed: so it runs again after an outage. */
  init() {
    try {
      const begun = this.store.init?.({ windowMs: this.windowMs, limit: this.limit });
      if (begun instanceof Promise) begun.catch(() => {});
    } catch (cause) {
      throw new HauberkError('ERR_HAUBERK_OPTION_INVALID', 'ratelimit.store: its init threw', { cause });
    }
  }

  async probe() {
    this.init();
    const hits = await this.store.increment('hauberk-probe');
    return this.read(hits) !== undefined;
  }

  /**
   * @param {string} key
   * @returns {import('../fleet/quotas').Outcome | Promise<import('../fleet/quotas').Outcome>}
   */
  decide(key) {
    const asked = this.link.ask(
      async () => this.store.increment(key),
      (answer) => this.read(answer),
      undefined,
      (answer) => (answer === undefined ? this.alone(key, true) : this.outcome(answer)),
    );
    return asked ?? this.alone(key, true);
  }

  /** @param {string} key @returns {Promise<import('../fleet/quotas').Outcome>} */
  async get(key) {
    if (typeof this.store.get !== 'function') {
      throw new HauberkError('ERR_HAUBERK_ARGUMENT', 'this store has no get');
    }
    const none = { hits: 0, resetMs: 0 };
    // rate-limit-redis tells a key that it does not know as NaN hits, others as nothing or 0.
    const read = (/** @type {any} */ found) => (found?.totalHits >= 1 ? this.read(found) : none);
    const answer = await this.link.ask(async () => this.store.get(key), read);
    if (answer === undefined) return this.alone(key, false);
    // What the next request would meet.
    return this.outcome({ ...answer, hits: answer.hits + 1 }, answer.hits);
  }

  /** @param {string} key @param {boolean} charge */
  alone(key, charge) {
    if (this.refuses) throw away(this.name);
    return charge ? this.substitute.decide(key, 1) : this.substitute.get(key);
  }

  /** @param {any} answer */
  read(answer) {
    const hits = answer?.totalHits;
    if (!Number.isSafeInteger(hits) || hits < 1) return undefined;
    const reset = answer.resetTime;
    const at = reset instanceof Date ? reset.getTime() : Date.now() + this.windowMs;
    if (Number.isNaN(at)) return undefined;
    // A store with another clock cannot make a window longer than it is.
    return { hits, resetMs: Math.min(this.windowMs, Math.max(0, at - Date.now())) };
  }

  /**
   * @param {{ hits: number, resetMs: number }} answer
   * @param {number} [used] hits that count against what is left
   * @returns {import('../fleet/quotas').Outcome}
   */
  outcome({ hits, resetMs }, used = hits) {
    const allowed = hits <= this.limit;
    const decision = {
      allowed,
      limit: this.limit,
      remaining: Math.max(0, this.limit - used),
      resetMs,
      retryAfterMs: allowed ? 0 : Math.max(1, resetMs),
    };
    return { allowed, decisions: [decision], local: false };
  }

  /** @param {string} key */
  async reset(key) {
    this.substitute.reset(key);
    const done = await this.link.ask(
      async () => this.store.resetKey(key),
      () => true,
    );
    if (done === undefined) throw away(this.name);
  }

  report() {
    return outages(this.link);
  }

  close() {
    this.link.close();
    this.substitute.close();
  }
}

exports.Foreign = Foreign;
