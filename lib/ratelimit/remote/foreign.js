'use strict';

const { HauberkError } = require('../../internal/fault');
const { Link } = require('./link');
const { Substitute } = require('./substitute');
const { outages, away } = require('../fleet');
const { checkText } = require('../fleet/keys');

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
    /** 0: each request brings its own. */
    this.limit = limit;
    this.windowMs = windowMs;
    this.store = settings.store;
    this.refuses = settings.onStoreError === 'refuse';
    this.init();
    this.substitute = new Substitute(name, settings);
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
   * @template R
   * @param {string} key
   * @param {number} cost 0 asks without a charge
   * @param {number} limit of this request, where it varies, else 0
   * @param {(outcome: import('../fleet/quotas').Outcome) => R} as what is made of it
   * @returns {R | Promise<R>}
   */
  decide(key, cost, limit, as) {
    checkText(key);
    if (cost === 0) return this.get(key, limit).then(as);
    if (!this.link.open()) return as(this.alone(key, limit, true));
    return new Promise((resolve, reject) => {
      const done = (/** @type {any} */ answer) => {
        try {
          resolve(as(answer === undefined ? this.alone(key, limit, true) : this.outcome(answer, limit)));
        } catch (error) {
          reject(error);
        }
      };
      this.link.pose(
        { send: async () => this.store.increment(key), read: (answer) => this.read(answer) },
        done,
      );
    });
  }

  /** @param {string} key @param {number} limit @returns {Promise<import('../fleet/quotas').Outcome>} */
  async get(key, limit) {
    if (typeof this.store.get !== 'function') {
      throw new HauberkError('ERR_HAUBERK_ARGUMENT', 'this store has no get');
    }
    const none = { hits: 0, resetMs: 0 };
    // rate-limit-redis tells a key that it does not know as NaN hits, others as nothing or 0.
    const read = (/** @type {any} */ found) => (found?.totalHits >= 1 ? this.read(found) : none);
    const answer = await this.link.ask(async () => this.store.get(key), read);
    if (answer === undefined) return this.alone(key, limit, false);
    // What the next request would meet.
    return this.outcome({ ...answer, hits: answer.hits + 1 }, limit, answer.hits);
  }

  /** @param {string} key @param {number} limit @param {boolean} charge */
  alone(key, limit, charge) {
    if (this.refuses) throw away(this.name);
    return charge ? this.substitute.decide(key, 1, limit) : this.substitute.get(key, limit);
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
   * @param {number} own limit of this request, else 0
   * @param {number} [used] hits that count against what is left
   * @returns {import('../fleet/quotas').Outcome}
   */
  outcome({ hits, resetMs }, own, used = hits) {
    const limit = own || this.limit;
    const allowed = hits <= limit;
    const decision = {
      allowed,
      limit,
      remaining: Math.max(0, limit - used),
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
