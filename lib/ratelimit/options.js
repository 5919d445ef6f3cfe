'use strict';

const { HauberkError } = require('../internal/fault');
const { parse, invalid, integer, string, oneOf, func, list, mode } = require('../internal/options');
const { FORMATS, usualName } = require('./fields');
const { GATES } = require('./gates/options');
const { REMOTE, checkRemote } = require('./remote/options');

const DEFAULT_LIMIT = 600;
const DEFAULT_BURST = 200;
const MOST = 1_000_000_000;
const YEAR_MS = 31_536_000_000;
const MINUTE_MS = 60_000;
/** As in src/ratelimit/limiter.rs. */
const MOST_POLICIES = 8;

/** Forms that use the same field names, of which only one can be sent. */
const DRAFTS = Object.freeze(Object.keys(FORMATS).filter((name) => name !== 'legacy'));

/** @param {unknown} value @param {string} path */
function fields(value, path) {
  if (value === undefined) return Object.freeze(['draft-10']);
  if (value === false) return Object.freeze([]);
  const list = Array.isArray(value) ? value : [value];
  const known = oneOf(Object.keys(FORMATS));
  list.forEach((name, i) => {
    if (name === undefined) throw invalid(`${path}[${i}]`, 'the name of a form', name);
    known(name, Array.isArray(value) ? `${path}[${i}]` : path);
  });
  if (list.length === 0) throw invalid(path, 'false, or at least one form', value);
  if (list.filter((name) => DRAFTS.includes(name)).length > 1 || new Set(list).size < list.length) {
    throw invalid(path, "at most one of the drafts, and 'legacy' at most once", value);
  }
  return Object.freeze([...list]);
}

/** @param {unknown} value @param {string} path */
function cost(value, path) {
  if (typeof value === 'function') return value;
  return integer({ min: 1, max: MOST, default: 1 })(value, path);
}

/** @param {unknown} value @param {string} path */
function limit(value, path) {
  if (typeof value === 'function') return value;
  return integer({ min: 1, max: MOST })(value, path);
}

