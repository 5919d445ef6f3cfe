'use strict';

const { HauberkError } = require('../../internal/fault');
const { Batches } = require('../remote/batches');
const { Link } = require('../remote/link');
const { Substitute } = require('../remote/substitute');
const { Denials } = require('./denials');
const { textOf } = require('./keys');
const { wayOf, readNumbers, numbersOf } = require('./quotas');
const { senderOf } = require('./sender');

/** Buckets in one round trip, at most: about a quarter of a ms of the server's time. */
const MOST_KEYS = 128;

/** A decision that waits for its answer. @template R */
class Question {
  /**
   * @param {string} key
   * @param {string} text the key as it stands in Redis
   * @param {number} cost
   * @param {number} limit
   * @param {(outcome: import('./quotas').Outcome) => R} as
   * @param {(value: R) => void} resolve
   * @param {(error: unknown) => void} reject
   */
  constructor(key, text, cost, limit, as, resolve, reject) {
    this.key = key;
    this.text = text;
    this.cost = cost;
    this.limit = limit;
    this.as = as;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/**
 * Buckets in Redis or Valkey, shared by every process that asks the same server.
 *
 * 1. A client that was just refused is refused from memory.
 * 2. Otherwise one round trip decides about all policies at once; what is asked in one turn of the event loop
 *    shares it.
 * 3. Where there is no answer within the deadline, a table of this process decides, at a stricter share.
 */
class Fleet {
  /**
   * @param {string} name
   * @param {Readonly<import('../options').Settings>} settings
   */
  constructor(name, settings) {
    const { policies } = settings;
    this.name = name;
    this.sender = senderOf(settings.redis);
    this.refuses = settings.onStoreError === 'refuse';
    this.way = wayOf(settings);
    this.suffixes = policies.length === 1 ? ['}'] : policies.map((_policy, i) => `}:${i}`);
    this.prefix = `${settings.prefix}${name}:{`;
    this.denials = new Denials(this.way);
    this.substitute = new Substitute(name, settings);
    /** @type {Batches<Question<any>>} */
    this.batches = new Batches(Math.max(1, MOST_KEYS / policies.length), (batch) => this.send(batch));
    /** @type {Link} */
    this.link = new Link({
      name,
      deadlineMs: settings.deadlineMs,
      ready: () => this.sender.ready(),
      probe: () => this.probe(),
      quicken: () => this.sender.quicken?.(),
    });
  }

  /**
   * @template R
   * @param {string} key
   * @param {number} cost 0 asks without a charge
   * @param {number} limit of this request, where it varies, else 0
   * @param {(outcome: import('./quotas').Outcome) => R} as what is made of it
   * @returns {R | Promise<R>}
   */
  decide(key, cost, limit, as) {
    const known = cost === 0 ? undefined : this.denials.find(key, cost, limit);
    if (known !== undefined) return as(known);
    const text = textOf(key);
    if (!this.link.open()) return as(this.alone(key, cost, limit));
    return new Promise((resolve, reject) => {
      const group = this.sender.grouped ? text : '';
      this.batches.add(group, new Question(key, text, cost, limit, as, resolve, reject));
    });
  }

  /** @param {import('../remote/batches').Batch<Question<any>>} batch */
  send({ questions, since }) {
    const words = this.wordsOf(questions);
    // It may have gone since these were asked.
    if (!this.link.open()) return this.conclude(questions, undefined);
    this.link.pose(
      {
        send: () => this.sender.send(words, words[3]),
        read: (reply) => readNumbers(this.way, reply, questions.length),
        retry: (error) => this.withText(error, words),
        since,
      },
      (numbers) => this.conclude(questions, numbers),
    );
  }

  /** @param {readonly Question<any>[]} questions @param {number[] | undefined} numbers */
  conclude(questions, numbers) {
    for (let i = 0; i < questions.length; i += 1) {
      const question = questions[i];
      try {
        question.resolve(question.as(this.settle(question, numbers, i)));
      } catch (error) {
        question.reject(error);
      }
    }
  }

  /**
   * @param {Question<any>} question
   * @param {number[] | undefined} all
   * @param {number} at
   */
  settle({ key, cost, limit }, all, at) {
    const answer = all === undefined ? undefined : numbersOf(this.way, all, at, limit);
    if (answer === undefined) return this.alone(key, cost, limit);
    if (!answer.allowed && cost !== 0) this.denials.remember(key, answer.numbers);
    // Admitted under a higher limit: what is remembered still refuses rightly, but tells too much as left.
    else if (limit !== 0 && cost !== 0) this.denials.forget(key);
    return this.way.outcome(answer.numbers, answer.allowed, cost, limit);
  }

  async probe() {
    const question = new Question('probe', 'probe', 0, 1, Object, Object, Object);
    const words = this.wordsOf([question]);
    const reply = await this.sender
      .send(words, words[3])
      .catch((/** @type {unknown} */ error) => this.withText(error, words) ?? Promise.reject(error));
    const numbers = readNumbers(this.way, reply, 1);
    return numbers !== undefined && numbersOf(this.way, numbers, 0, 1) !== undefined;
  }

  /**
   * @param {string} key
   * @param {number} cost
   * @param {number} limit
   */
  alone(key, cost, limit) {
    if (this.refuses) throw away(this.name);
    return cost === 0 ? this.substitute.get(key, limit) : this.substitute.decide(key, cost, limit);
  }

  /** @param {readonly Question<any>[]} questions @returns {string[]} a command */
  wordsOf(questions) {
    const { script, policies } = this.way;
    const words = ['EVALSHA', script.sha, String(questions.length * policies)];
    for (let i = 0; i < questions.length; i += 1) this.pushKeys(words, questions[i].text);
    this.way.pushArguments(words, questions);
    return words;
  }

  /** @param {string[]} words @param {string} text */
  pushKeys(words, text) {
    for (let i = 0; i < this.suffixes.length; i += 1) words.push(this.prefix + text + this.suffixes[i]);
  }

  /**
   * The same with the script's text, which the server then keeps: where it has not seen it yet, or lost it by
   * a restart.
   *
   * @param {unknown} error
   * @param {readonly string[]} words
   * @returns {Promise<unknown> | undefined} undefined where the error is another one
   */
  withText(error, words) {
    if (!isUnknown(error)) return undefined;
    return this.sender.send(['EVAL', this.way.script.text, ...words.slice(2)], words[3]);
  }

  /**
   * @param {string} key
   * @returns {Promise<void>}
   */
  async reset(key) {
    this.denials.forget(key);
    this.substitute.reset(key);
    const words = ['DEL'];
    this.pushKeys(words, textOf(key));
    const done = await this.link.ask(() => this.sender.send(words, words[1]), Number);
    if (done === undefined) throw away(this.name);
  }

  /** @returns {import('../../internal/stage').Finding[]} */
  report() {
    return outages(this.link);
  }

  close() {
    this.link.close();
    this.sender.close();
    this.substitute.close();
  }
}

/** @param {Link} link @returns {import('../../internal/stage').Finding[]} */
function outages({ name, away, outages: times }) {
  if (times === 0) return [];
  const now = away ? 'is away now' : 'is there';
  return [
    {
      level: away ? 'unsafe' : 'note',
      what: `the store of ${name} ${now}, and was away ${times} times: meanwhile each process decides alone`,
      fix: 'look at the Redis server and the network to it',
    },
  ];
}

/** @param {any} error */
function isUnknown(error) {
  return /^NOSCRIPT/.test(String(error?.message));
}

/** @param {string} name */
function away(name) {
  return new HauberkError('ERR_HAUBERK_RATELIMIT_STORE', `the store of ${name} does not answer`);
}

exports.Fleet = Fleet;
exports.isUnknown = isUnknown;
exports.outages = outages;
exports.away = away;
