'use strict';

const options = require('../internal/options');
const { NAMES, KEEPABLE } = require('./capabilities');

const LARGEST_ID = 2 ** 32 - 2;

/** @param {string} path @param {unknown} value */
function account(path, value) {
  if (typeof value === 'string' && /^[^\0:\n]{1,256}$/.test(value)) return value;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= LARGEST_ID) return value;
  throw options.invalid(path, `a name, or a number from 1 to ${LARGEST_ID}`, value);
}

const keep = options.list(options.oneOf(KEEPABLE), []);

const DROP = Object.freeze({
  user: (/** @type {unknown} */ value, /** @type {string} */ path) => account(path, value),
  group: (/** @type {unknown} */ value, /** @type {string} */ path) =>
    value === undefined ? undefined : account(path, value),
  keep,
});

const STAGE = Object.freeze({
  root: options.oneOf(['warn', 'refuse'], 'warn'),
  mode: options.mode,
});

/**
 * @param {string} path what messages call the options, such as `privileges.drop`
 * @param {unknown} input
 * @returns {any} what the core takes
 */
function parseDrop(path, input) {
  const { user, group, keep: kept } = options.parse(path, input, DROP);
  return {
    ...(typeof user === 'string' ? { user } : { uid: user }),
    ...(typeof group === 'string' ? { group } : group === undefined ? {} : { gid: group }),
    keep: kept.map((/** @type {string} */ name) => NAMES.indexOf(name)),
  };
}

/** @param {unknown} input */
function parse(input) {
  return options.parse('privileges', input, STAGE);
}

module.exports = { parse, parseDrop };
