'use strict';

const { isAuthenticated } = require('../internal/authenticated');
const { sayOnce } = require('../internal/events');
const { setList, setMissing, setTrusted } = require('../internal/header-store');
const { hostOf, isLocal, isSecure } = require('../internal/transport');
const { offer } = require('./nonce');
const { parse } = require('./options');
const { plan: planOf } = require('./plan');
const { evaluate, withoutNonce, write } = require('./policy');

/**
 * Security headers, applied when the head is written.
 *
 * 1. What the application set itself is left alone.
 * 2. Preset `auto`: `text/html` gets the set `site`, everything else the set `api`, a 304 only what both
 *    agree on.
 * 3. HSTS and upgrade-insecure-requests only over HTTPS, and never for a local name or an address.
 * 4. A nonce stands in the policy only if it was asked for, never on a 304 and never on a response that
 *    the application lets be cached; a response with a nonce gets `Cache-Control: no-store`.
 * 5. An authenticated request's response gets `Cache-Control: no-store` unless the application set some.
 * 6. X-Powered-By and Server are removed.
 *
 * Preset `helmet` does what helmet does instead: it sets the fields at once, on any transport, and the
 * application may change or remove them. On a status of 400 and above those that were lost come back.
 *
 * @typedef {{ mode?: 'enforce' | 'report', trusts?: (req: any) => boolean, sessionCookies?: readonly string[], powered?: { kept: boolean } }} Shared
 */

/**
 * @param {ReturnType<typeof parse>} settings
 * @param {Shared} [shared] `trusts` says whether a request's peer may speak for the client;
 *   `sessionCookies` are further names of session cookies; `powered` is what the stages of one guard tell
 *   each other: whether one of them lets X-Powered-By leave
 * @returns {import('../internal/stage').Stage}
 */
function create(settings, shared = {}) {
  const mode = settings.mode ?? shared.mode ?? 'enforce';
  const plan = planOf(settings, {
    report: mode === 'report',
    sessionCookies: [...settings.sessionCookies, ...(shared.sessionCookies ?? [])],
  });
  const applied = { plan, trusts: shared.trusts };
  const { powered = { kept: false } } = shared;
  if (mode === 'report' || !plan.removed.includes('x-powered-by')) powered.kept = true;
  return {
    practice: 'headers',
    settings: { ...settings, mode },
    run(req, res, context) {
      context.headers = applied;
      if (!powered.kept) silence(req.app);
      if (plan.usesNonce) offer(res, context);
      if (plan.dynamic.length > 0) {
        // A value of an outer guard must not stand in this one's place, should a function throw.
        context.policyValues = undefined;
        context.policyValues = evaluate(plan.dynamic, req, res);
      }
      if (plan.early) setAll(res, plan.lists.helmet[1], context);
    },
    head: applyHeaders,
  };
}

/**
 * Keeps Express from setting a field on each request that is only removed again.
 *
 * @param {any} app
 */
function silence(app) {
  if (app?.settings?.['x-powered-by'] === true) app.disable('x-powered-by');
}

/** @type {import('../internal/context').HeadStep} one function for all, so that the innermost guard wins */
function applyHeaders(res, context) {
  if (context.headers === undefined) return;
  const { plan, trusts } = context.headers;
  const req = /** @type {any} */ (res).req;
  if (plan.early) return applyEarly(res, plan, context);
  const https = isSecure(req, trusts) && !isLocal(hostOf(req, trusts)) ? 1 : 0;
  const list = plan.lists[kindOf(plan, res)][https];
  context.laid = list;
  complete(res, list, plan);
  for (let i = 0; i < list.policies.length; i += 1) setPolicy(res, list.policies[i], context);
  if (plan.noStore && isAuthenticated(req, plan.sessionCookies) && !res.hasHeader('cache-control')) {
    setTrusted(res, 'cache-control', 'Cache-Control', 'no-store');
  }
}

