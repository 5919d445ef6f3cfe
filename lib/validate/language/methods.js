'use strict';

const { HauberkError } = require('../../internal/fault');
const { sanitizer, validator, SANITIZERS, VALIDATORS } = require('./functions');
const items = require('./items');
const { RULES } = require('./rules');

/**
 * The methods of a chain. Each gives the chain back. `this` is the chain.
 *
 * @type {Record<string, (this: any, ...args: any[]) => any>}
 */
const methods = {};

/** @param {any} chain @param {any} item a validator */
function addValidator(chain, item) {
  const rules = chain[RULES];
  rules.items.push(item);
  rules.last = item;
  rules.negateNext = false;
  return chain;
}

/** @param {any} chain @param {any} item */
function add(chain, item) {
  chain[RULES].items.push(item);
  return chain;
}

for (const name of VALIDATORS) {
  methods[name] = function standardValidator(...args) {
    const { negateNext } = this[RULES];
    const Item = name === 'isEmpty' ? items.EmptyValidation : items.StandardValidation;
    return addValidator(this, new Item(validator(name, args), negateNext, args));
  };
}

for (const name of SANITIZERS) {
  methods[name] = function standardSanitizer(...args) {
    return add(this, new items.StandardSanitization(sanitizer(name, args), args));
  };
}

methods.not = function not() {
  this[RULES].negateNext = true;
  return this;
};

methods.withMessage = function withMessage(message) {
  const { last } = this[RULES];
  if (last === undefined) {
    throw new HauberkError(
      'ERR_HAUBERK_VALIDATE_RULES',
      'withMessage stands behind the validator that it is about',
    );
  }
  last.message = message;
  return this;
};

methods.custom = function custom(check) {
  needFunction('custom', check);
  return addValidator(this, new items.CustomValidation(check, this[RULES].negateNext));
};

methods.exists = function exists(options = {}) {
  if (options.checkFalsy || options.values === 'falsy')
    return this.custom((/** @type {any} */ value) => !!value);
  if (options.checkNull || options.values === 'null') {
    return this.custom((/** @type {any} */ value) => value !== null && value !== undefined);
  }
  return this.custom((/** @type {any} */ value) => value !== undefined);
};

methods.isArray = function isArray({ min = 0, max = Infinity } = {}) {
  return this.custom(
    (/** @type {any} */ value) => Array.isArray(value) && value.length >= min && value.length <= max,
  );
};

methods.isObject = function isObject({ strict = true } = {}) {
  return this.custom(
    (/** @type {any} */ value) =>
      typeof value === 'object' && (!strict || (value !== null && !Array.isArray(value))),
  );
};

methods.isString = function isString() {
  return this.custom((/** @type {any} */ value) => typeof value === 'string');
};

methods.notEmpty = function notEmpty(options) {
  return this.not().isEmpty(options);
};

const loose = methods.isBoolean;
methods.isBoolean = function isBoolean(options) {
  if (options?.strict) return this.custom((/** @type {any} */ value) => value === true || value === false);
  return loose.call(this, options);
};

const alpha = methods.isAlpha;
methods.isAlpha = function isAlpha(locale, options) {
  const ignore = Array.isArray(options?.ignore) ? options.ignore.join('') : options?.ignore;
  return alpha.call(this, locale, { ...options, ignore });
};

const matches = methods.matches;
methods.matches = function matchesPattern(pattern, modifiers) {
  if (typeof pattern === 'string') return matches.call(this, pattern, modifiers);
  return matches.call(this, pattern.source, [...new Set((modifiers || '') + pattern.flags)].join(''));
};

methods.customSanitizer = function customSanitizer(turn) {
  needFunction('customSanitizer', turn);
  return add(this, new items.CustomSanitization(turn));
};

methods.default = function defaultValue(fallback) {
  const none = [undefined, null, NaN, ''];
  return this.customSanitizer((/** @type {any} */ value) =>
    none.includes(value) ? structuredClone(fallback) : value,
  );
};

methods.replace = function replace(values, fresh) {
  const list = Array.isArray(values) ? values : [values];
  return this.customSanitizer((/** @type {any} */ value) =>
    list.includes(value) ? structuredClone(fresh) : value,
  );
};

methods.toArray = function toArray() {
  return this.customSanitizer((/** @type {any} */ value) => {
    if (value === undefined) return [];
    return Array.isArray(value) ? value : [value];
  });
};

methods.toLowerCase = function toLowerCase() {
  return this.customSanitizer((/** @type {any} */ value) =>
    typeof value === 'string' ? value.toLowerCase() : value,
  );
};

methods.toUpperCase = function toUpperCase() {
  return this.customSanitizer((/** @type {any} */ value) =>
    typeof value === 'string' ? value.toUpperCase() : value,
  );
};

methods.bail = function bail(options) {
  if (options?.level === 'request') this[RULES].requestBail = true;
  return add(this, items.BAIL);
};

methods.if = function condition(when) {
  if (typeof when?.run === 'function') return add(this, new items.ChainCondition(when));
  needFunction('if', when);
  return add(this, new items.CustomCondition(when));
};

methods.optional = function optional(options = true) {
  const { values, checkFalsy, nullable } = typeof options === 'object' ? options : {};
  this[RULES].optional =
    options === false ? false : (values ?? (checkFalsy ? 'falsy' : nullable ? 'null' : 'undefined'));
  return this;
};

methods.hide = function hide(value) {
  this[RULES].visibility = value === undefined ? { type: 'hidden' } : { type: 'redacted', value };
  return this;
};

/** @param {string} name @param {unknown} value */
function needFunction(name, value) {
  if (typeof value === 'function') return;
  throw new HauberkError(
    'ERR_HAUBERK_VALIDATE_RULES',
    `${name} takes a function${name === 'if' ? ' or a chain' : ''}`,
  );
}

exports.methods = methods;
/** Names that `checkSchema` may write as keys of a field. */
exports.VALIDATOR_NAMES = new Set([
  ...VALIDATORS,
  ...['custom', 'exists', 'isArray', 'isObject', 'isString', 'notEmpty'],
]);
exports.SANITIZER_NAMES = new Set([
  ...SANITIZERS,
  ...['customSanitizer', 'default', 'replace', 'toArray', 'toLowerCase', 'toUpperCase'],
]);
