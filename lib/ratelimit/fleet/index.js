'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('../../internal/fault');
const { Link } = require('../remote/link');
const { Substitute } = require('../remote/substitute');
const { Denials } = require('./denials');
const { Quotas } = require('./quotas');
const { scriptOf } = require('./script');
const { senderOf } = require('./sender');

/** Keys that can stand in Redis as they are; others are hashed, so that none is long or breaks a hash tag. */
const PLAIN = /^[\w.:/@-]{1,96}$/;

/**
 * Buckets in Redis or Valkey, shared by every process that asks the same server.
 *
 * 1. A client that was just refused is refused from memory.
 * 2. Otherwise one round trip decides about all policies at once.
 * 3. Where there is no answer within the deadline, a table of this process decides, at a stricter share.
 */
class Fleet {
  /**
   * @param {string} name
   * @param {Readonly<import('../options').Settings>} settings
   * @param {readonly import('./quotas').PolicySettings[]} policies
   */
  constructor(name, settings, policies) {
    this.name = name;
    this.sender = senderOf(settings.redis);
    this.refuses = settings.onStoreError === 'refuse';
    this.quotas = new Quotas(policies);
    this.suffixes = policies.length === 1 ? [''] : policies.map((_policy, i) => `:${i}`);
    this.prefix = `${settings.prefix}${name}:{`;
    this.script = scriptOf(this.quotas.list);
    this.count = String(policies.length);
    this.denials = new Denials(this.quotas);
    this.substitute = new Substitute(name, settings, policies);
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
   * @param {string} key
   * @param {number} cost 0 asks without a charge
   * @returns {import('./quotas').Outcome | Promise<import('./quotas').Outcome>}
   */
  decide(key, cost) {
    const known = cost === 0 ? undefined : this.denials.find(key, cost);
    if (known !== undefined) return known;
    const asked = this.link.ask(
      () => this.run(key, cost),
      (reply) => this.quotas.read(reply),
      (error) => (isUnknown(error) ? this.load(key, cost) : undefined),
      (answer) => {
        if (answer === undefined) return this.alone(key, cost);
        if (!answer.allowed) this.denials.remember(key, answer.levels);
        return this.quotas.outcome(answer.levels, answer.allowed, cost);
      },
    );
    return asked ?? this.alone(key, cost);
  }

  async probe() {
    const reply = await this.run('probe', 0).catch((error) => {
      if (isUnknown(error)) return this.load('probe', 0);
      throw error;
    });
    return this.quotas.read(reply) !== undefined;
  }

  /** @param {string} key @param {number} cost */
  alone(key, cost) {
    if (this.refuses) throw away(this.name);
    return cost === 0 ? this.substitute.get(key) : this.substitute.decide(key, cost);
  }

  /** @param {string} key */
  get(key) {
    return this.decide(key, 0);
  }

  /**
   * @param {string} key
   * @param {number} cost
   */
  run(key, cost) {
    const keys = this.keysOf(key);
    const rest = cost === 1 ? keys : [...keys, String(cost)];
    return this.sender.send(['EVALSHA', this.script.sha, this.count, ...rest], keys[0]);
  }

  /**
   * The text itself, which the server then keeps: where it has not seen it yet, or lost it by a restart.
   *
   * @param {string} key
   * @param {number} cost
   */
  load(key, cost) {
    const keys = this.keysOf(key);
    return this.sender.send(['EVAL', this.script.text, this.count, ...keys, String(cost)], keys[0]);
  }

  /** @param {string} key */
  keysOf(key) {
    const text = PLAIN.test(key) ? key : crypto.createHash('sha256').update(key).digest('base64url');
    const base = `${this.prefix}${text}}`;
    return this.suffixes.map((suffix) => base + suffix);
  }

  /**
   * @param {string} key
   * @returns {Promise<void>}
   */
  async reset(key) {
    this.denials.forget(key);
    this.substitute.reset(key);
    const keys = this.keysOf(key);
    const done = await this.link.ask(() => this.sender.send(['DEL', ...keys], keys[0]), Number);
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
exports.outages = outages;
exports.away = away;
