'use strict';

const { publish, sayOnce } = require('../../internal/events');
const { Deadlines } = require('./deadlines');

/** Questions in a row without an answer after which the store counts as away. */
const FAILURES = 3;
/** ms between two looks at a store that is away. */
const PROBE_MS = 100;
/** ms after which a probe without an answer is given up. */
const PROBE_DEADLINE_MS = 1000;

/**
 * The way to a shared store.
 *
 * 1. A question is answered within the deadline, or it is not answered; it never rejects.
 * 2. After three questions in a row without an answer, or where the client says that it is not connected,
 *    the store is away: nothing is asked any more, so nothing waits and nothing piles up in the client.
 * 3. While it is away it is looked for every 100 ms; the first good answer ends that.
 * 4. Each going and each coming back is told once.
 */
class Link {
  /**
   * @param {object} way
   * @param {string} way.name of the limiter, for the operator
   * @param {number} way.deadlineMs
   * @param {() => boolean} way.ready whether the client says it is connected
   * @param {() => Promise<boolean>} way.probe whether the store answers; may reject
   * @param {() => void} [way.quicken] helps a client that waits before it connects again
   * @param {() => void} [way.back] called when the store is there again
   */
  constructor({ name, deadlineMs, ready, probe, quicken, back }) {
    this.name = name;
    this.ready = ready;
    this.probe = probe;
    this.quicken = quicken;
    this.back = back;
    /** @type {Deadlines<any>} */
    this.deadlines = new Deadlines(deadlineMs);
    this.away = false;
    this.outages = 0;
    this.failures = 0;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    this.probing = 0;
    this.closed = false;
  }

  /** Whether a question can be asked now; where not, the store is away from now on. */
  open() {
    if (this.away) return false;
    if (this.ready()) return true;
    this.leave('it is not connected');
    return false;
  }

  /**
   * Asks where `open` said so.
   *
   * @template A
   * @param {object} question
   * @param {() => Promise<unknown>} question.send
   * @param {(reply: any) => A | undefined} question.read gives undefined for what is no answer; must not throw
   * @param {(error: unknown) => Promise<unknown> | undefined} [question.retry] another way to ask, after an error
   * @param {number} [question.since] when it was asked; default now
   * @param {(answer: A | undefined) => void} done gets undefined where there was no answer in time; must not throw
   */
  pose({ send, read, retry, since }, done) {
    const pending = this.deadlines.add((answer) => {
      if (answer === undefined) this.failed('it did not answer in time');
      else this.failures = 0;
      done(answer);
    }, since);
    const settle = (/** @type {unknown} */ reply) => void pending.settle(read(reply));
    const fail = () => void pending.settle(undefined);
    try {
      send().then(settle, (error) => {
        const again = retry?.(error);
        if (again === undefined) fail();
        else again.then(settle, fail);
      });
    } catch {
      fail();
    }
  }

  /**
   * @template A
   * @param {() => Promise<unknown>} send
   * @param {(reply: any) => A | undefined} read as of `pose`
   * @returns {Promise<A | undefined>} undefined where there was no answer, or nothing was asked
   */
  ask(send, read) {
    if (!this.open()) return Promise.resolve(undefined);
    return new Promise((resolve) => this.pose({ send, read }, resolve));
  }

  /** @param {string} why */
  failed(why) {
    this.failures += 1;
    if (this.failures >= FAILURES) this.leave(why);
  }

  /** @param {string} why */
  leave(why) {
    if (this.away || this.closed) return;
    this.away = true;
    this.outages += 1;
    const detail = `the store of ${this.name} is away (${why}): decisions are made in this process`;
    sayOnce('HAUBERK_RATELIMIT_STORE', detail);
    this.tell('sys_monitor_disabled', detail);
    this.look();
  }

  /** Looks for the store until it is back. */
  look() {
    if (!this.away || this.closed) return;
    // Nobody has to wait for this process because it looks for a store.
    this.timer = setTimeout(() => this.look(), PROBE_MS).unref();
    if (!this.ready()) return this.quicken?.();
    if (this.probing !== 0 && performance.now() - this.probing < PROBE_DEADLINE_MS) return;
    const started = performance.now();
    this.probing = started;
    Promise.resolve()
      .then(this.probe)
      .then(
        (good) => this.probed(started, good),
        () => this.probed(started, false),
      );
  }

  /** @param {number} started @param {boolean} good */
  probed(started, good) {
    if (this.probing === started) this.probing = 0;
    if (!good || !this.away || this.closed) return;
    this.away = false;
    this.failures = 0;
    clearTimeout(this.timer);
    this.tell('sys_monitor_enabled', `the store of ${this.name} is back`);
    this.back?.();
  }

  /** @param {string} event @param {string} detail */
  tell(event, detail) {
    publish({
      event,
      practice: 'ratelimit',
      code: 'ERR_HAUBERK_RATELIMIT_STORE',
      blocked: false,
      detail,
      requestId: undefined,
      client: undefined,
      time: Date.now(),
    });
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}

exports.Link = Link;