/** Letters and signs that can stand in a response field, a file name's source and a policy's name. */
const name = string({
  pattern: /^[\w.:/#-]{1,64}$/,
  expected: 'a string of 1 to 64 letters, digits and . : / # - _',
});

/** One of several policies. */
const POLICY = Object.freeze({
  name,
  limit: required(integer({ min: 1, max: MOST })),
  windowMs: integer({ min: 1, max: YEAR_MS, unit: 'ms' }),
  burst: integer({ min: 1, max: MOST }),
});

/** @param {(value: unknown, path: string) => any} check @returns {(value: unknown, path: string) => any} */
function required(check) {
  return (value, path) => {
    if (value === undefined) throw invalid(path, 'given', value);
    return check(value, path);
  };
}

const SHAPE = Object.freeze({
  limit,
  windowMs: integer({ min: 1, max: YEAR_MS, unit: 'ms' }),
  burst: integer({ min: 1, max: MOST }),
  policies,
  algorithm: oneOf(['gcra', 'fixed-window'], 'gcra'),
  cost,
  key: func(),
  skip: func(),
  name,
  scope: oneOf(['process', 'machine', 'fleet']),
  directory: string({ pattern: /^[^\0]{1,4096}$/, expected: 'the path of a directory' }),
  slots: integer({ min: 1024, max: 2 ** 26, default: 2 ** 20 }),
  statusCode: integer({ min: 400, max: 599, default: 429 }),
  message: string({ default: 'Too many requests; try again later.' }),
  handler: func(),
  fields,
  mode,
  ...REMOTE,
  ...GATES,
});

/**
 * @typedef {object} PolicySettings
 * @property {string} name
 * @property {number} limit 0: it varies
 * @property {number} windowMs
 * @property {number} burst 0: the limit of each request
 */

/**
 * @typedef {object} Settings
 * @property {readonly Readonly<PolicySettings>[]} policies at least one
 * @property {((req: any) => number) | undefined} limitOf where the limit varies
 * @property {'gcra' | 'fixed-window'} algorithm
 * @property {'process' | 'machine' | 'fleet'} scope
 * @property {string | undefined} directory
 * @property {number | ((req: any) => number)} cost
 * @property {((req: any) => string) | undefined} key
 * @property {((req: any) => boolean) | undefined} skip
 * @property {string | undefined} name
 * @property {number} slots
 * @property {number} statusCode
 * @property {string} message
 * @property {((req: any, res: any, decision: import('./limiter').Decision) => unknown) | undefined} handler
 * @property {readonly string[]} fields
 * @property {'enforce' | 'report' | undefined} mode
 * @property {any} redis
 * @property {any} store
 * @property {string} prefix
 * @property {number} deadlineMs
 * @property {number} fallbackShare
 * @property {'local' | 'refuse'} onStoreError
 * @property {import('../client/blocks').Blocks | undefined} allow
 * @property {import('../client/blocks').Blocks | undefined} deny
 * @property {number | undefined} concurrency
 * @property {number | undefined} concurrencyPerKey
 * @property {number | undefined} maxLoopDelayMs
 * @property {import('./gates/options').SlowDown | undefined} slowDown
 * @property {boolean} perRoute
 */

/**
 * @param {unknown} options an array is `{ policies }`
 * @returns {Readonly<Settings>}
 */
function parseOptions(options) {
  const given = parse('ratelimit', Array.isArray(options) ? { policies: options } : options, SHAPE);
  const policies = given.policies === undefined ? [single(given)] : several(given);
  const burst = Math.min(...policies.map((/** @type {PolicySettings} */ policy) => policy.burst || MOST));
  checkRemote(given);
  if (typeof given.cost === 'number' && given.cost > burst) {
    throw impossible(`ratelimit.cost is above burst (${burst}), so that no request would ever pass`);
  }
  if (given.scope === 'machine' && given.name === undefined) {
    throw impossible(
      "ratelimit.scope: 'machine' needs a name, by which all processes of the app find the table",
    );
  }
  if (given.scope !== 'machine' && given.directory !== undefined) {
    throw impossible("ratelimit.directory is where scope: 'machine' keeps its table; it has no use without");
  }
  const limitOf = typeof given.limit === 'function' ? given.limit : undefined;
  const scope = given.scope ?? (given.redis === undefined ? 'process' : 'fleet');
  return Object.freeze({ ...given, scope, policies: Object.freeze(policies), limitOf });
}

/** @param {any} given @returns {Readonly<PolicySettings>} */
function single(given) {
  if (typeof given.limit === 'function') return varying(given);
  const policy = { ...given, limit: given.limit ?? DEFAULT_LIMIT };
  return complete(
    policy,
    'ratelimit',
    given.limit === undefined ? DEFAULT_BURST : policy.limit,
    given.algorithm,
  );
}

/** @param {any} given whose limit is a function */
function varying({ name: given, windowMs = MINUTE_MS, burst = 0, algorithm }) {
  if (algorithm === 'fixed-window' && burst !== 0) throw burstless('ratelimit');
  return Object.freeze({ name: given ?? 'varying', limit: 0, windowMs, burst });
}

/** @param {any} given */
function several(given) {
  for (const other of ['limit', 'windowMs', 'burst']) {
    if (given[other] === undefined) continue;
    throw impossible(`ratelimit takes either policies or ${other}; put ${other} into each policy`);
  }
  const all = given.policies.map((/** @type {any} */ policy, /** @type {number} */ i) =>
    complete(policy, `ratelimit.policies[${i}]`, policy.limit, given.algorithm),
  );
  const names = all.map((/** @type {PolicySettings} */ policy) => policy.name);
  const twice = names.find((/** @type {string} */ one, /** @type {number} */ i) => names.indexOf(one) !== i);
  if (twice !== undefined) {
    throw impossible(`ratelimit.policies has two policies of the name ${twice}; give each its own`);
  }
  return all;
}

/**
 * @param {any} policy
 * @param {string} path
 * @param {number} usualBurst
 * @param {string} algorithm
 * @returns {Readonly<PolicySettings>}
 */
function complete(policy, path, usualBurst, algorithm) {
  const { limit: units, windowMs = MINUTE_MS } = policy;
  if (units > windowMs * 1000) {
    throw impossible(`${path}.limit may be at most 1000 per ms of windowMs, here ${windowMs * 1000}`);
  }
  if (algorithm === 'fixed-window' && policy.burst !== undefined) {
    throw burstless(path);
  }
  const burst = algorithm === 'fixed-window' ? units : (policy.burst ?? usualBurst);
  return Object.freeze({ name: policy.name ?? usualName(units, windowMs), limit: units, windowMs, burst });
}

/** @param {unknown} value @param {string} path */
function policies(value, path) {
  if (value === undefined) return undefined;
  const items = list((/** @type {unknown} */ item, /** @type {string} */ at) => parse(at, item, POLICY))(
    value,
    path,
  );
  if (items.length >= 1 && items.length <= MOST_POLICIES) return items;
  throw invalid(path, `a list of one to ${MOST_POLICIES} policies`, value);
}

/** @param {string} path */
function burstless(path) {
  return impossible(`${path}.burst has no meaning where the algorithm is 'fixed-window'`);
}

/** @param {string} message */
function impossible(message) {
  return new HauberkError('ERR_HAUBERK_OPTION_INVALID', message);
}

module.exports = { parse: parseOptions };
