'use strict';

const { HauberkError } = require('../../internal/fault');
const { cleanDetail, pointerTo, problem } = require('../problems');

/** The Standard Schema interface (version 1), which zod, valibot, arktype and others offer. */
const KEY = '~standard';

/** @param {any} value */
function isStandard(value) {
  return value?.[KEY] !== undefined;
}

class StandardPart {
  /** @param {string} location @param {any} schema */
  constructor(location, schema) {
    const { version, validate } = schema[KEY];
    if (version !== 1 || typeof validate !== 'function') {
      throw new HauberkError(
        'ERR_HAUBERK_VALIDATE_SCHEMA',
        `validate.${location} has a "~standard" property that is not of Standard Schema version 1`,
      );
    }
    this.location = location;
    this.standard = schema[KEY];
  }

  /** @param {any} req */
  judge(req) {
    const result = this.standard.validate(req[this.location]);
    if (result instanceof Promise || typeof result?.then === 'function') {
      return Promise.resolve(result).then((later) => this.verdict(later));
    }
    return this.verdict(result);
  }

  /** @param {any} result */
  verdict(result) {
    if (result.issues === undefined) return { value: result.value };
    const problems = Array.from(result.issues, (/** @type {any} */ issue) => {
      const path = (issue.path ?? []).map((/** @type {any} */ key) => key?.key ?? key);
      // The interface has no code; libraries that give one put it beside the message.
      const code = issue.code ?? issue.type;
      const rule = typeof code === 'string' ? code : 'invalid';
      return problem(this.location, pointerTo(path), rule, cleanDetail(issue.message));
    });
    // A library that refuses without saying why still refuses.
    return {
      problems: problems.length > 0 ? problems : [problem(this.location, '', 'invalid', 'is not valid')],
    };
  }
}

module.exports = { StandardPart, isStandard };
