'use strict';

const { contextsOf } = require('./context');

/** The errors of a request, as express-validator gives them. */
class Result {
  /** @param {(error: any) => any} formatter @param {any[]} errors */
  constructor(formatter, errors) {
    this.formatter = formatter;
    this.errors = errors;
  }

  /** @param {{ onlyFirstError?: boolean }} [options] */
  array(options) {
    return options?.onlyFirstError
      ? Object.values(this.mapped())
      : this.errors.map((error) => this.formatter(error));
  }

  /** The first error of each field. */
  mapped() {
    /** @type {Map<string, any>} */
    const first = new Map();
    for (const error of this.errors) {
      const key = error.type === 'field' ? error.path : `_${error.type}`;
      if (!first.has(key)) first.set(key, this.formatter(error));
    }
    return Object.fromEntries(first);
  }

  /** @param {(error: any) => any} formatter */
  formatWith(formatter) {
    return new Result(formatter, this.errors);
  }

  isEmpty() {
    return this.errors.length === 0;
  }

  /** @throws an Error with the methods of this result, where there are errors */
  throw() {
    if (this.isEmpty()) return;
    const names = /** @type {const} */ (['array', 'mapped', 'formatWith', 'isEmpty', 'throw']);
    const bound = Object.fromEntries(names.map((name) => [name, this[name].bind(this)]));
    throw Object.assign(new Error(), this, bound);
  }
}

/**
 * A `validationResult` with a formatter of its own.
 *
 * @param {{ formatter?: (error: any) => any }} [options]
 */
function withDefaults({ formatter = (error) => error } = {}) {
  return (/** @type {any} */ req) =>
    new Result(
      formatter,
      contextsOf(req).flatMap(({ errors }) => errors),
    );
}

const validationResult = Object.assign(withDefaults(), { withDefaults });

exports.Result = Result;
exports.validationResult = validationResult;
