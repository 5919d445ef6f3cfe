'use strict';

const { cookies: native } = require('../internal/native');
const { publish } = require('../internal/events');
const { HauberkError, fromNative, show } = require('../internal/fault');
const { Keys } = require('../internal/keys');
const { MAX_PAIR } = require('./serialize');

/**
 * Values that only this application can have written: signed (everybody can read them) and sealed (nobody can).
 *
 * 1. Keys come from `keys`, else from the guard's secret, else from HAUBERK_SECRET, else they live as long as the
 *    process. The first writes, all read.
 * 2. A value is bound to the cookie's name: of another cookie it is worth nothing.
 * 3. What does not open is `null` and an event on `hauberk:event`; it never throws, as anybody can send it.
 */

const raw = native.functions();

const DAY_MS = 86_400_000;
/** The end of a value is written in 48 bits of ms since the epoch. */
const LAST_MOMENT = 2 ** 48 - 1;
/** Rings by the text of their secrets. The oldest goes first: an application has a few. */
const MAX_RINGS = 100;
/** @type {Map<string, number>} */
const rings = new Map();
/** @type {WeakMap<Keys, number>} */
const ringsOfKeys = new WeakMap();

/** @type {Keys[]} the lasting keys of guards, each once */
const adopted = [];
/** @type {Keys | undefined} where no guard has a secret */
let own;

/** The refusals of `Refused` in src/cookies/mod.rs, by number. */
const REFUSED = Object.freeze([
  { code: '', detail: '' },
  { code: 'ERR_HAUBERK_COOKIES_MALFORMED', detail: 'is not of this kind' },
  { code: 'ERR_HAUBERK_COOKIES_KEY', detail: 'names a key that is not known' },
  { code: 'ERR_HAUBERK_COOKIES_TAMPERED', detail: 'was changed, or written for another cookie' },
  { code: 'ERR_HAUBERK_COOKIES_EXPIRED', detail: 'is past its time' },
]);

/**
 * Takes a guard's keys for values that are written and read without `keys`.
 *
 * @param {Keys} keys
 */
function adopt(keys) {
  if (!keys.lasting || adopted.some((one) => sameSecrets(one, keys))) return;
  adopted.push(keys);
}

/** @param {Keys} a @param {Keys} b */
function sameSecrets(a, b) {
  return a.secrets.length === b.secrets.length && a.secrets.every((one, i) => one.equals(b.secrets[i]));
}

/** @returns {Keys} */
function defaultKeys() {
  if (adopted.length > 1) {
    throw new HauberkError(
      'ERR_HAUBERK_SECRET',
      'several guards have different secrets: say by the option keys which of them is meant',
    );
  }
  return adopted[0] ?? (own ??= new Keys(undefined));
}

/**
 * @param {unknown} keys
 * @returns {number} the ring
 */
function ringOf(keys) {
  if (keys === undefined) {
    const source = defaultKeys();
    let ring = ringsOfKeys.get(source);
    if (ring === undefined) ringsOfKeys.set(source, (ring = openRing(source)));
    return ring;
  }
  const text = typeof keys === 'string' ? keys : Array.isArray(keys) ? `\0${keys.join('\0')}` : '';
  const known = rings.get(text);
  if (known !== undefined) return known;
  const ring = openRing(new Keys(/** @type {any} */ (keys ?? [])));
  if (rings.size === MAX_RINGS) {
    const [[oldest, old]] = rings;
    rings.delete(oldest);
    native.closeRing(old);
  }
  rings.set(text, ring);
  return ring;
}

/** @param {Keys} keys */
function openRing(keys) {
  const signing = keys.derive('cookies/sign');
  const sealing = keys.derive('cookies/seal');
  return native.openRing(Buffer.concat(signing.flatMap((key, i) => [key, sealing[i]])));
}

/**
 * @param {string} value
 * @param {import('./index').SignOptions} options
 * @returns {string}
 */
function sign(value, options) {
  if (typeof value !== 'string' || !value.isWellFormed())
    throw argument('the value', 'well-formed text', value);
  const name = nameOf(options);
  return call(raw.sign, ringOf(options.keys), name, value, until(options.expiresInMs, 0));
}

/**
 * @param {unknown} text
 * @param {import('./index').UnsignOptions} options
 * @returns {string | null}
 */
