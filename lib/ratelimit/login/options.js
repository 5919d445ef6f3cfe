'use strict';

const { parse, invalid, integer, string, func, oneOf, mode } = require('../../internal/options');
const { HauberkError } = require('../../internal/fault');
const { redisClient } = require('../fleet/sender');
const { REMOTE } = require('../remote/options');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How a lane locks: after `after` failures for `firstMs`, twice as long after each one more, `maxMs` at most.
 * One failure is forgotten every `forgetMs`.
 *
 * @typedef {{ after: number, firstMs: number, maxMs: number, forgetMs: number }} LaneSettings
 */

/** @param {LaneSettings} usual */
function lane(usual) {
  const shape = Object.freeze({
    after: integer({ min: 1, max: 1000, default: usual.after }),
    firstMs: integer({ min: 1000, max: DAY, unit: 'ms', default: usual.firstMs }),
    maxMs: integer({ min: 1000, max: 7 * DAY, unit: 'ms', default: usual.maxMs }),
    forgetMs: integer({ min: 1000, max: 30 * DAY, unit: 'ms', default: usual.forgetMs }),
  });
  return (/** @type {unknown} */ value, /** @type {string} */ path) => {
    const given = parse(path, value, shape);
    if (given.firstMs > given.maxMs) throw invalid(`${path}.maxMs`, 'at least firstMs', given.maxMs);
    return given;
  };
}

const SHAPE = Object.freeze({
  account: func(),
  name: string({
    pattern: /^[\w.-]{1,32}$/,
    expected: 'a string of 1 to 32 letters, digits and . - _',
  }),
  secret: (/** @type {any} */ value) => value,
  scope: oneOf(['process', 'machine', 'fleet']),
  directory: string({ pattern: /^[^\0]{1,4096}$/, expected: 'the path of a directory' }),
  redis: redisClient,
  prefix: REMOTE.prefix,
  deadlineMs: REMOTE.deadlineMs,
  slots: integer({ min: 1024, max: 2 ** 26, default: 2 ** 18 }),
  address(/** @type {unknown} */ value, /** @type {string} */ path) {
    return parse(path, value, {
      limit: integer({ min: 1, max: 1_000_000, default: 100 }),
      windowMs: integer({ min: 1000, max: 30 * DAY, unit: 'ms', default: 15 * MINUTE }),
    });
  },
  // From one address against one account. NIST SP 800-63B-4, 3.2.2: at most 100 failures in a row.
  pair: lane({ after: 5, firstMs: 30_000, maxMs: DAY, forgetMs: HOUR }),
  // From anywhere against one account, devices that were logged in before excepted.
  accounts: lane({ after: 20, firstMs: MINUTE, maxMs: HOUR, forgetMs: HOUR }),
  // From a device that was logged in before.
  device: lane({ after: 10, firstMs: 30_000, maxMs: HOUR, forgetMs: HOUR }),
  deviceMaxAgeMs: integer({ min: HOUR, max: 400 * DAY, unit: 'ms', default: 180 * DAY }),
  statusCode: oneOf([429, 403, 401], 429),
  message: string({ default: 'Too many attempts; try again later.' }),
  mode,
});

/**
 * @param {unknown} options
 */
function parseLogin(options) {
  const given = parse('ratelimit.login', options, SHAPE);
  if (given.account === undefined) {
    throw invalid('ratelimit.login.account', 'a function such as (req) => req.body?.email', undefined);
  }
  const { name = 'login', redis } = given;
  const scope = given.scope ?? (redis === undefined ? 'process' : 'fleet');
  checkPlace(given, scope);
  return Object.freeze({ ...given, name, scope });
}

/** @param {any} given @param {string} scope */
function checkPlace({ name, redis, directory }, scope) {
  const wrong = (/** @type {string} */ what) =>
    new HauberkError('ERR_HAUBERK_OPTION_INVALID', `ratelimit.login: ${what}`);
  if (scope === 'fleet' && redis === undefined) throw wrong("scope 'fleet' needs your Redis client as redis");
  if (redis !== undefined && scope !== 'fleet') throw wrong(`redis means scope 'fleet', not '${scope}'`);
  if (scope === 'machine' && name === undefined) {
    throw wrong("scope 'machine' needs a name, by which all processes of the app find the tables");
  }
  if (scope !== 'machine' && directory !== undefined) {
    throw wrong("directory is where scope 'machine' keeps its tables; it has no use without");
  }
}

module.exports = { parse: parseLogin };
