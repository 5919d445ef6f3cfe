'use strict';

const { HauberkError } = require('../../internal/fault');
const { PATH } = require('../language/context');
const { runAll } = require('../language/run-all');
const { cleanDetail, pointerTo, problem } = require('../problems');

/**
 * Rules in the language of chains (`check('email').isEmail()`), looked up in one part of the request.
 *
 * @param {any} value
 */
function isRules(value) {
  const list = Array.isArray(value) ? value.flat() : [value];
  return list.length > 0 && list.every((one) => typeof one?.run === 'function');
}

class RulesPart {
  /** @param {string} location @param {any} rules */
  constructor(location, rules) {
    this.location = location;
    const list = Array.isArray(rules) ? rules.flat() : [rules];
    this.chains = list.map((one) => {
      if (typeof one.within === 'function') return one.within(location);
      throw new HauberkError(
        'ERR_HAUBERK_VALIDATE_RULES',
        `validate.${location} takes chains; use oneOf and checkExact as middleware of their own`,
      );
    });
  }

  /** @param {any} req */
  judge(req) {
    const results = runAll(req, this.chains);
    if (results instanceof Promise) return results.then((later) => this.verdict(req, later));
    return this.verdict(req, results);
  }

  /** @param {any} req @param {any[]} contexts */
  verdict(req, contexts) {
    const problems = contexts.flatMap((context) =>
      context.errors.map((/** @type {any} */ error) =>
        problem(
          this.location,
          pointerTo(error[PATH] ?? [error.path]),
          'rule',
          cleanDetail(textOf(error.msg)),
        ),
      ),
    );
    return problems.length > 0 ? { problems } : { value: req[this.location] };
  }
}

/** @param {unknown} msg */
function textOf(msg) {
  return typeof msg === 'string' ? msg : (JSON.stringify(msg) ?? 'Invalid value');
}

module.exports = { RulesPart, isRules };
