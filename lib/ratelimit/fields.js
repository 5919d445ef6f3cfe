'use strict';

const { setTrusted } = require('../internal/header-store');

/**
 * The response fields, in the five forms that clients know. A form that is a list tells every limiter of
 * the request; a form that holds one value tells the limiter with the least left.
 *
 * `w` and every time are whole seconds (RFC 9651 integers), rounded up; `q` is what the policy admits in
 * `w` over time.
 */

/** What a policy says about itself; everything that does not change from request to request. */
class Policy {
  /**
   * @param {Readonly<import('./options').PolicySettings>} settings
   * @param {Pick<import('./options').Settings, 'fields' | 'algorithm'>} settings of the limiter
   */
  constructor({ name, limit, windowMs, burst }, { fields, algorithm }) {
    this.name = name;
    this.limit = limit;
    this.window = Math.ceil(windowMs / 1000);
    this.quota = Math.max(1, Math.floor((limit * this.window * 1000) / windowMs));
    /** ms that all units but one take to come back; of a fixed window all come back at once */
    this.allButOneMs = algorithm === 'fixed-window' ? 0 : ((burst - 1) * windowMs) / limit;
    this.forms = fields.map((form) => {
      const { list, value, policy, write } = FORMATS[/** @type {keyof typeof FORMATS} */ (form)];
      return { name: form, list, value, write, policy: policy?.(this, name) ?? '', policyAs: policy };
    });
  }
}

/** One decision, until the head is written. */
class Charge {
  /**
   * @param {Policy} policy
   * @param {number} remaining
   * @param {number} waitMs ms until more is left: all of it, or where nothing is left, something
   * @param {Charge | undefined} before the charge before this one
   */
  constructor(policy, remaining, waitMs, before) {
    this.policy = policy;
    this.remaining = remaining;
    this.seconds = Math.ceil(waitMs / 1000);
    this.before = before;
    /** @type {string} */
    this.name = before === undefined ? policy.name : ownName(policy, before);
  }
}

/**
 * A name in the fields stands for one policy: another one of the same name is told by its place.
 *
 * @param {Policy} policy
 * @param {Charge} before
 * @returns {string}
 */
function ownName(policy, before) {
  const others = new Set();
  for (
    let charge = /** @type {Charge | undefined} */ (before);
    charge !== undefined;
    charge = charge.before
  ) {
    if (charge.policy === policy) return charge.name;
    if (charge.policy.name === policy.name) others.add(charge.policy);
  }
  return others.size === 0 ? policy.name : `${policy.name}-${others.size + 1}`;
}

/** The name of a policy that was given none. @param {number} limit @param {number} windowMs */
function usualName(limit, windowMs) {
  return `${limit}-in-${duration(windowMs)}`;
}

/**
 * @typedef {object} Form
 * @property {boolean} list
 * @property {(policy: Policy, name: string) => string} [policy] the constant `RateLimit-Policy`
 * @property {(charge: Charge) => string} value what `write` writes, of one charge
 * @property {(res: import('node:http').ServerResponse, policy: string, value: string, charge: Charge) => void} write
 */

/** @type {Form['write']} */
function writeTwo(res, policy, value) {
  setTrusted(res, 'ratelimit-policy', 'RateLimit-Policy', policy);
  setTrusted(res, 'ratelimit', 'RateLimit', value);
}

/** @type {Readonly<Record<'draft-10' | 'draft-8' | 'draft-7' | 'draft-6' | 'legacy', Form>>} */
const FORMATS = Object.freeze({
  // draft-ietf-httpapi-ratelimit-headers-10
  'draft-10': {
    list: true,
    policy: ({ quota, window }, name) => `"${name}";q=${quota};w=${window}`,
    value: ({ name, remaining, seconds }) => `"${name}";r=${remaining};t=${seconds}`,
    write: writeTwo,
  },
  'draft-8': {
    list: true,
    policy: ({ quota, window }, name) => `"${name}"; q=${quota}; w=${window}`,
    value: ({ name, remaining, seconds }) => `"${name}"; r=${remaining}; t=${seconds}`,
    write: writeTwo,
  },
  'draft-7': {
    list: false,
    policy: ({ quota, window }) => `${quota};w=${window}`,
    value: ({ policy, remaining, seconds }) =>
      `limit=${policy.quota}, remaining=${remaining}, reset=${seconds}`,
    write: writeTwo,
  },
  'draft-6': {
    list: false,
    policy: ({ quota, window }) => `${quota};w=${window}`,
    value: () => '',
    write(res, policy, _value, charge) {
      setTrusted(res, 'ratelimit-policy', 'RateLimit-Policy', policy);
      setTrusted(res, 'ratelimit-limit', 'RateLimit-Limit', String(charge.policy.quota));
      setTrusted(res, 'ratelimit-remaining', 'RateLimit-Remaining', String(charge.remaining));
      setTrusted(res, 'ratelimit-reset', 'RateLimit-Reset', String(charge.seconds));
    },
  },
  legacy: {
    list: false,
    value: () => '',
    write(res, _policy, _value, charge) {
      setTrusted(res, 'x-ratelimit-limit', 'X-RateLimit-Limit', String(charge.policy.quota));
      setTrusted(res, 'x-ratelimit-remaining', 'X-RateLimit-Remaining', String(charge.remaining));
      // The one form whose reset is a point in time: seconds since the epoch.
      setTrusted(
        res,
        'x-ratelimit-reset',
        'X-RateLimit-Reset',
        String(Math.ceil(Date.now() / 1000) + charge.seconds),
      );
    },
  },
});

/**
 * The head step of every limiter: the first that runs writes the fields of all.
 *
 * @param {import('node:http').ServerResponse} res
 * @param {import('../internal/context').Context} context
 */
function writeFields(res, context) {
  const charge = context.ratelimit;
  if (charge === undefined) return;
  context.ratelimit = undefined;
  if (charge.before !== undefined) return writeSeveral(res, charge);
  for (const form of charge.policy.forms) form.write(res, form.policy, form.value(charge), charge);
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {Charge} last
 */
function writeSeveral(res, last) {
  /** @type {Map<string, { write: Form['write'], policy: string, value: string, charge: Charge }>} */
  const told = new Map();
  /** A policy that was charged twice (a limiter mounted twice) is told once, as it is after the last. */
  const seen = new Set();
  for (let charge = /** @type {Charge | undefined} */ (last); charge !== undefined; charge = charge.before) {
    if (seen.has(charge.policy)) continue;
    seen.add(charge.policy);
    for (const form of charge.policy.forms) {
      const { name, list, value, write } = form;
      const policy = form.policyAs?.(charge.policy, charge.name) ?? '';
      const known = told.get(name);
      if (known !== undefined && list) {
        known.policy = `${policy}, ${known.policy}`;
        known.value = `${value(charge)}, ${known.value}`;
      } else if (known === undefined || charge.remaining < known.charge.remaining) {
        told.set(name, { write, policy, value: value(charge), charge });
      }
    }
  }
  for (const { write, policy, value, charge } of told.values()) write(res, policy, value, charge);
}

/** @type {readonly (readonly [number, string])[]} */
const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hr'],
  [60_000, 'min'],
  [1000, 'sec'],
];

/** @param {number} ms */
function duration(ms) {
  const unit = UNITS.find(([size]) => ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[0]}${unit[1]}`;
}

exports.FORMATS = FORMATS;
exports.Policy = Policy;
exports.Charge = Charge;
exports.usualName = usualName;
exports.writeFields = writeFields;
