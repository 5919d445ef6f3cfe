'use strict';

const { parse: parseShape, integer, string, invalid, mode } = require('../internal/options');
const { refusal } = require('../internal/refusal');
const { clientOf } = require('../client/stage');
const { Bans, BANS_SHAPE, checkPlace } = require('./bans');
const { SharedBans } = require('./fleet/bans');

/** RateLimit draft 10, 5.4. */
const PROBLEM_TYPE = 'https://iana.org/assignments/http-problem-types#abnormal-usage-detected';

/** @param {unknown} value @param {string} path */
function use(value, path) {
  if (value === undefined || value instanceof Bans || value instanceof SharedBans) return value;
  throw invalid(path, 'what ratelimit.bans() gave', value);
}

const SHAPE = Object.freeze({
  ...BANS_SHAPE,
  use,
  statusCode: integer({ min: 400, max: 599, default: 403 }),
  message: string({ default: 'This client is shut out for a while.' }),
  mode,
});

/** @param {unknown} input */
function parse(input) {
  const settings = parseShape('bans', input, SHAPE);
  checkPlace(settings, 'bans');
  return settings;
}

/**
 * Turns away clients that are banned, before anything else is done for them.
 *
 * @param {ReturnType<typeof parse>} settings
 * @param {{ mode?: 'enforce' | 'report' }} [shared]
 * @returns {import('../internal/stage').Stage & { bans: Bans | SharedBans }}
 */
function create(settings, shared = {}) {
  const bans = settings.use ?? openBans(settings);
  const refuse = (/** @type {import('./bans').Ban | undefined} */ ban) => refusalOf(settings, ban);
  return {
    practice: 'ratelimit',
    settings: { mode: settings.mode ?? shared.mode },
    bans,
    run(req, _res, context) {
      const ban = bans.find(clientOf(req, context).key);
      return ban instanceof Promise ? ban.then(refuse) : refuse(ban);
    },
    report: () => report(bans),
    // What came from outside is for whoever made it to close.
    close: settings.use === undefined ? () => bans.close() : undefined,
  };
}

/**
 * @param {ReturnType<typeof parse>} settings
 * @param {import('./bans').Ban | undefined} ban
 */
function refusalOf(settings, ban) {
  if (ban === undefined) return undefined;
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_BANNED', settings.message, {
    event: 'authz_fail',
    status: settings.statusCode,
    members: { type: PROBLEM_TYPE },
    fields: { 'Retry-After': String(Math.max(1, Math.ceil(ban.leftMs / 1000))) },
  });
}

/** @param {any} settings parsed */
function openBans(settings) {
  return settings.redis === undefined ? new Bans(settings) : new SharedBans(settings);
}

/**
 * Bans by key, in the scopes of the limiter.
 *
 * @param {any} [options] see index.d.ts
 * @returns {any}
 */
function bans(options) {
  const settings = parseShape('ratelimit.bans', options, BANS_SHAPE);
  checkPlace(settings, 'ratelimit.bans');
  return openBans(settings);
}

/**
 * @param {Bans | SharedBans} bans
 * @returns {import('../internal/stage').Finding[]}
 */
function report(bans) {
  const findings = bans instanceof SharedBans ? bans.report() : [];
  const lost = bans.lost();
  if (lost === 0) return findings;
  return [
    ...findings,
    {
      level: 'note',
      what: `the table of ${bans.name} was too small: ${lost} bans were given up before their end`,
      fix: 'bans: { slots } of about twice the number of bans at a time',
    },
  ];
}

module.exports = { parse, create, bans };
