'use strict';

const { HauberkError } = require('../internal/fault');
const { parse, integer, string } = require('../internal/options');
const codes = require('./codes');
const { limiter, storeWith, userKey, charge, decided } = require('./attempts');
const { sealerOption } = require('./seal');
const { label, uri, qr, checkQr } = require('./uri');
const { WRONG, REPLAYED, tell } = require('./verdict');

/**
 * TOTP (RFC 6238). The rules:
 *
 * 1. A code counts for its step and `window` steps on either side; the latest step that has it is the one.
 * 2. A step that is not above `after`, the last one accepted, is a replay (RFC 6238, section 5.2).
 * 3. `guard` keeps that last step in a store that sets it only if it is greater, in one operation: of many
 *    requests with the same code one gets in.
 */

const SHAPE = Object.freeze({
  ...codes.SHAPE,
  issuer: label,
  period: integer({ min: 10, max: 60, unit: 'seconds', default: 30 }),
  window: integer({ min: 0, max: 5, default: 1 }),
});

const GUARD = Object.freeze({
  store: storeWith(['advance']),
  limiter,
  sealer: sealerOption,
  name: string({ default: 'totp', pattern: /^[\w-]{1,32}$/, expected: '1 to 32 letters, digits, - and _' }),
});

/** @param {unknown} time ms since the epoch @param {number} period */
function stepAt(time, period) {
  const ms = time === undefined ? Date.now() : codes.wholeNumber(time, 'time (ms since the epoch)');
  return Math.floor(ms / (period * 1000));
}

/**
 * The options of one call: a misspelt `after` would switch replay protection off in silence.
 *
 * @param {unknown} given
 * @param {readonly string[]} known
 */
function callOptions(given, known) {
  if (given === undefined) return NONE;
  if (typeof given !== 'object' || given === null) {
    throw new HauberkError('ERR_HAUBERK_ARGUMENT', `options are an object with ${known.join(', ')}`);
  }
  for (const name in given) {
    if (!known.includes(name)) parse('mfa.totp call', { [name]: 0 }, CALL);
  }
  return /** @type {{ time?: unknown, after?: unknown }} */ (given);
}

const NONE = Object.freeze({ time: undefined, after: undefined });
const CALL = Object.freeze({ time: () => undefined, after: () => undefined });
const VERIFY = Object.freeze(['time', 'after']);
const GENERATE = Object.freeze(['time']);

/**
 * TOTP with these parameters.
 *
 * @type {typeof import('./index').totp}
 */
const totp = Object.assign(make, make());

/** @param {unknown} [options] @returns {import('./index').Totp} */
function make(options) {
  const settings = parse('mfa.totp', options, SHAPE);
  const { period, window } = settings;
  const spec = codes.specOf(settings);

  /** @type {import('./index').Totp['verify']} */
  function verify(secret, code, given) {
    const { time, after } = callOptions(given, VERIFY);
    const now = stepAt(time, period);
    const step = codes.search(secret, code, spec, now + window, Math.max(0, now - window));
    if (step < 0) return WRONG;
    if (after !== undefined && after !== null && step <= codes.wholeNumber(after, 'after', -1)) {
      return REPLAYED;
    }
    return { ok: true, step, drift: step - now };
  }

  return {
    verify,
    generateSecret: (bytes = 20) => codes.newSecret(secretBytes(bytes)),
    generate: (secret, given) =>
      codes.generate(secret, spec, stepAt(callOptions(given, GENERATE).time, period)),
    uri: (secret, account, issuer) =>
      uri('totp', codes.canonical(secret, spec), account, issuer ?? settings.issuer, settings, { period }),
    qr,
    enrol(account, given) {
      checkQr(given);
      const secret = codes.newSecret(20);
      const text = uri('totp', secret, account, settings.issuer, settings, { period });
      return { secret, uri: text, svg: qr(text, given) };
    },
    guard: (given) => guard(verify, given),
  };
}

/** @param {unknown} bytes */
function secretBytes(bytes) {
  return integer({ min: 16, max: 64, unit: 'bytes' })(bytes, 'mfa.totp.generateSecret(bytes)');
}

/**
 * @param {import('./index').Totp['verify']} verify
 * @param {unknown} options
 * @returns {import('./index').TotpGuard}
 */
function guard(verify, options) {
  const { store, limiter: cap, sealer, name } = parse('mfa.totp.guard', options, GUARD);
  return {
    async verify(user, secret, code, given) {
      const key = `mfa:${name}:${userKey(user)}`;
      const capped = await charge(cap, key);
      if (capped) return capped;
      const { time } = callOptions(given, GENERATE);
      const open = sealer ? sealer.open(secret, user) : secret;
      const verdict = verify(
        open,
        code,
        time === undefined ? undefined : { time: /** @type {number} */ (time) },
      );
      if (!verdict.ok) return tell(verdict, 'a wrong one-time code');
      if (await decided('advance', () => store.advance(key, verdict.step))) return verdict;
      return tell(REPLAYED, 'a one-time code was used a second time');
    },
  };
}

module.exports = { totp };
