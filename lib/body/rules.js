'use strict';

/**
 * The rules of bodies and query strings. A rule's place in `RULES` is its number in the native core
 * (`src/body/rule.rs`), from 1 on.
 *
 * @typedef {'refuse' | 'report' | false} Action
 */
const RULES = Object.freeze([
  'utf8',
  'depth',
  'keys',
  'keyBytes',
  'stringBytes',
  'duplicateKeys',
  'prototypeKeys',
  'operatorKeys',
  'precision',
  'escapes',
]);

/** Code and sentence for each rule, where a body offends it. */
const BODY = Object.freeze({
  utf8: ['ERR_HAUBERK_BODY_UTF8', 'The body is not well-formed UTF-8.'],
  depth: ['ERR_HAUBERK_BODY_DEPTH', 'The body is nested too deeply.'],
  keys: ['ERR_HAUBERK_BODY_KEYS', 'The body has too many keys.'],
  keyBytes: ['ERR_HAUBERK_BODY_KEY_LENGTH', 'A key in the body is too long.'],
  stringBytes: ['ERR_HAUBERK_BODY_STRING_LENGTH', 'A string in the body is too long.'],
  duplicateKeys: ['ERR_HAUBERK_BODY_DUPLICATE_KEY', 'A key in the body comes twice.'],
  prototypeKeys: ['ERR_HAUBERK_BODY_PROTOTYPE_KEY', 'A key in the body reaches an object prototype.'],
  operatorKeys: ['ERR_HAUBERK_BODY_OPERATOR_KEY', 'A key in the body may be read as a database operator.'],
  precision: ['ERR_HAUBERK_BODY_PRECISION', 'A number in the body cannot be represented exactly.'],
  escapes: ['ERR_HAUBERK_BODY_SYNTAX', 'The body has a malformed percent-escape.'],
});

/** The same for a query string. */
const QUERY = Object.freeze({
  utf8: ['ERR_HAUBERK_QUERY_ENCODING', 'The query string is not well-formed UTF-8.'],
  depth: ['ERR_HAUBERK_QUERY_DEPTH', 'A query parameter is nested too deeply.'],
  keys: ['ERR_HAUBERK_QUERY_PARAMETERS', 'The query string has too many parameters.'],
  keyBytes: ['ERR_HAUBERK_QUERY_PARAMETERS', 'The name of a query parameter is too long.'],
  duplicateKeys: ['ERR_HAUBERK_QUERY_DUPLICATE', 'A query parameter comes twice.'],
  prototypeKeys: ['ERR_HAUBERK_QUERY_PROTOTYPE_KEY', 'A query parameter reaches an object prototype.'],
  operatorKeys: ['ERR_HAUBERK_QUERY_OPERATOR_KEY', 'A query parameter may be read as a database operator.'],
  escapes: ['ERR_HAUBERK_QUERY_ENCODING', 'The query string has a malformed percent-escape.'],
});

/** OWASP vocabulary: what only an attacker writes is told apart from what a careless client writes. */
const HOSTILE = Object.freeze(new Set(['prototypeKeys', 'operatorKeys']));

/**
 * @param {string} rule
 * @returns {string} name of the event
 */
function eventOf(rule) {
  return HOSTILE.has(rule) ? 'malicious_extraneous' : 'input_validation_fail';
}

/**
 * Sorts the rules into two bit sets for the native core.
 *
 * @param {Record<string, Action>} actions rule to action; a rule that is not named is refused
 * @param {boolean} dryRun every refusal becomes a report
 * @returns {{ refuse: number, report: number }}
 */
function bits(actions, dryRun) {
  let [refuse, report] = [0, 0];
  RULES.forEach((rule, i) => {
    const action = actions[rule] ?? (actions[rule] === undefined ? 'refuse' : false);
    if (action === 'refuse' && !dryRun) refuse |= 1 << (i + 1);
    else if (action !== false) report |= 1 << (i + 1);
  });
  return { refuse, report };
}

module.exports = { RULES, BODY, QUERY, eventOf, bits };
