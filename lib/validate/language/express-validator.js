'use strict';

const { LOCATIONS, makeChain } = require('./chain');
const { checkExact } = require('./exact');
const { matchedData } = require('./matched');
const { oneOf } = require('./one-of');
const { validationResult } = require('./result');
const { createCheckSchema } = require('./schema');

/** The language with validators and sanitizers of the app's own as methods of every chain. */
class ExpressValidator {
  /**
   * @param {Record<string, (value: any, meta: any) => any>} [validators]
   * @param {Record<string, (value: any, meta: any) => any>} [sanitizers]
   * @param {{ errorFormatter?: (error: any) => any }} [options]
   */
  constructor(validators = {}, sanitizers = {}, options = {}) {
    const make = (
      /** @type {any} */ fields,
      /** @type {readonly string[]} */ locations,
      /** @type {any} */ message,
    ) => {
      const chain = makeChain(fields, locations, message);
      for (const [name, check] of Object.entries(validators)) chain[name] = () => chain.custom(check);
      for (const [name, turn] of Object.entries(sanitizers)) chain[name] = () => chain.customSanitizer(turn);
      return chain;
    };
    this.buildCheckFunction =
      (/** @type {readonly string[]} */ locations) =>
      (/** @type {any} */ fields, /** @type {any} */ message) =>
        make(fields, locations, message);
    this.check = this.buildCheckFunction(LOCATIONS);
    this.body = this.buildCheckFunction(['body']);
    this.cookie = this.buildCheckFunction(['cookies']);
    this.header = this.buildCheckFunction(['headers']);
    this.param = this.buildCheckFunction(['params']);
    this.query = this.buildCheckFunction(['query']);
    this.checkSchema = createCheckSchema(make, Object.keys(validators), Object.keys(sanitizers));
    this.checkExact = checkExact;
    this.oneOf = oneOf;
    this.matchedData = matchedData;
    this.validationResult = validationResult.withDefaults({ formatter: options.errorFormatter });
  }
}

module.exports = { ExpressValidator };
