'use strict';

const { HauberkError } = require('../internal/fault');
const { parse, integer, string } = require('../internal/options');
const codes = require('./codes');
const { limiter, storeWith, userKey, charge, asked, decided } = require('./attempts');
const { sealerOption } = require('./seal');
const { label, uri, qr } = require('./uri');
const { WRONG, REPLAYED, tell } = require('./verdict');

/**
 * HOTP (RFC 4226). The rules:
 *
 * 1. The server expects the code of `counter`, and looks ahead for a device whose button was pressed in vain
 *    (section 7.4); the nearest counter that has the code is the one.
 * 2. What comes next is the counter behind it. Nothing looks back, so no code counts twice.
 * 3. A device that is further ahead is found again by two codes in a row (`resync`).
 */

const SHAPE = Object.freeze({
  ...codes.SHAPE,
  issuer: label,
  lookAhead: integer({ min: 0, max: 100, default: 10 }),
  resyncAhead: integer({ min: 1, max: 1000, default: 200 }),
});

const GUARD = Object.freeze({
  store: storeWith(['last', 'advance']),
  limiter,
  sealer: sealerOption,
  name: string({ default: 'hotp', pattern: /^[\w-]{1,32}$/, expected: '1 to 32 letters, digits, - and _' }),
});

/** @type {typeof import('./index').hotp} */
const hotp = Object.assign(make, make());

/** @param {unknown} [options] @returns {import('./index').Hotp} */
function make(options) {
  const settings = parse('mfa.hotp', options, SHAPE);
  const spec = codes.specOf(settings);
  const counterOf = (/** @type {unknown} */ value) => codes.wholeNumber(value, 'the counter of HOTP');

  /** @type {import('./index').Hotp['verify']} */
  function verify(secret, code, counter) {
    const from = counterOf(counter);
    const found = codes.search(secret, code, spec, from, from + settings.lookAhead);
    return found < 0 ? WRONG : { ok: true, counter: found, next: found + 1 };
  }

  /** @type {import('./index').Hotp['resync']} */
  function resync(secret, pair, counter) {
    const from = counterOf(counter);
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new HauberkError('ERR_HAUBERK_ARGUMENT', 'resync takes two codes, in the order they were shown');
    }
    const end = from + settings.resyncAhead;
    for (let at = from; at <= end; at += 1) {
      at = codes.search(secret, pair[0], spec, at, end);
      if (at < 0) break;
      if (codes.search(secret, pair[1], spec, at + 1, at + 1) > 0) {
        return { ok: true, counter: at + 1, next: at + 2 };
      }
    }
    return WRONG;
  }

  return {
    verify,
    resync,
    generateSecret: (bytes = 20) =>
      codes.newSecret(integer({ min: 16, max: 64, unit: 'bytes' })(bytes, 'mfa.hotp.generateSecret(bytes)')),
    generate: (secret, counter) => codes.generate(secret, spec, counterOf(counter)),
    uri: (secret, account, counter = 0, issuer = settings.issuer) =>
      uri('hotp', codes.canonical(secret, spec), account, issuer, settings, { counter: counterOf(counter) }),
    qr,
    guard: (given) => guard({ verify, resync }, given),
  };
}

/**
 * @param {Pick<import('./index').Hotp, 'verify' | 'resync'>} by
 * @param {unknown} options
 * @returns {import('./index').HotpGuard}
 */
function guard(by, options) {
  const { store, limiter: cap, sealer, name } = parse('mfa.hotp.guard', options, GUARD);

  /** @param {'verify' | 'resync'} how @param {string} user @param {any} secret @param {any} sent */
  async function attempt(how, user, secret, sent) {
    const key = `mfa:${name}:${userKey(user)}`;
    const capped = await charge(cap, key);
    if (capped) return capped;
    const last = await asked(() => store.last(key));
    const next = last === undefined || last === null ? 0 : codes.wholeNumber(last, 'what last() gives') + 1;
    const verdict = by[how](sealer ? sealer.open(secret, user) : secret, sent, next);
    if (!verdict.ok) return tell(verdict, 'a wrong one-time code');
    if (await decided('advance', () => store.advance(key, verdict.counter))) return verdict;
    return tell(REPLAYED, 'a one-time code was used a second time');
  }

  return {
    verify: (user, secret, code) => attempt('verify', user, secret, code),
    resync: (user, secret, pair) => attempt('resync', user, secret, pair),
  };
}

module.exports = { hotp };