/**
 * @param {import('./plan').Plan} plan
 * @param {import('node:http').ServerResponse} res
 */
function kindOf(plan, res) {
  if (plan.preset !== 'auto') return plan.preset;
  if (res.statusCode === 304) return 'either';
  const type = res.getHeader('content-type');
  // Most answers of an API: no pattern is needed for them.
  if (typeof type !== 'string' || type.startsWith('application/json')) return 'api';
  return type.startsWith('text/html') || /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type)
    ? 'site'
    : 'api';
}

/**
 * Sets what the application has not set, and removes what tells about it.
 *
 * @param {import('node:http').ServerResponse} res
 * @param {import('./plan').List} list
 * @param {import('./plan').Plan} plan
 */
function complete(res, list, { removed }) {
  for (let i = 0; i < removed.length; i += 1) if (res.hasHeader(removed[i])) res.removeHeader(removed[i]);
  setMissing(res, list);
}

/**
 * A policy that depends on the response.
 *
 * @param {import('node:http').ServerResponse} res
 * @param {import('./policy').Policy} policy
 * @param {import('../internal/context').Context} context
 */
function setPolicy(res, policy, context) {
  if (res.hasHeader(policy.name)) return;
  const { nonce } = context;
  if (res.statusCode === 304) {
    // It would take the place of the stored policy, and the stored page has another nonce.
    const text = write(policy, context.policyValues, undefined);
    if (!policy.usesNonce && !text.includes("'nonce-")) res.setHeader(policy.name, text);
    return;
  }
  const text = write(policy, context.policyValues, nonce);
  res.setHeader(policy.name, text.includes("'nonce-") && isCacheable(res) ? leaveOut(text) : text);
}

/**
 * Whether the application lets a response with a nonce be used twice; where it said nothing, it is told
 * not to be stored.
 *
 * @param {import('node:http').ServerResponse} res
 */
function isCacheable(res) {
  const control = res.getHeader('cache-control');
  if (control === undefined) {
    res.setHeader('Cache-Control', 'no-store');
    return false;
  }
  return !/no-store|no-cache|max-age=0(?!\d)/i.test(String(control));
}

/** @param {string} text */
function leaveOut(text) {
  sayOnce(
    'HAUBERK_HEADERS_NONCE_CACHEABLE',
    'a response with a CSP nonce may be cached (its Cache-Control says so), so the nonce was left out of its ' +
      'policy and its inline scripts do not run; send Cache-Control: no-store, or use hashes instead',
  );
  return withoutNonce(text);
}

/**
 * Sets every field, whatever was there before.
 *
 * @param {import('node:http').ServerResponse} res
 * @param {import('./plan').List} list
 * @param {import('../internal/context').Context} context
 */
function setAll(res, list, context) {
  for (const policy of list.policies)
    res.setHeader(policy.name, write(policy, context.policyValues, context.nonce));
  setList(res, list);
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {import('./plan').Plan} plan
 * @param {import('../internal/context').Context} context
 */
function applyEarly(res, plan, context) {
  const list = plan.lists.helmet[1];
  context.laid = list;
  for (const name of plan.removed) res.removeHeader(name);
  for (const policy of list.policies) {
    if (policy.usesNonce && context.nonce !== undefined) {
      // The nonce was asked for after the fields were set.
      const before = write(policy, context.policyValues, undefined);
      if (res.getHeader(policy.name) === before) res.removeHeader(policy.name);
      setPolicy(res, policy, context);
    } else if (res.statusCode === 304) {
      const value = String(res.getHeader(policy.name));
      if (value.includes("'nonce-")) res.removeHeader(policy.name);
    }
  }
  if (res.statusCode < 400) return;
  complete(res, list, plan);
  for (const policy of list.policies) {
    if (res.hasHeader(policy.name)) continue;
    res.setHeader(policy.name, write(policy, context.policyValues, context.nonce));
  }
}

exports.parse = parse;
exports.create = create;