function unsign(text, options) {
  const name = nameOf(options);
  const ring = ringOf(options.keys);
  if (typeof text !== 'string' || text.length > MAX_PAIR) return refuse(1, name);
  if (options.legacy !== undefined && text.startsWith('s:')) return unsignLegacy(text, options.legacy, name);
  // Lone surrogates would arrive as U+FFFD on the other side: another text than this one.
  if (!text.isWellFormed()) return refuse(1, name);
  const why = call(raw.unsign, ring, name, text, Date.now());
  return why === 0 ? text.slice(0, text.lastIndexOf('.')) : refuse(why, name);
}

/**
 * What cookie-parser and express-session wrote: `s:value.code`, by the package cookie-signature.
 *
 * @param {string} text
 * @param {unknown} legacy
 * @param {string} name
 */
function unsignLegacy(text, legacy, name) {
  const secrets = typeof legacy === 'string' ? [legacy] : legacy;
  if (!Array.isArray(secrets) || !secrets.every((one) => typeof one === 'string' && one !== '')) {
    throw argument('legacy', 'a secret of cookie-signature, or several', legacy);
  }
  const dot = text.lastIndexOf('.');
  if (dot < 2 || !text.isWellFormed()) return refuse(1, name);
  const value = text.slice(2, dot);
  const code = text.slice(dot + 1);
  return secrets.some((secret) => native.isLegacy(secret, value, code)) ? value : refuse(3, name);
}

/**
 * @param {unknown} value anything that JSON can write
 * @param {import('./index').SealOptions} options
 * @returns {string}
 */
function seal(value, options) {
  const name = nameOf(options);
  const text = call(raw.seal, ringOf(options.keys), name, jsonOf(value), until(options.expiresInMs, DAY_MS));
  if (text.length + name.length > MAX_PAIR) {
    throw new HauberkError(
      'ERR_HAUBERK_COOKIES_SIZE',
      `the sealed value of ${show(name)} is larger than the ${MAX_PAIR} bytes that browsers keep: keep the data on the ` +
        'server, and seal its id',
    );
  }
  return text;
}

/**
 * @param {unknown} text
 * @param {import('./index').OpenOptions} options
 * @returns {any} null where it does not open
 */
function open(text, options) {
  const name = nameOf(options);
  const ring = ringOf(options.keys);
  if (typeof text !== 'string' || text.length > MAX_PAIR) return refuse(1, name);
  const value = call(raw.open, ring, name, text, Date.now());
  return typeof value === 'number' ? refuse(value, name) : JSON.parse(value);
}

/** @param {unknown} value */
function jsonOf(value) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new HauberkError('ERR_HAUBERK_ARGUMENT', 'the value cannot be written as JSON', { cause });
  }
  if (text === undefined) throw argument('the value', 'something that JSON can write', value);
  return text;
}

/** @param {{ name: string }} options */
function nameOf(options) {
  const name = options?.name;
  if (typeof name !== 'string' || name === '' || !name.isWellFormed()) {
    throw argument('name', 'the name of the cookie, as the application has it', name);
  }
  return name;
}

/**
 * @param {unknown} ms
 * @param {number} fallback 0: no end
 */
function until(ms, fallback) {
  if (ms === undefined) return fallback === 0 ? 0 : Date.now() + fallback;
  if (ms === Infinity) return 0;
  if (typeof ms === 'number' && ms > 0 && Number.isInteger(ms)) return Math.min(Date.now() + ms, LAST_MOMENT);
  throw argument('expiresInMs', 'a whole number of ms above 0, or Infinity', ms);
}

/**
 * @param {number} why
 * @param {string} name
 * @returns {null}
 */
function refuse(why, name) {
  const { code, detail } = REFUSED[why];
  publish({
    event: 'input_validation_fail',
    practice: 'cookies',
    code,
    blocked: true,
    detail: `the value of the cookie ${show(name)} ${detail}`,
    requestId: undefined,
    client: undefined,
    time: Date.now(),
  });
  return null;
}

/**
 * @template {(...args: any[]) => any} F
 * @param {F} work
 * @param {Parameters<F>} args
 * @returns {ReturnType<F>}
 */
function call(work, ...args) {
  try {
    return work(...args);
  } catch (error) {
    throw fromNative(error);
  }
}

/**
 * @param {string} what
 * @param {string} expected
 * @param {unknown} value
 */
function argument(what, expected, value) {
  return new HauberkError('ERR_HAUBERK_ARGUMENT', `${what} must be ${expected}; got ${show(value)}`);
}

module.exports = { adopt, sign, unsign, seal, open };
