'use strict';

const { HauberkError } = require('../../internal/fault');
const { methods } = require('./methods');
const { Result } = require('./result');
const { RULES } = require('./rules');
const { runChain } = require('./run');
const { compileField } = require('./select');

const LOCATIONS = Object.freeze(['body', 'cookies', 'headers', 'params', 'query']);

/** What a chain has been told so far. */
class Rules {
  /** @param {any} fields @param {readonly string[]} locations @param {any} message */
  constructor(fields, locations, message) {
    const list = Array.isArray(fields) ? fields : [fields ?? ''];
    for (const field of list) {
      if (typeof field !== 'string' && typeof field !== 'number') {
        throw new HauberkError(
          'ERR_HAUBERK_VALIDATE_RULES',
          'a field is named by a text, such as "user.email"',
        );
      }
    }
    /** @type {string[]} */
    this.names = list.map(String);
    this.fields = list.map(compileField);
    this.locations = locations;
    this.message = message;
    /** @type {import('./run').Item[]} */
    this.items = [];
    /** @type {'undefined' | 'null' | 'falsy' | false} */
    this.optional = false;
    this.requestBail = false;
    /** @type {{ type: 'visible' | 'hidden' | 'redacted', value?: unknown }} */
    this.visibility = { type: 'visible' };
    this.negateNext = false;
    /** @type {any} the validator that `withMessage` is about */
    this.last = undefined;
  }

  /** The same rules, looked up in one place. @param {string} location */
  within(location) {
    return Object.assign(Object.create(Rules.prototype), this, { locations: [location] });
  }
}

/** The methods of every chain; a chain is a function, so its prototype ends in Function's. */
const PROTOTYPE = Object.create(Function.prototype);
for (const [name, method] of Object.entries(methods)) {
  Object.defineProperty(PROTOTYPE, name, { value: method, writable: true, configurable: true });
}
PROTOTYPE.run = async function run(/** @type {any} */ req, /** @type {any} */ options = {}) {
  return withContext(await runChain(this[RULES], req, options.dryRun === true));
};
PROTOTYPE.within = function within(/** @type {string} */ location) {
  return fromRules(this[RULES].within(location));
};

/** @param {any} context */
function withContext(context) {
  return Object.assign(new Result((error) => error, context.errors), { context });
}

/** @param {Rules} rules */
function fromRules(rules) {
  const chain = function hauberkRules(
    /** @type {any} */ req,
    /** @type {any} */ _res,
    /** @type {(error?: unknown) => void} */ next,
  ) {
    let result;
    try {
      result = runChain(rules, req);
    } catch (error) {
      return next(error);
    }
    if (result instanceof Promise) return void result.then(() => next(), next);
    return next();
  };
  Object.defineProperty(chain, RULES, { value: rules });
  return Object.setPrototypeOf(chain, PROTOTYPE);
}

/**
 * @param {any} fields
 * @param {readonly string[]} locations
 * @param {any} message
 */
function makeChain(fields, locations, message) {
  return fromRules(new Rules(fields, locations, message));
}

/**
 * A variant of `check` that looks in these parts of the request.
 *
 * @param {readonly string[]} locations
 */
function buildCheckFunction(locations) {
  for (const location of locations) {
    if (!LOCATIONS.includes(location)) {
      throw new HauberkError('ERR_HAUBERK_VALIDATE_RULES', `a location is one of ${LOCATIONS.join(', ')}`);
    }
  }
  const own = Object.freeze([...locations]);
  return (/** @type {any} */ fields, /** @type {any} */ message) => makeChain(fields, own, message);
}

const chains = Object.freeze({
  check: buildCheckFunction(LOCATIONS),
  body: buildCheckFunction(['body']),
  query: buildCheckFunction(['query']),
  param: buildCheckFunction(['params']),
  header: buildCheckFunction(['headers']),
  cookie: buildCheckFunction(['cookies']),
});

exports.Rules = Rules;
exports.LOCATIONS = LOCATIONS;
exports.buildCheckFunction = buildCheckFunction;
exports.chains = chains;
exports.makeChain = makeChain;
exports.withContext = withContext;
