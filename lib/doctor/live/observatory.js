'use strict';

/* eslint-disable security/detect-non-literal-regexp, security/detect-unsafe-regex -- made of names that are escaped or our own; each repetition is bounded, or begins where no other part fits */

const { gradeOf } = require('../../internal/grades');
const { isPlainObject, invalid } = require('../../internal/options');
const cookies = require('./cookies');
const csp = require('./csp');

/**
 * The arithmetic of Mozilla's HTTP Observatory, one response at a time: base 100, at least 0; bonuses count only
 * where base and penalties together are at least 90.
 *
 * @typedef {import('../index').Response} Response
 * @typedef {{ modifier: number, what: string, counted?: boolean }} Result
 */

const MAX_TAG = 4096;
const HALF_A_YEAR_SECONDS = 15_552_000;
const LOCAL = 'not counted: the address is local, and is not served over HTTPS';

/** One row for each test, in the Observatory's order. @type {Readonly<Record<string, (response: Response) => Result>>} */
const TESTS = Object.freeze({
  'content-security-policy': ({ headers, body = '' }) =>
    csp.judge(policyOf(headers, body), headers['content-security-policy-report-only']),
  cookies: ({ cookies: fields = [], headers, https }) =>
    cookies.judge(fields, https && hstsSeconds(headers) >= HALF_A_YEAR_SECONDS),
  cors: ({ corsReflected }) =>
    corsReflected
      ? { modifier: -50, what: 'any origin may read, with credentials' }
      : { modifier: 0, what: 'no foreign origin may read with credentials' },
  redirection: redirection,
  'referrer-policy': ({ headers }) => referrer(headers['referrer-policy']),
  'strict-transport-security': hsts,
  'subresource-integrity': ({ body = '', headers }) => integrity(body, headers['content-type']),
  'x-content-type-options': ({ headers }) =>
    /^\s*nosniff\s*$/i.test(headers['x-content-type-options'] ?? '')
      ? { modifier: 0, what: 'nosniff' }
      : { modifier: -5, what: 'no nosniff' },
  'x-frame-options': framing,
  'cross-origin-resource-policy': ({ headers }) =>
    value(headers['cross-origin-resource-policy'], ['same-origin', 'same-site'], ['cross-origin']),
  'cross-origin-embedder-policy': ({ headers }) =>
    value(headers['cross-origin-embedder-policy'], ['require-corp', 'credentialless'], ['unsafe-none']),
  'cross-origin-opener-policy': ({ headers }) =>
    value(
      headers['cross-origin-opener-policy'],
      ['same-origin', 'same-origin-allow-popups', 'noopener-allow-popups'],
      ['unsafe-none'],
    ),
});

/** @param {Response} response @returns {import('../index').Observatory} */
function observatory(response) {
  if (!isPlainObject(response) || typeof response.headers !== 'object' || response.headers === null) {
    throw invalid('doctor.observatory', 'called with a response: { https, headers }', response);
  }
  const tests = Object.entries(TESTS).map(([test, judge]) => {
    const { modifier, what, counted = true } = judge(response);
    return { test, modifier, what, counted };
  });
  const modifiers = tests.filter(({ counted }) => counted).map(({ modifier }) => modifier);
  const sum = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);
  const penalized = 100 + sum(modifiers.filter((one) => one < 0));
  const bonus = penalized >= 90 ? sum(modifiers.filter((one) => one > 0)) : 0;
  const score = Math.max(0, penalized + bonus);
  return { score, grade: gradeOf(score), tests };
}

/** A page may carry its policy in a meta element. @param {Response['headers']} headers @param {string} body */
function policyOf(headers, body) {
  const field = headers['content-security-policy'];
  if (field !== undefined || !isPage(headers['content-type'])) return field;
  const tag = tagsOf(body, 'meta').find((one) =>
    /^content-security-policy$/i.test(attribute(one, 'http-equiv') ?? ''),
  );
  return tag && attribute(tag, 'content');
}

/** @param {Response} response @returns {Result} */
function redirection({ redirect, local }) {
  switch (redirect) {
    case 'https':
      return { modifier: 0, what: 'plain HTTP leads to HTTPS at the same host' };
    case 'elsewhere-first':
      return { modifier: -5, what: 'plain HTTP leads to another host first' };
    case 'http-first':
      return { modifier: -10, what: 'plain HTTP leads to plain HTTP first' };
    case 'none':
      return local
        ? { modifier: 0, what: LOCAL, counted: false }
        : { modifier: -20, what: 'plain HTTP is not redirected' };
    default:
      return {
        modifier: 0,
        what: local ? LOCAL : 'not counted: plain HTTP could not be asked',
        counted: false,
      };
  }
}

