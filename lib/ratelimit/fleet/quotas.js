'use strict';

const { gcraScript, varyingScript, windowScript, varyingWindowScript } = require('./script');

/**
 * The ways of counting in Redis: which script decides, and what the numbers of its answer mean.
 *
 * @typedef {object} PolicySettings
 * @property {number} limit
 * @property {number} windowMs
 * @property {number} burst
 *
 * @typedef {import('../limiter').Decision} Decision
 * @typedef {object} Outcome what was decided about one request
 * @property {boolean} allowed
 * @property {Decision[]} decisions one per policy
 * @property {boolean} local whether it was decided here because the store was away
 *
 * @typedef {object} Way
 * @property {{ text: string, sha: string }} script
 * @property {number} policies
 * @property {number} width numbers of the answer for each policy
 * @property {(words: string[], questions: readonly { cost: number, limit: number }[]) => void} pushArguments
 * @property {(numbers: number[], limit: number) => boolean} holds whether numbers from outside can be true
 * @property {(numbers: number[], passedMs: number) => number[]} later the same when time has passed
 * @property {(numbers: number[], cost: number, limit: number) => boolean} refuses
 * @property {(numbers: number[], allowed: boolean, cost: number, limit: number) => Outcome} outcome
 */

/** A unit is a whole number of these in a microsecond: sums of them are exact (doubles in `script.js`). */
const STEPS = 16;

/** The most units that anything can be. */
const MOST = 1_000_000_000;

/** @param {number} windowMs @param {number} limit @returns {number} microseconds */
function unitOf(windowMs, limit) {
  // Rounded up: never more than the limit, and for the fastest limits less than 1 in 16 below it.
  return Math.ceil((windowMs * 1000 * STEPS) / limit) / STEPS;
}

/** GCRA; the number is the level: the microseconds until the bucket is full. */
class Quotas {
  /** @param {readonly PolicySettings[]} policies */
  constructor(policies) {
    this.width = 1;
    this.policies = policies.length;
    this.list = policies.map(({ limit, windowMs, burst }) => {
      const unit = unitOf(windowMs, limit);
      return { limit, unit, full: unit * burst };
    });
    this.script = gcraScript(this.list);
    this.pushArguments = pushCosts;
  }

  /** @param {number[]} levels */
  holds(levels) {
    for (let i = 0; i < levels.length; i += 1) if (levels[i] > this.list[i].full) return false;
    return true;
  }

  /** @param {number[]} levels @param {number} passedMs */
  later(levels, passedMs) {
    return levels.map((level) => Math.max(0, level - passedMs * 1000));
  }

  /** @param {number[]} levels @param {number} cost */
  refuses(levels, cost) {
    for (let i = 0; i < levels.length; i += 1) {
      if (levels[i] + cost * this.list[i].unit > this.list[i].full) return true;
    }
    return false;
  }

  /** @param {number[]} levels @param {boolean} allowed @param {number} cost @returns {Outcome} */
  outcome(levels, allowed, cost) {
    const decisions = [];
    for (let i = 0; i < levels.length; i += 1) decisions.push(decide(this.list[i], levels[i], allowed, cost));
    return { allowed, decisions, local: false };
  }
}

/**
 * @param {{ limit: number, unit: number, full: number }} quota
 * @param {number} level
 * @param {boolean} allowed
 * @param {number} cost
 * @returns {Decision}
 */
function decide({ limit, unit, full }, level, allowed, cost) {
  const wait = allowed ? 0 : Math.max(0, level + cost * unit - full);
  return {
    allowed: wait === 0,
    limit,
    remaining: Math.max(0, Math.floor((full - level) / unit)),
    resetMs: level / 1000,
    retryAfterMs: wait / 1000,
  };
}

/** GCRA with a limit for each request, all over the same level. */
class Varying {
  /** @param {PolicySettings} policy whose limit is 0, and whose burst is 0 where it is the limit */
  constructor({ windowMs, burst }) {
    this.width = 1;
    this.policies = 1;
    this.windowMs = windowMs;
    this.burst = burst;
    this.script = varyingScript();
  }

  /** @param {number} limit */
  quota(limit) {
    const unit = unitOf(this.windowMs, limit);
    return { limit, unit, full: unit * (this.burst || limit) };
  }

  /** @type {Way['pushArguments']} */
  pushArguments(words, questions) {
    for (const { cost, limit } of questions) {
      const { unit, full } = this.quota(limit);
      words.push(String(cost), String(unit), String(full));
    }
  }

  holds() {
    return true;
  }

  /** @type {Way['later']} */
  later([level], passedMs) {
    return [Math.max(0, level - passedMs * 1000)];
  }

  /** @type {Way['refuses']} */
  refuses([level], cost, limit) {
    const { unit, full } = this.quota(limit);
    return level + cost * unit > full;
  }

  /** @type {Way['outcome']} */
  outcome([level], allowed, cost, limit) {
    return { allowed, decisions: [decide(this.quota(limit), level, allowed, cost)], local: false };
  }
}

/** Fixed windows; the numbers are the units used, and the microseconds until the window ends. */
class Windows {
  /** @param {readonly PolicySettings[]} policies */
  constructor(policies) {
    this.width = 2;
    this.policies = policies.length;
    this.list = policies.map(({ limit, windowMs }) => ({ limit, us: windowMs * 1000 }));
    this.script = windowScript(this.list);
    this.pushArguments = pushCosts;
  }

