'use strict';

const { ratelimit: native } = require('../internal/native');
const { publish } = require('../internal/events');
const { HauberkError, fromNative, show } = require('../internal/fault');
const { invalid, integer, string, oneOf, list } = require('../internal/options');
const { addTable } = require('../internal/sources');
const { OUT, banned, ask } = require('./desk');
const { redisClient } = require('./fleet/sender');
const { checkKey } = require('./limiter');
const { REMOTE } = require('./remote/options');

/** Ten years: longer than any table lives. */
const MOST_MS = 10 * 365 * 86_400_000;

/** What bans are for, where nothing else was said; their places are what the table keeps. */
const REASONS = Object.freeze(['manual', 'anomaly', 'login', 'scanner', 'flood', 'payload']);
const MOST_REASONS = 256;

const WORD = string({
  pattern: /^[\w.:-]{1,64}$/,
  expected: 'a word of 1 to 64 letters, digits and . : - _',
});

/** @param {unknown} value @param {string} path */
function reasons(value, path) {
  const given = list(WORD, REASONS)(value, path);
  const { size } = new Set(given);
  if (size === given.length && size >= 1 && size <= MOST_REASONS) return given;
  throw invalid(path, `a list of 1 to ${MOST_REASONS} different words`, value);
}

/** What finds the table; the guard's stage takes the same options. */
const BANS_SHAPE = Object.freeze({
  name: string({
    pattern: /^[\w.:/#-]{1,64}$/,
    expected: 'a string of 1 to 64 letters, digits and . : / # - _',
    default: 'bans',
  }),
  scope: oneOf(['process', 'machine', 'fleet']),
  directory: string({ pattern: /^[^\0]{1,4096}$/, expected: 'the path of a directory' }),
  slots: integer({ min: 1024, max: 2 ** 26, default: 2 ** 16 }),
  reasons,
  redis: redisClient,
  prefix: REMOTE.prefix,
  deadlineMs: REMOTE.deadlineMs,
});

/**
 * @param {any} settings parsed
 * @param {string} path
 */
function checkPlace({ scope, redis, directory }, path) {
  const wrong = (/** @type {string} */ what) =>
    new HauberkError('ERR_HAUBERK_OPTION_INVALID', `${path}.${what}`);
  if (scope !== 'machine' && directory !== undefined) {
    throw wrong("directory is where scope: 'machine' keeps its table; it has no use without");
  }
  if (scope === 'fleet' && redis === undefined) throw wrong("scope 'fleet' needs your Redis client as redis");
  if (redis !== undefined && scope !== undefined && scope !== 'fleet') {
    throw wrong(`redis means scope 'fleet'; it does not work with scope '${scope}'`);
  }
}

/** Closes what nobody holds any more. */
const collected = new FinalizationRegistry((/** @type {number} */ handle) => native.closeBans(handle));

/**
 * @typedef {object} Ban
 * @property {number} untilMs when it ends, in ms since the epoch
 * @property {number} leftMs how much longer it holds
 * @property {string} reason
 */

/** Who is shut out, until when, and why: a table of fixed size, like a limiter's. */
class Bans {
  /** @param {any} settings parsed by `BANS_SHAPE` */
  constructor({ name, scope, directory, slots, reasons: words }) {
    // Apart from a limiter's table of the same name.
    this.name = `bans:${name}`;
    this.reasons = words;
    try {
      this.handle = native.openBans(this.name, slots, scope === 'machine', directory);
    } catch (error) {
      throw fromNative(error);
    }
    this.closed = false;
    this.slots = slots;
    collected.register(this, this.handle, this);
    addTable(this);
  }

  /**
   * Shuts a key out. A ban that already holds for longer stays as it is.
   *
   * @param {string} key such as `client.key(req)`
   * @param {number} ms
   * @param {string} [reason] one of the `reasons`; default the first
   * @returns {Ban} the one that holds now
   */
  ban(key, ms, reason = this.reasons[0]) {
    const held = this.put(key, ms, reason);
    tell(ms, reason);
    return held;
  }

  /**
   * The same without telling anybody.
   *
   * @param {string} key
   * @param {number} ms
   * @param {string} reason
   * @returns {Ban}
   */
  put(key, ms, reason) {
    this.check(key);
    native.ban(this.handle, key, ms, placeOf(this.reasons, reason, ms));
    return this.check(key) ?? { untilMs: Date.now() + ms, leftMs: ms, reason };
  }

  /** Ends a ban. @param {string} key */
  unban(key) {
    this.check(key);
    native.unban(this.handle, key);
  }

  /**
   * @param {string} key
   * @returns {Ban | undefined}
   */
  check(key) {
    if (this.closed) throw closed();
    checkKey(key);
    try {
      ask(banned, this.handle, key);
    } catch (error) {
      throw fromNative(error);
    }
    if (OUT[0] === 0) return undefined;
    const leftMs = OUT[1];
    return { untilMs: Date.now() + leftMs, leftMs, reason: this.reasons[OUT[2]] ?? this.reasons[0] };
  }

  /** What a request meets. @param {string} key @returns {Ban | undefined} */
  find(key) {
    return this.check(key);
  }

  /** How many bans hold; looks at the whole table. */
  count() {
    if (this.closed) throw closed();
    return native.countBans(this.handle);
  }

  /** Bans that had to go although they held, because the table was full. */
  lost() {
    return this.closed ? 0 : native.lostBans(this.handle);
  }

  /** @returns {import('../internal/sources').TableState | undefined} undefined once it is closed */
  state() {
    if (this.closed) return undefined;
    return {
      name: this.name.slice('bans:'.length),
      kind: 'bans',
      slots: this.slots,
      used: this.count(),
      lost: this.lost(),
    };
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    collected.unregister(this);
    native.closeBans(this.handle);
  }
}

/**
 * Checks what a ban was asked for.
 *
 * @param {readonly string[]} words
 * @param {unknown} reason
 * @param {unknown} ms
 * @returns {number} the place of the reason
 */
function placeOf(words, reason, ms) {
  const at = words.indexOf(/** @type {string} */ (reason));
  if (at < 0) throw argument(`a reason must be one of ${words.join(', ')}; got ${show(reason)}`);
  if (Number.isInteger(ms) && Number(ms) >= 1 && Number(ms) <= MOST_MS) return at;
  throw argument(`a ban lasts a whole number of ms from 1 to ${MOST_MS}; got ${show(ms)}`);
}

/** @param {number} ms @param {string} reason */
function tell(ms, reason) {
  publish({
    event: 'excess_rate_limit_exceeded',
    practice: 'ratelimit',
    code: 'ERR_HAUBERK_RATELIMIT_BANNED',
    blocked: true,
    detail: `a key was banned for ${ms} ms (${reason})`,
    requestId: undefined,
    client: undefined,
    time: Date.now(),
  });
}

/** @param {string} message */
function argument(message) {
  return new HauberkError('ERR_HAUBERK_ARGUMENT', message);
}

function closed() {
  return new HauberkError('ERR_HAUBERK_RATELIMIT_TABLE', 'these bans were closed; make new ones');
}

exports.Bans = Bans;
exports.BANS_SHAPE = BANS_SHAPE;
exports.checkPlace = checkPlace;
exports.placeOf = placeOf;
exports.tell = tell;