/** The last policy that a browser knows holds. @param {string | undefined} field @returns {Result} */
function referrer(field) {
  if (field === undefined) return { modifier: 0, what: 'no Referrer-Policy, so the browser decides' };
  const known = field
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => KNOWN_REFERRER.test(one));
  const last = known[known.length - 1];
  const strict = ['no-referrer', 'same-origin', 'strict-origin', 'strict-origin-when-cross-origin'];
  if (last !== undefined && strict.includes(last)) return { modifier: 5, what: last };
  return { modifier: -5, what: last ?? 'a Referrer-Policy that is not valid' };
}

const KNOWN_REFERRER =
  /^(?:no-referrer|no-referrer-when-downgrade|same-origin|origin|strict-origin|origin-when-cross-origin|strict-origin-when-cross-origin|unsafe-url)$/;

/** @param {Response['headers']} headers @returns {number} -1: there is none, or it is not valid (RFC 6797, 6.1) */
function hstsSeconds(headers) {
  const directives = (headers['strict-transport-security'] ?? '')
    .split(',')[0]
    .split(';')
    .map((one) => one.trim());
  const age = directives
    .map((one) => /^max-age\s*=\s*"?(\d+)"?$/i.exec(one)?.[1])
    .filter((one) => one !== undefined);
  return age.length === 1 ? Number(age[0]) : -1;
}

/** @param {Response} response @returns {Result} whether a host is preloaded is a list that is not looked up */
function hsts({ headers, https, local }) {
  if (!https && local) return { modifier: 0, what: LOCAL, counted: false };
  const seconds = https ? hstsSeconds(headers) : -1;
  if (seconds < 0) return { modifier: -20, what: 'no valid Strict-Transport-Security' };
  return seconds >= HALF_A_YEAR_SECONDS
    ? { modifier: 0, what: `max-age=${seconds}` }
    : { modifier: -10, what: `only max-age=${seconds}` };
}

/** @param {Response} response @returns {Result} */
function framing({ headers, body = '' }) {
  const ancestors = csp.parse(policyOf(headers, body) ?? '')?.get('frame-ancestors');
  // A meta element cannot say it (CSP Level 3, 3.3).
  if (headers['content-security-policy'] !== undefined && ancestors !== undefined)
    return { modifier: 5, what: 'frame-ancestors' };
  const field = (headers['x-frame-options'] ?? '').trim();
  if (/^(?:deny|sameorigin)$/i.test(field)) return { modifier: 5, what: field };
  if (/^allow-from\s/i.test(field)) return { modifier: 0, what: 'ALLOW-FROM, which browsers ignore' };
  return { modifier: -20, what: 'any site may frame it' };
}

/** @param {string | undefined} field @param {string[]} good @param {string[]} known @returns {Result} */
function value(field, good, known) {
  if (field === undefined) return { modifier: 0, what: 'absent' };
  const said = field.split(';')[0].trim().toLowerCase();
  if (good.includes(said)) return { modifier: 10, what: said };
  return known.includes(said) ? { modifier: 0, what: said } : { modifier: -5, what: 'not valid' };
}

/**
 * Scripts from elsewhere; those of the page's own host need no hash.
 *
 * @param {string} body @param {string | undefined} type @returns {Result}
 */
function integrity(body, type) {
  if (!isPage(type)) return { modifier: 0, what: 'none needed: no page' };
  const external = tagsOf(body, 'script').flatMap((tag) => {
    const src = attribute(tag, 'src');
    return src !== undefined && /^(?:https?:)?\/\//i.test(src)
      ? [{ src, hash: attribute(tag, 'integrity') }]
      : [];
  });
  if (external.length === 0) return { modifier: 0, what: 'none needed: no script from elsewhere' };
  const secure = (/** @type {{ src: string }} */ { src }) => /^https:/i.test(src);
  const hashed = (/** @type {{ hash: string | undefined }} */ { hash }) =>
    /sha(?:256|384|512)-/.test(hash ?? '');
  if (external.some((one) => !secure(one) && !hashed(one)))
    return { modifier: -50, what: 'a script without HTTPS and without integrity' };
  if (external.some((one) => !secure(one))) return { modifier: -20, what: 'a script without HTTPS' };
  if (external.some((one) => !hashed(one)))
    return { modifier: -5, what: 'a script from elsewhere without integrity' };
  return { modifier: 5, what: 'scripts from elsewhere carry integrity' };
}

/** @param {string | undefined} type */
const isPage = (type) => /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type ?? '');

/** @param {string} body @param {string} name @returns {string[]} */
function tagsOf(body, name) {
  const found = [];
  const start = new RegExp(`<${name}\\b`, 'gi');
  for (let match = start.exec(body); match !== null && found.length < 1000; match = start.exec(body)) {
    const end = body.indexOf('>', match.index);
    if (end === -1) break;
    found.push(body.slice(match.index, Math.min(end, match.index + MAX_TAG)));
  }
  return found;
}

/** @param {string} tag @param {string} name @returns {string | undefined} */
function attribute(tag, name) {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag);
  return match === null ? undefined : (match[1] ?? match[2] ?? match[3]);
}

module.exports = { observatory, gradeOf };
