'use strict';

const { HALT, runChain } = require('./run');
const { rulesOf } = require('./rules');

/** Longest text that a standard validator or sanitizer looks at, in UTF-16 units; longer is not valid. */
const MAX_TEXT = 1 << 20;

/**
 * The text of a value, or `undefined` where it has none: an array or an object is never made into text.
 *
 * @param {unknown} value
 * @returns {string | undefined}
 */
function textOf(value) {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null || Number.isNaN(value)) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  return typeof value === 'object' || typeof value === 'function' ? undefined : String(value);
}

/** @param {any} value */
function isThenable(value) {
  return typeof value?.then === 'function';
}

class StandardValidation {
  /** @param {(text: string, ...args: any[]) => boolean} test @param {boolean} negated @param {any[]} args */
  constructor(test, negated, args) {
    this.test = test;
    this.negated = negated;
    this.args = args;
    /** @type {any} */
    this.message = undefined;
    this.sanitizes = false;
  }

  /** @param {import('./context').Context} context @param {import('./select').Instance} instance @param {any} meta */
  run(context, instance, meta) {
    const { value } = instance;
    const text = typeof value === 'string' ? value : textOf(value);
    // What is no text is not valid, and is not valid either when the rule is negated.
    const valid =
      text !== undefined &&
      text.length <= MAX_TEXT &&
      Boolean(this.test(text, ...this.args)) !== this.negated;
    if (!valid) context.addFieldError(this.message, value, meta, instance.segments);
  }
}

/** `isEmpty` and `notEmpty`: the one rule that has an answer for arrays and objects. */
class EmptyValidation extends StandardValidation {
  /** @param {import('./context').Context} context @param {import('./select').Instance} instance @param {any} meta */
  run(context, instance, meta) {
    const { value } = instance;
    const text = textOf(value);
    const empty =
      text === undefined ? Object.keys(value).length === 0 : Boolean(this.test(text, ...this.args));
    if (empty === this.negated) context.addFieldError(this.message, value, meta, instance.segments);
  }
}

class CustomValidation {
  /** @param {(value: any, meta: any) => any} check @param {boolean} negated */
  constructor(check, negated) {
    this.check = check;
    this.negated = negated;
    /** @type {any} */
    this.message = undefined;
    this.sanitizes = false;
  }

  /** @param {import('./context').Context} context @param {import('./select').Instance} instance @param {any} meta */
  run(context, instance, meta) {
    const { value } = instance;
    let result;
    try {
      result = this.check(value, meta);
    } catch (error) {
      return this.failed(context, instance, meta, error);
    }
    if (!isThenable(result)) {
      if (Boolean(result) === this.negated)
        context.addFieldError(this.message, value, meta, instance.segments);
      return undefined;
    }
    // A promise that resolves is valid whatever it gives.
    return Promise.resolve(result).then(
      () => {
        if (this.negated) context.addFieldError(this.message, value, meta, instance.segments);
      },
      (error) => this.failed(context, instance, meta, error),
    );
  }

  /** @param {import('./context').Context} context @param {import('./select').Instance} instance @param {any} meta @param {unknown} error */
  failed(context, instance, meta, error) {
    if (this.negated) return;
    const message = this.message || (error instanceof Error ? error.message : error);
    context.addFieldError(message, instance.value, meta, instance.segments);
  }
}

class StandardSanitization {
  /** @param {(text: string, ...args: any[]) => unknown} turn @param {any[]} args */
  constructor(turn, args) {
    this.turn = turn;
    this.args = args;
    this.sanitizes = true;
  }

  /** @param {import('./context').Context} _context @param {import('./select').Instance} instance */
  run(_context, instance) {
    const { value } = instance;
    instance.value = Array.isArray(value) ? value.map((item) => this.one(item)) : this.one(value);
  }

  /** @param {unknown} value what has no text stays as it is */
  one(value) {
    const text = textOf(value);
    return text === undefined || text.length > MAX_TEXT ? value : this.turn(text, ...this.args);
  }
}

class CustomSanitization {
  /** @param {(value: any, meta: any) => any} turn */
  constructor(turn) {
    this.turn = turn;
    this.sanitizes = true;
  }

  /** @param {import('./context').Context} _context @param {import('./select').Instance} instance @param {any} meta */
  run(_context, instance, meta) {
    const result = this.turn(instance.value, meta);
    if (!isThenable(result)) {
      instance.value = result;
      return undefined;
    }
    return Promise.resolve(result).then((later) => {
      instance.value = later;
    });
  }
}

const BAIL = Object.freeze({
  sanitizes: false,
  /** @param {import('./context').Context} context */
  run: (context) => (context.errors.length > 0 ? HALT : undefined),
});

class CustomCondition {
  /** @param {(value: any, meta: any) => any} condition */
  constructor(condition) {
    this.condition = condition;
    this.sanitizes = false;
  }

  /** @param {import('./context').Context} _context @param {import('./select').Instance} instance @param {any} meta */
  run(_context, instance, meta) {
    try {
      const result = this.condition(instance.value, meta);
      if (!isThenable(result)) return result ? undefined : HALT;
      return Promise.resolve(result).then(
        () => undefined,
        () => HALT,
      );
    } catch {
      return HALT;
    }
  }
}

class ChainCondition {
  /** @param {any} chain */
  constructor(chain) {
    this.chain = chain;
    this.sanitizes = false;
  }

  /** @param {import('./context').Context} _context @param {import('./select').Instance} _instance @param {any} meta */
  run(_context, _instance, meta) {
    const rules = rulesOf(this.chain);
    if (rules === undefined) {
      const result = this.chain.run(meta.req, { dryRun: true });
      return Promise.resolve(result).then((later) => (later.isEmpty() ? undefined : HALT));
    }
    const context = runChain(rules, meta.req, true);
    if (context instanceof Promise)
      return context.then((later) => (later.errors.length > 0 ? HALT : undefined));
    return context.errors.length > 0 ? HALT : undefined;
  }
}

module.exports = {
  BAIL,
  ChainCondition,
  CustomCondition,
  CustomSanitization,
  CustomValidation,
  EmptyValidation,
  StandardSanitization,
  StandardValidation,
};
