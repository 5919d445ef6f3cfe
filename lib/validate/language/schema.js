'use strict';

const { HauberkError, show } = require('../../internal/fault');
const { closest } = require('../../internal/options');
const { LOCATIONS, makeChain, withContext } = require('./chain');
const { SANITIZER_NAMES, VALIDATOR_NAMES } = require('./methods');
const { runAll } = require('./run-all');

const OTHER_NAMES = new Set(['errorMessage', 'in', 'optional', 'bail', 'hide']);

/**
 * A `checkSchema` whose chains are made by `make` and may have further validators and sanitizers.
 *
 * @param {(fields: string, locations: readonly string[], message: any) => any} make
 * @param {string[]} [moreValidators]
 * @param {string[]} [moreSanitizers]
 */
function createCheckSchema(make, moreValidators = [], moreSanitizers = []) {
  const validators = new Set([...VALIDATOR_NAMES, ...moreValidators]);
  const sanitizers = new Set([...SANITIZER_NAMES, ...moreSanitizers]);
  return (/** @type {any} */ schema, /** @type {readonly string[]} */ defaultLocations = LOCATIONS) => {
    const chains = Object.entries(schema).map(([field, /** @type {any} */ config]) => {
      const chain = make(field, locationsOf(config.in, defaultLocations), config.errorMessage);
      if (config.optional) chain.optional(config.optional === true ? true : config.optional.options);
      for (const [name, entry] of Object.entries(config)) {
        if (OTHER_NAMES.has(name) && !validators.has(name)) {
          if (name === 'bail' && entry) chain.bail(entry === true ? undefined : entry);
          if (name === 'hide' && entry) chain.hide(entry === true ? undefined : entry);
          continue;
        }
        if (entry) addEntry(chain, field, name, entry, validators, sanitizers);
      }
      return chain;
    });
    const run = async (/** @type {any} */ req) => (await runAll(req, chains)).map(withContext);
    return Object.assign(chains, { run });
  };
}

/** @type {(chain: any, field: string, name: string, entry: any, validators: Set<string>, sanitizers: Set<string>) => void} */
function addEntry(chain, field, name, entry, validators, sanitizers) {
  const args = entry === true || entry.options === undefined ? [] : [entry.options].flat();
  if (sanitizers.has(name) && name !== 'customSanitizer') return chain[name](...args);
  if (!validators.has(name) && typeof entry.customSanitizer === 'function') {
    return chain.customSanitizer(entry.customSanitizer);
  }
  const standard = validators.has(name) && typeof entry.custom !== 'function';
  if (!standard && typeof entry.custom !== 'function') throw unknownRule(field, name, validators, sanitizers);
  if (entry.if) chain.if(entry.if);
  if (entry.negated) chain.not();
  if (standard) chain[name](...args);
  else chain.custom(entry.custom);
  if (entry.bail) chain.bail(entry.bail === true ? undefined : entry.bail);
  if (entry.errorMessage) chain.withMessage(entry.errorMessage);
  return undefined;
}

/** @param {any} given @param {readonly string[]} fallback */
function locationsOf(given, fallback) {
  const list = given === undefined ? [] : [given].flat();
  const wrong = list.find((one) => !LOCATIONS.includes(one));
  if (wrong !== undefined) {
    throw new HauberkError(
      'ERR_HAUBERK_VALIDATE_RULES',
      `checkSchema: "in" names ${show(wrong)}; a location is one of ${LOCATIONS.join(', ')}`,
    );
  }
  return list.length > 0 ? list : fallback;
}

/** @type {(field: string, name: string, validators: Set<string>, sanitizers: Set<string>) => HauberkError} */
function unknownRule(field, name, validators, sanitizers) {
  const near = closest(name, [...validators, ...sanitizers, ...OTHER_NAMES]);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return new HauberkError(
    'ERR_HAUBERK_VALIDATE_RULES',
    `checkSchema: the field ${show(field)} has no rule ${show(name)}${hint}`,
  );
}

const checkSchema = createCheckSchema(makeChain);

module.exports = { checkSchema, createCheckSchema };
