'use strict';

const { ratelimit: native } = require('../internal/native');
const { publish } = require('../internal/events');
const { HauberkError, fromNative, show } = require('../internal/fault');
const { addTable } = require('../internal/sources');
const { parse, invalid, integer, string, oneOf, list } = require('../internal/options');
const { OUT, banned, ask } = require('./desk');
const { checkKey } = require('./limiter');

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
  scope: oneOf(['process', 'machine'], 'process'),
  directory: string({ pattern: /^[^\0]{1,4096}$/, expected: 'the path of a directory' }),
  slots: integer({ min: 1024, max: 2 ** 26, default: 2 ** 16 }),
  reasons,
});

/**
 * @param {any} settings parsed
 * @param {string} path
 */
function checkPlace(settings, path) {
  if (settings.scope === 'machine' || settings.directory === undefined) return;
  throw new HauberkError(
    'ERR_HAUBERK_OPTION_INVALID',
    `${path}.directory is where scope: 'machine' keeps its table; it has no use without`,
  );
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
    this.check(key);
    const at = this.reasons.indexOf(reason);
    if (at < 0) throw argument(`a reason must be one of ${this.reasons.join(', ')}; got ${show(reason)}`);
    if (!Number.isInteger(ms) || ms < 1 || ms > MOST_MS) {
      throw argument(`a ban lasts a whole number of ms from 1 to ${MOST_MS}; got ${show(ms)}`);
    }
    native.ban(this.handle, key, ms, at);
    const held = /** @type {Ban} */ (this.check(key) ?? { untilMs: Date.now() + ms, leftMs: ms, reason });
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
    return held;
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

/** @param {string} message */
function argument(message) {
  return new HauberkError('ERR_HAUBERK_ARGUMENT', message);
}

function closed() {
  return new HauberkError('ERR_HAUBERK_RATELIMIT_TABLE', 'these bans were closed; make new ones');
}

/**
 * Bans by key, in the scopes of the limiter.
 *
 * @param {unknown} [options] see index.d.ts
 * @returns {Bans}
 */
function bans(options) {
  const settings = parse('ratelimit.bans', options, BANS_SHAPE);
  checkPlace(settings, 'ratelimit.bans');
  return new Bans(settings);
}

exports.bans = bans;
exports.Bans = Bans;
exports.BANS_SHAPE = BANS_SHAPE;
exports.checkPlace = checkPlace;
