'use strict';

/**
 * Query, params, headers and cookies are text. Where the schema asks for another type of a property, text
 * that says exactly that is turned into it: `'12'`, `'1.5'`, `'true'`. Everything else stays text, and the
 * schema refuses it. A single value becomes an array of one where an array is asked; an array never becomes
 * a single value.
 */

// eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

/** @type {Record<string, (value: unknown) => unknown>} */
const TYPES = {
  integer: toNumber,
  number: toNumber,
  boolean: (value) => (value === 'true' ? true : value === 'false' ? false : value),
};

/** @param {unknown} value */
function toNumber(value) {
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
}

/**
 * @param {any} schema of the whole part
 * @returns {((given: any) => any) | undefined} undefined where nothing is turned
 */
function coercions(schema) {
  /** @type {[string, (value: unknown) => unknown][]} */
  const table = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const turn = coercion(/** @type {any} */ (property));
    if (turn !== undefined) table.push([name, turn]);
  }
  if (table.length === 0) return undefined;
  return (given) => {
    const copy = { ...given };
    for (const [name, turn] of table) {
      if (Object.hasOwn(copy, name)) copy[name] = turn(copy[name]);
    }
    return copy;
  };
}

/** @param {any} schema @returns {((value: unknown) => unknown) | undefined} */
function coercion(schema) {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if (schema.type === 'array') {
    const item = coercion(schema.items) ?? ((/** @type {unknown} */ value) => value);
    return (value) => {
      if (typeof value === 'string') return [item(value)];
      return Array.isArray(value) ? value.map(item) : value;
    };
  }
  return Object.hasOwn(TYPES, schema.type) ? TYPES[schema.type] : undefined;
}

module.exports = { coercions };