  /** @param {number[]} numbers */
  holds(numbers) {
    return this.list.every(
      ({ limit, us }, i) => numbers[2 * i] <= limit && numbers[2 * i + 1] >= 0 && numbers[2 * i + 1] <= us,
    );
  }

  /** @param {number[]} numbers @param {number} passedMs */
  later(numbers, passedMs) {
    return this.list.flatMap((_window, i) => {
      const left = numbers[2 * i + 1] - passedMs * 1000;
      return left > 0 ? [numbers[2 * i], left] : [0, 0];
    });
  }

  /** @param {number[]} numbers @param {number} cost */
  refuses(numbers, cost) {
    return this.list.some(({ limit }, i) => numbers[2 * i] + cost > limit);
  }

  /** @param {number[]} numbers @param {boolean} allowed @param {number} cost @returns {Outcome} */
  outcome(numbers, allowed, cost) {
    const decisions = this.list.map(({ limit }, i) =>
      count(limit, numbers[2 * i], numbers[2 * i + 1], allowed, cost),
    );
    return { allowed, decisions, local: false };
  }
}

/**
 * @param {number} limit
 * @param {number} used
 * @param {number} leftUs until the window ends
 * @param {boolean} allowed whether the request as a whole was
 * @param {number} cost
 * @returns {Decision}
 */
function count(limit, used, leftUs, allowed, cost) {
  const passes = allowed || used + cost <= limit;
  const left = leftUs / 1000;
  return {
    allowed: passes,
    limit,
    remaining: Math.max(0, limit - used),
    resetMs: used === 0 ? 0 : left,
    retryAfterMs: passes ? 0 : Math.max(1, left),
  };
}

/** Fixed windows with a limit for each request: the units are counted, whatever the limits. */
class VaryingWindows {
  /** @param {PolicySettings} policy */
  constructor({ windowMs }) {
    this.width = 2;
    this.policies = 1;
    this.us = windowMs * 1000;
    // As many as the highest limit of a request can be.
    this.most = Math.min(MOST, this.us);
    this.script = varyingWindowScript(this.most, this.us);
  }

  /** @type {Way['pushArguments']} */
  pushArguments(words, questions) {
    for (const { cost, limit } of questions) words.push(String(cost), String(limit));
  }

  /** @type {Way['holds']} */
  holds([used, left]) {
    return used <= this.most && left >= 0 && left <= this.us;
  }

  /** @type {Way['later']} */
  later([used, left], passedMs) {
    const leftNow = left - passedMs * 1000;
    return leftNow > 0 ? [used, leftNow] : [0, 0];
  }

  /** @type {Way['refuses']} */
  refuses([used], cost, limit) {
    return used + cost > limit;
  }

  /** @type {Way['outcome']} */
  outcome([used, left], allowed, cost, limit) {
    return { allowed, decisions: [count(limit, used, left, allowed, cost)], local: false };
  }
}

/**
 * Nothing where every cost is 1, as it nearly always is.
 *
 * @type {Way['pushArguments']}
 */
function pushCosts(words, questions) {
  if (questions.every(({ cost }) => cost === 1)) return;
  for (const { cost } of questions) words.push(String(cost));
}

/**
 * @param {Readonly<import('../options').Settings>} settings
 * @returns {Way}
 */
function wayOf({ algorithm, policies, limitOf }) {
  const isFixed = algorithm === 'fixed-window';
  if (limitOf !== undefined) return isFixed ? new VaryingWindows(policies[0]) : new Varying(policies[0]);
  return isFixed ? new Windows(policies) : new Quotas(policies);
}

/**
 * The numbers of an answer.
 *
 * @param {Way} way
 * @param {unknown} reply
 * @param {number} questions
 * @returns {number[] | undefined} undefined where it is no answer of the script
 */
function readNumbers({ width, policies }, reply, questions) {
  if (!Array.isArray(reply) || reply.length !== questions * policies * width) return undefined;
  for (let i = 0; i < reply.length; i += 1) {
    // A client may be told to hand out numbers as text or bigint.
    if (typeof reply[i] !== 'number') reply[i] = whole(reply[i]);
    if (!Number.isSafeInteger(reply[i])) return undefined;
  }
  return reply;
}

/**
 * What an answer says about one of its questions.
 *
 * @param {Way} way
 * @param {number[]} all
 * @param {number} question its place
 * @param {number} limit where it varies
 * @returns {{ numbers: number[], allowed: boolean } | undefined} undefined where it cannot be true
 */
function numbersOf(way, all, question, limit) {
  const { width, policies } = way;
  const from = question * policies * width;
  const numbers = [];
  let refused = 0;
  for (let i = from; i < from + policies * width; i += 1) {
    let number = all[i];
    if (number < 0 && (i - from) % width === 0) {
      refused += 1;
      number = -number - 1;
    }
    if (number < 0) return undefined;
    numbers.push(number);
  }
  if ((refused !== 0 && refused !== policies) || !way.holds(numbers, limit)) return undefined;
  return { numbers, allowed: refused === 0 };
}

/** @param {unknown} value */
function whole(value) {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : NaN;
}

module.exports = { wayOf, readNumbers, numbersOf };
