'use strict';

const { parse: parseShape, integer, string, invalid, mode } = require('../internal/options');
const { refusal } = require('../internal/refusal');
const { clientOf } = require('../client/stage');
const { Bans, BANS_SHAPE, checkPlace } = require('./bans');

/** RateLimit draft 10, 5.4. */
const PROBLEM_TYPE = 'https://iana.org/assignments/http-problem-types#abnormal-usage-detected';

/** @param {unknown} value @param {string} path */
function use(value, path) {
  if (value === undefined || value instanceof Bans) return value;
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
 * @returns {import('../internal/stage').Stage & { bans: Bans }}
 */
function create(settings, shared = {}) {
  const bans = settings.use ?? new Bans(settings);
  return {
    practice: 'ratelimit',
    settings: { mode: settings.mode ?? shared.mode },
    bans,
    run(req, _res, context) {
      const ban = bans.check(clientOf(req, context).key);
      if (ban === undefined) return;
      return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_BANNED', settings.message, {
        event: 'authz_fail',
        status: settings.statusCode,
        members: { type: PROBLEM_TYPE },
        fields: { 'Retry-After': String(Math.max(1, Math.ceil(ban.leftMs / 1000))) },
      });
    },
    report: () => report(bans),
    // What came from outside is for whoever made it to close.
    close: settings.use === undefined ? () => bans.close() : undefined,
  };
}

/**
 * @param {Bans} bans
 * @returns {import('../internal/stage').Finding[]}
 */
function report(bans) {
  const lost = bans.lost();
  if (lost === 0) return [];
  return [
    {
      level: 'note',
      what: `the table of ${bans.name} was too small: ${lost} bans were given up before their end`,
      fix: 'bans: { slots } of about twice the number of bans at a time',
    },
  ];
}

module.exports = { parse, create };
