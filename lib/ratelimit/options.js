'use strict';

const { HauberkError } = require('../internal/fault');
const { parse, invalid, integer, string, oneOf, func, mode } = require('../internal/options');
const { FORMATS } = require('./fields');
const { GATES } = require('./gates/options');
const { REMOTE, checkRemote } = require('./remote/options');

const DEFAULT_LIMIT = 600;
const DEFAULT_BURST = 200;
const MOST = 1_000_000_000;
const YEAR_MS = 31_536_000_000;

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

const SHAPE = Object.freeze({
  limit: integer({ min: 1, max: MOST }),
  windowMs: integer({ min: 1, max: YEAR_MS, unit: 'ms', default: 60_000 }),
  burst: integer({ min: 1, max: MOST }),
  cost,
  key: func(),
  skip: func(),
  name: string({
    pattern: /^[\w.:/#-]{1,64}$/,
    expected: 'a string of 1 to 64 letters, digits and . : / # - _',
  }),
  slots: integer({ min: 1024, max: 2 ** 26, default: 2 ** 20 }),
  statusCode: integer({ min: 400, max: 599, default: 429 }),
  message: string({ default: 'Too many requests; try again later.' }),
  handler: func(),
  fields,
  mode,
  scope: oneOf(['process', 'fleet']),
  ...REMOTE,
  ...GATES,
});

/**
 * @typedef {object} Settings
 * @property {number} limit
 * @property {number} windowMs
 * @property {number} burst
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
 * @property {'process' | 'fleet' | undefined} scope
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
 * @param {unknown} options
 * @returns {Readonly<Settings>}
 */
function parseOptions(options) {
  const given = parse('ratelimit', options, SHAPE);
  checkRemote(given);
  const limit = given.limit ?? DEFAULT_LIMIT;
  const burst = given.burst ?? given.limit ?? DEFAULT_BURST;
  if (limit > given.windowMs * 1000) {
    throw tooFast(`ratelimit.limit may be at most 1000 per ms of windowMs, here ${given.windowMs * 1000}`);
  }
  if (typeof given.cost === 'number' && given.cost > burst) {
    throw tooFast(`ratelimit.cost is above burst (${burst}), so that no request would ever pass`);
  }
  return Object.freeze({ ...given, limit, burst });
}

/** @param {string} message */
function tooFast(message) {
  return new HauberkError('ERR_HAUBERK_OPTION_INVALID', message);
}

module.exports = { parse: parseOptions };
