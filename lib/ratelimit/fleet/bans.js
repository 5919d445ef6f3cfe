'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('../../internal/fault');
const { Bans, placeOf, tell } = require('../bans');
const { checkKey } = require('../limiter');
const { Batches } = require('../remote/batches');
const { Link } = require('../remote/link');
const { away, isUnknown, outages } = require('.');
const { Fresh } = require('./fresh');
const { textOf } = require('./keys');
const { senderOf } = require('./sender');

/** @typedef {import('../bans').Ban} Ban */

/**
 * All bans of a name stand in one sorted set, by their end (ms of the server's clock) times 256 plus the
 * place of the reason: so the ban that ends first is the first, and gives way where the set is full.
 */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** ARGV: keys. Two numbers for each: ms that its ban still holds, or 0, and the place of the reason. */
const CHECK = scriptOf(`${NOW}local out = {}
for i = 1, #ARGV do
  local score = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or 0)
  local left = math.floor(score / 256) - now
  if left < 0 then left = 0 end
  out[2 * i - 1], out[2 * i] = left, score % 256
end
return out`);

/** ARGV: key, ms, place of the reason, most bans. The ban that holds then, and how many had to give way so far. */
const BAN = scriptOf(`${NOW}redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now * 256 + 255)
local held = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local ends = now + ARGV[2]
local lost = tonumber(redis.call('GET', KEYS[2]) or 0)
if math.floor(held / 256) >= ends then return { math.floor(held / 256) - now, held % 256, lost } end
if held == 0 and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
  redis.call('ZPOPMIN', KEYS[1])
  lost = redis.call('INCR', KEYS[2])
end
redis.call('ZADD', KEYS[1], ends * 256 + ARGV[3], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], math.floor(last / 256) + 1)
redis.call('PEXPIREAT', KEYS[2], math.floor(last / 256) + 1)
return { tonumber(ARGV[2]), tonumber(ARGV[3]), lost }`);

const COUNT = scriptOf(`${NOW}return { redis.call('ZCOUNT', KEYS[1], now * 256 + 256, '+inf') }`);

/** Keys in one round trip, at most. */
const MOST_KEYS = 128;
/** Bans made while the store is away that are kept for it; of more, the first are this process's alone. */
const MOST_UNSENT = 4096;

/** How many were made in this thread: each knows what it saw itself. */
let made = 0;

/**
 * Bans in Redis or Valkey, for every process that asks the same server.
 *
 * 1. What was asked within a second is answered from memory: a client costs one look a second, and a ban
 *    that another process made or ended is seen within that time.
 * 2. While the store is away, the bans that this process made or saw hold; those made meanwhile are handed in
 *    when it is back.
 */
class SharedBans {
  /** @param {any} settings parsed by `BANS_SHAPE` */
  constructor(settings) {
    const { name, prefix, slots, reasons, redis, deadlineMs } = settings;
    this.name = `bans:${name}`;
    this.keys = [`${prefix}{bans:${name}}`, `${prefix}{bans:${name}}:lost`];
    this.reasons = reasons;
    this.slots = slots;
    /** What was made or seen here. */
    this.own = new Bans({ ...settings, scope: 'process', name: `${name}#own${(made += 1)}` });
    this.fresh = new Fresh();
    /** @type {Map<string, string>} keys banned while the store was away, with the reason */
    this.unsent = new Map();
    this.known = 0;
    this.closed = false;
    this.sender = senderOf(redis);
    /** @type {Batches<Look>} */
    this.batches = new Batches(MOST_KEYS, (batch) => this.send(batch));
    this.link = new Link({
      name: this.name,
      deadlineMs,
      ready: () => this.sender.ready(),
      probe: async () => numbers(await this.run(COUNT, []), 1) !== undefined,
      quicken: () => this.sender.quicken?.(),
      back: () => this.handIn(),
    });
  }

  /**
   * Shuts a key out, for every process. A ban that already holds for longer stays. While the store is away it
   * holds here.
   *
   * @param {string} key
   * @param {number} ms
   * @param {string} [reason]
   * @returns {Promise<Ban>} the one that holds now
   */
  async ban(key, ms, reason = this.reasons[0]) {
    this.checkUse(key);
    placeOf(this.reasons, reason, ms);
    const held = await this.store(key, ms, reason);
    tell(ms, reason);
    return held;
  }

  /** @param {string} key @param {number} ms @param {string} reason @returns {Promise<Ban>} */
  async store(key, ms, reason) {
    const own = this.own.put(key, ms, reason);
    this.fresh.forget(key);
    const words = [textOf(key), String(ms), String(this.reasons.indexOf(reason)), String(this.slots)];
    const answer = await this.ask(BAN, words, 3);
    if (answer === undefined) {
      if (this.unsent.size < MOST_UNSENT) this.unsent.set(key, own.reason);
      return own;
    }
    this.unsent.delete(key);
    this.known = answer[2];
    const held = this.banOf(answer[0], answer[1]);
    if (held === undefined || this.closed) return own;
    // An answer to a look from before may have come in between.
    this.fresh.forget(key);
    return this.own.put(key, held.leftMs, held.reason);
  }

