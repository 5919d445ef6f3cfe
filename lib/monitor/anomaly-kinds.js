'use strict';

/**
 * What is counted by client, in the order in which the native core numbers them (`KINDS`, src/monitor/watch.rs).
 *
 * `threshold` is the default, in a window of a minute. Two public access logs (13 456 requests of 2 273 clients) hold at
 * most 14 answers of 404 by one client in a minute: the default is twice that. An address that many people share
 * (NAT) counts as one client.
 *
 * @typedef {object} Kind
 * @property {import('./index').AnomalyKind} name as in the option `thresholds`
 * @property {number} threshold
 * @property {string} event name of the OWASP logging vocabulary
 * @property {readonly string[]} reasons of a ban: the first that the bans know
 * @property {string} what one more of these is
 */

/** @type {readonly Readonly<Kind>[]} */
const KINDS = Object.freeze(
  /** @type {Kind[]} */ ([
    {
      name: 'unauthorized',
      threshold: 30,
      event: 'authn_login_fail_max',
      reasons: ['login', 'anomaly'],
      what: 'answers of 401',
    },
    {
      name: 'forbidden',
      threshold: 30,
      event: 'authz_fail',
      reasons: ['anomaly'],
      what: 'answers of 403',
    },
    {
      name: 'notFound',
      threshold: 30,
      event: 'malicious_excess_404',
      reasons: ['scanner', 'anomaly'],
      what: 'answers of 404',
    },
    {
      name: 'tooLarge',
      threshold: 10,
      event: 'input_validation_fail',
      reasons: ['payload', 'anomaly'],
      what: 'bodies that were too large (413)',
    },
    {
      name: 'limited',
      threshold: 100,
      event: 'excess_rate_limit_exceeded',
      reasons: ['flood', 'anomaly'],
      what: 'requests over the rate limit (429)',
    },
    {
      name: 'invalid',
      threshold: 60,
      event: 'input_validation_fail',
      reasons: ['payload', 'anomaly'],
      what: 'requests that were not valid (400, 415, 422)',
    },
    {
      name: 'probe',
      threshold: 3,
      event: 'malicious_attack_tool',
      reasons: ['scanner', 'anomaly'],
      what: 'requests for paths that scanners ask for',
    },
    {
      name: 'tool',
      threshold: 1,
      event: 'malicious_attack_tool',
      reasons: ['scanner', 'anomaly'],
      what: 'requests in the name of an attack tool',
    },
  ]).map((kind) => Object.freeze(kind)),
);

/** @type {Readonly<Record<number, number>>} the place of each status in `KINDS` */
const BY_STATUS = Object.freeze({ 401: 0, 403: 1, 404: 2, 413: 3, 429: 4, 400: 5, 415: 5, 422: 5 });

const PROBE = 6;
const TOOL = 7;

/**
 * Refusals that say nothing about the client: one that speaks plain HTTP, or one that is shut out already (whose ban
 * would otherwise never end).
 */
const NEVER = new Set([
  'ERR_HAUBERK_HTTPS_REQUIRED',
  'ERR_HAUBERK_HTTPS_HOST',
  'ERR_HAUBERK_RATELIMIT_BANNED',
  'ERR_HAUBERK_RATELIMIT_DENIED',
  'ERR_HAUBERK_RATELIMIT_BUSY',
  'ERR_HAUBERK_MONITOR_ANOMALY',
]);

module.exports = { KINDS, BY_STATUS, PROBE, TOOL, NEVER };
