'use strict';

const { CookieNames, TELLTALE } = require('../internal/cookie-names');
const { cookiesOf } = require('../internal/header-store');
const { Keys } = require('../internal/keys');
const { isProduction } = require('../internal/production');
const { isSecure } = require('../internal/transport');
const incoming = require('./incoming');
const { Notes } = require('./notes');
const { parse } = require('./options');
const { obey, reasonToDrop } = require('./policy');
const { isDevelopment } = require('./plain');
const { watch } = require('./readable');
const { read, write } = require('./set-cookie');
const { adopt } = require('./vault');

/**
 * The cookie guard: cookies come in under the names that the application knows (lib/cookies/incoming.js) and leave as the
 * policy wants them (lib/cookies/policy.js), whoever set them.
 *
 * It refuses no request. In dry run nothing is changed, and what would have been is told. Of two cookie guards on one
 * request the outer one counts: the names were translated there.
 *
 * @param {ReturnType<typeof parse>} settings
 * @param {{ mode?: 'enforce' | 'report', keys?: Keys, trusts?: (req: any) => boolean }} [shared] the guard's mode and
 *   keys, where the practice has none of its own; whether a request's peer may speak for the client
 * @returns {import('../internal/stage').Stage}
 */
function create(settings, shared = {}) {
  const mode = settings.mode ?? shared.mode ?? 'enforce';
  const keys = settings.keys === undefined ? (shared.keys ?? new Keys(undefined)) : new Keys(settings.keys);
  adopt(keys);
  const policy = policyOf(settings, mode === 'enforce', keys, shared.trusts);
  return {
    practice: 'cookies',
    settings: { ...settings, mode },
    run(req, res, context) {
      if (context.cookies !== undefined) return;
      context.cookies = policy;
      watch(res);
      if (req.headers.cookie !== undefined && policy.names !== undefined) translate(req, context, policy);
    },
    head: applyPolicy,
    report: () => [...unsafeOptions(settings, keys), ...policy.notes.findings()],
  };
}

/**
 * @param {any} settings
 * @param {boolean} enforce
 * @param {Keys} keys
 * @param {((req: any) => boolean) | undefined} trusts
 * @returns {import('./policy').Policy}
 */
function policyOf(settings, enforce, keys, trusts) {
  const { names, shared, keep } = settings;
  const production = isProduction();
  const telltale = [...TELLTALE, ...names, ...shared].flatMap((name) => [name, `${name}.sig`]);
  return Object.freeze({
    settings,
    enforce,
    names: settings.rename ? new CookieNames(keys, { names, shared, keep }) : undefined,
    readable: new Set(settings.readable),
    telltale: new Set(telltale),
    sameSite: settings.sameSite === 'strict' ? 'Strict' : 'Lax',
    isPlain: (/** @type {any} */ req) =>
      !production && (isDevelopment(req) || (settings.insecure && !isSecure(req, trusts))),
    notes: new Notes(enforce),
  });
}

/**
 * @param {any} req
 * @param {import('../internal/context').Context} context
 * @param {import('./policy').Policy} policy
 */
function translate(req, context, policy) {
  const { notes, settings } = policy;
  const names = /** @type {import('../internal/cookie-names').CookieNames} */ (policy.names);
  const dual = settings.oldNamesUntil !== undefined && Date.now() < settings.oldNamesUntil;
  const result = incoming.read(req.headers.cookie, names, policy.isPlain(req), dual);
  if (result === undefined) return;
  if (result.forged !== undefined) notes.forged(context, result.forged);
  if (result.old !== undefined && !dual) notes.refusedOld(result.old[0]);
  if (!policy.enforce) return;
  if (dual) context.oldCookies = result.old;
  if (result.header === '') delete req.headers.cookie;
  else req.headers.cookie = result.header;
}

/** @type {import('../internal/context').HeadStep} one function for all, so that it runs once */
function applyPolicy(res, context) {
  const fields = cookiesOf(res);
  if (fields === undefined || context.cookies === undefined) return;
  const policy = context.cookies;
  const plain = policy.isPlain(res.req);
  /** @type {string[]} */
  const leaving = [];
  for (const field of fields) {
    const cookie = read(field);
    const { name } = cookie;
    const why = reasonToDrop(cookie, field);
    if (why !== undefined) {
      policy.notes.drop(context, name, why);
      continue;
    }
    if (context.oldCookies?.includes(name)) leaving.push(clearing(cookie, plain));
    const mayBeRead = policy.readable.has(name) || Boolean(context.readableCookies?.includes(name));
    policy.notes.policy(context, name, obey(cookie, policy, plain, mayBeRead));
    leaving.push(write(cookie));
  }
  if (!policy.enforce) return;
  if (plain) policy.notes.sawPlain();
  if (leaving.length === 0) res.removeHeader('Set-Cookie');
  else res.setHeader('Set-Cookie', leaving);
}

/**
 * Ends the cookie under its old name, once it has a new one or was cleared: else a logout would leave it.
 *
 * @param {import('./set-cookie').SetCookie} cookie
 * @param {boolean} plain
 */
function clearing({ name, domain, path }, plain) {
  const blank = { name, value: '', domain, path, secure: !plain, httpOnly: true, partitioned: false };
  return write({ ...blank, sameSite: 'Lax', rest: '; Expires=Thu, 01 Jan 1970 00:00:00 GMT', over: true });
}

/**
 * @param {any} settings
 * @param {Keys} keys
 * @returns {import('../internal/stage').Finding[]}
 */
function unsafeOptions(settings, keys) {
  /** @type {import('../internal/stage').Finding[]} */
  const found = [];
  if (settings.insecure) {
    found.push({
      level: 'unsafe',
      what: 'cookies leave without Secure over plain HTTP',
      fix: 'remove cookies: { insecure: true }',
    });
  }
  if (!settings.rename) {
    found.push({
      level: 'note',
      what: 'session cookies keep the names that frameworks gave them',
      fix: 'remove cookies: { rename: false }',
    });
  } else if (!keys.lasting) {
    found.push({
      level: 'note',
      what: "the names of session cookies are derived from the package's name, which others may know",
      fix: 'set HAUBERK_SECRET to at least 32 random bytes',
    });
  }
  if (settings.oldNamesUntil !== undefined && settings.oldNamesUntil <= Date.now()) {
    found.push({
      level: 'note',
      what: 'the time in which old cookie names were read is over',
      fix: 'remove cookies: { oldNamesUntil }',
    });
  }
  return found;
}

module.exports = { parse, create };
