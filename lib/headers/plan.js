'use strict';

const { fromNative } = require('../internal/fault');
const { headers: native } = require('../internal/native');
const { FIELDS } = require('./fields');
const { compile } = require('./policy');

/**
 * Everything that can be decided before the first request: for each kind of response a flat list of names
 * and values.
 *
 * @typedef {'helmet' | 'site' | 'api'} SetName
 * @typedef {object} List
 * @property {string[]} names
 * @property {string[]} values
 * @property {string[]} lower the names in lower case: asking for those is cheapest
 * @property {string[]} flat name, value, name, value
 * @property {readonly import('./policy').Policy[]} policies those that depend on the response
 *
 * @typedef {object} Plan
 * @property {'auto' | SetName} preset
 * @property {boolean} early sent as helmet sends them: set at once, and only completed on errors
 * @property {Record<SetName | 'either', [List, List]>} lists each over plain HTTP and over HTTPS
 * @property {import('./policy').Dynamic[]} dynamic
 * @property {boolean} usesNonce
 * @property {readonly string[]} removed names in lower case of fields that do not leave
 * @property {boolean} noStore
 * @property {ReadonlySet<string>} sessionCookies
 */

/**
 * @param {any} settings
 * @param {{ report: boolean, sessionCookies: readonly string[] }} how
 * @returns {Plan}
 */
function plan(settings, { report, sessionCookies }) {
  const { preset } = settings;
  const asHelmet = preset === 'helmet';
  /** @type {import('./policy').Dynamic[]} */
  const dynamic = [];
  const lists = /** @type {Plan['lists']} */ ({});
  for (const set of setsOf(preset)) {
    const given = policyOf(settings.contentSecurityPolicy, preset, set);
    const make = (/** @type {boolean} */ https) => list(settings, { set, given, https, dynamic, report });
    lists[set] = [make(asHelmet), make(true)];
  }
  if (preset === 'auto') lists.either = [shared(lists, 0), shared(lists, 1)];
  return Object.freeze({
    preset,
    early: asHelmet && !report,
    lists,
    dynamic,
    usesNonce:
      dynamic.length > 0 ||
      Object.values(lists).some(([, { policies }]) => policies.some(({ usesNonce }) => usesNonce)),
    removed: removedBy(settings, asHelmet),
    noStore: (settings.noStore ?? !asHelmet) && !report,
    sessionCookies: new Set(sessionCookies),
  });
}

/**
 * @param {any} settings
 * @param {boolean} asHelmet
 */
function removedBy(settings, asHelmet) {
  const removed = [];
  if (settings.xPoweredBy !== false) removed.push('x-powered-by');
  if (settings.server ?? !asHelmet) removed.push('server');
  return Object.freeze(removed);
}

/** @param {'auto' | SetName} preset @returns {SetName[]} */
function setsOf(preset) {
  return preset === 'auto' ? ['site', 'api'] : [preset];
}

/**
 * In `auto` the application's directives are for its pages; the other responses keep theirs.
 *
 * @param {any} given
 * @param {string} preset
 * @param {SetName} set
 */
function policyOf(given, preset, set) {
  if (given === false || preset !== 'auto' || set === 'site') return given;
  return { directives: {}, useDefaults: true, reportOnly: given.reportOnly };
}

/**
 * @param {any} settings
 * @param {{ set: SetName, given: any, https: boolean, dynamic: import('./policy').Dynamic[], report: boolean }} how
 * @returns {List}
 */
function list(settings, { set, given, https, dynamic, report }) {
  /** @type {[string, string][]} */
  const pairs = [];
  const policies = [];
  for (const one of [given, reportedOf(settings, set, report)]) {
    if (one === false) continue;
    // Browsers ignore upgrade-insecure-requests in a policy that only reports, and say so.
    const upgrade = https && !report && (set === 'helmet' ? one === given : !one.reportOnly);
    const policy = compile(set, one, { upgrade, dynamic, report });
    if (policy.text === undefined) policies.push(policy);
    else pairs.push([policy.name, policy.text]);
  }
  for (const field of FIELDS) {
    const option = settings[field.option];
    const value = option === undefined ? field.sets[set] : option === true ? field.standard : option;
    if (typeof value !== 'string' || (field.httpsOnly && !https)) continue;
    const name = report ? field.reportOnly : field.name;
    if (name !== undefined) pairs.push([name, value]);
  }
  return listOf(pairs, policies);
}

/**
 * The policy that only reports, beside the one that blocks. In `auto` it is for pages; in dry run the first one
 * takes its field.
 *
 * @param {any} settings
 * @param {SetName} set
 * @param {boolean} report
 */
function reportedOf({ contentSecurityPolicyReportOnly, preset }, set, report) {
  return report || (preset === 'auto' && set === 'api') ? false : contentSecurityPolicyReportOnly;
}

/**
 * @param {[string, string][]} pairs
 * @param {readonly import('./policy').Policy[]} [policies]
 * @returns {List}
 */
function listOf(pairs, policies = []) {
  for (const [name, value] of pairs) {
    try {
      native.checkField(name, value);
    } catch (error) {
      throw fromNative(error);
    }
  }
  const names = pairs.map(([name]) => name);
  return {
    names,
    values: pairs.map(([, value]) => value),
    // Keys are unique in memory, so that most comparisons with those of a response are of two addresses.
    lower: Object.keys(Object.fromEntries(names.map((name) => [name.toLowerCase(), 0]))),
    flat: pairs.flat(),
    policies,
  };
}

/**
 * What a page and any other response have in common: for a 304, whose kind is not known, and whose fields
 * take the place of the stored ones (RFC 9111, 4.3.4).
 *
 * @param {Plan['lists']} lists
 * @param {0 | 1} https
 */
function shared(lists, https) {
  const [site, api] = [lists.site[https], lists.api[https]];
  const pairs = site.names
    .map((name, i) => /** @type {[string, string]} */ ([name, site.values[i]]))
    .filter(([name, value]) => api.values[api.names.indexOf(name)] === value);
  return listOf(pairs);
}

exports.plan = plan;