  /**
   * Ends a ban, for every process.
   *
   * @param {string} key
   * @returns {Promise<void>}
   */
  async unban(key) {
    this.checkUse(key);
    this.own.unban(key);
    this.unsent.delete(key);
    this.fresh.forget(key);
    const done = await this.link.ask(
      () => this.sender.send(['ZREM', this.keys[0], textOf(key)], this.keys[0]),
      Number,
    );
    if (!this.closed) this.own.unban(key);
    this.fresh.forget(key);
    if (done === undefined) throw away(this.name);
  }

  /** @param {string} key @returns {Promise<Ban | undefined>} */
  async check(key) {
    return this.find(key);
  }

  /**
   * What a request meets: at once where it is known.
   *
   * @param {string} key
   * @returns {Ban | undefined | Promise<Ban | undefined>}
   */
  find(key) {
    this.checkUse(key);
    if (this.fresh.has(key) || this.unsent.has(key)) return this.own.check(key);
    const text = textOf(key);
    if (!this.link.open()) return this.own.check(key);
    return new Promise((resolve) => this.batches.add('', { key, text, resolve }));
  }

  /** @param {import('../remote/batches').Batch<Look>} batch */
  send({ questions, since }) {
    const words = questions.map(({ text }) => text);
    const done = (/** @type {number[] | undefined} */ answer) => {
      for (const [i, { key, resolve }] of questions.entries()) {
        if (answer !== undefined) this.learn(key, answer[2 * i], answer[2 * i + 1]);
        resolve(this.closed ? undefined : this.own.check(key));
      }
    };
    if (!this.link.open()) return done(undefined);
    const read = (/** @type {unknown} */ reply) => numbers(reply, 2 * questions.length);
    this.link.pose({ send: () => this.run(CHECK, words), read, since }, done);
  }

  /** What the server said becomes what this process knows. @param {string} key @param {number} leftMs @param {number} at */
  learn(key, leftMs, at) {
    if (this.closed || this.unsent.has(key)) return;
    const known = this.own.check(key);
    const ban = this.banOf(leftMs, at);
    // A shorter one would not be taken over a longer one.
    if (known !== undefined && (ban === undefined || ban.leftMs < known.leftMs)) this.own.unban(key);
    if (ban !== undefined) this.own.put(key, ban.leftMs, ban.reason);
    this.fresh.add(key);
  }

  /** How many bans hold. @returns {Promise<number>} */
  async count() {
    this.checkUse('count');
    const answer = await this.ask(COUNT, [], 1);
    return answer === undefined ? this.own.count() : answer[0];
  }

  /** Bans that had to go although they held, as the last ban of this process was told. */
  lost() {
    return this.known;
  }

  /** The store is back: what was banned meanwhile. */
  handIn() {
    for (const [key, reason] of this.unsent) {
      const ban = this.own.check(key);
      if (ban === undefined) this.unsent.delete(key);
      // Where it goes again, the ban stays in the list.
      else this.store(key, ban.leftMs, reason).catch(() => {});
    }
  }

  /** @param {number} leftMs @param {number} at @returns {Ban | undefined} */
  banOf(leftMs, at) {
    if (leftMs === 0) return undefined;
    return { untilMs: Date.now() + leftMs, leftMs, reason: this.reasons[at] ?? this.reasons[0] };
  }

  /**
   * @param {{ text: string, sha: string }} script
   * @param {string[]} words
   * @param {number} count numbers of the answer
   */
  ask(script, words, count) {
    return this.link.ask(
      () => this.run(script, words),
      (reply) => numbers(reply, count),
    );
  }

  /** @param {{ text: string, sha: string }} script @param {string[]} words @returns {Promise<unknown>} */
  run(script, words) {
    const keys = script === BAN ? this.keys : this.keys.slice(0, 1);
    const rest = [String(keys.length), ...keys, ...words];
    return this.sender
      .send(['EVALSHA', script.sha, ...rest], keys[0])
      .catch((/** @type {unknown} */ error) => {
        if (isUnknown(error)) return this.sender.send(['EVAL', script.text, ...rest], keys[0]);
        throw error;
      });
  }

  /** @param {unknown} key */
  checkUse(key) {
    checkKey(key);
    if (!this.closed) return;
    throw new HauberkError('ERR_HAUBERK_RATELIMIT_TABLE', 'these bans were closed; make new ones');
  }

  report() {
    return outages(this.link);
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    this.link.close();
    this.sender.close();
    this.own.close();
  }
}

/** @typedef {{ key: string, text: string, resolve: (ban: Ban | undefined) => void }} Look */

/** @param {string} text */
function scriptOf(text) {
  return { text, sha: crypto.createHash('sha1').update(text).digest('hex') };
}

/** @param {unknown} reply @param {number} count @returns {number[] | undefined} where it is an answer of the scripts */
function numbers(reply, count) {
  if (!Array.isArray(reply) || reply.length !== count) return undefined;
  const all = reply.map(Number);
  return all.every((number) => Number.isSafeInteger(number) && number >= 0) ? all : undefined;
}

exports.SharedBans = SharedBans;
