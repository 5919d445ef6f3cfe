'use strict';

const { parse, invalid, boolean, integer, list, mode, oneOf, string } = require('../internal/options');
const { mayShowDetail } = require('../internal/production');

/** @typedef {'off' | 'report' | 'replace'} LeakMode what looks at the bodies that leave does: see leaks.js */

/**
 * @typedef {object} Settings
 * @property {'enforce' | 'report' | undefined} mode
 * @property {boolean} detail
 * @property {import('./log').Logger | undefined} logger
 * @property {'off' | 'report' | 'replace' | undefined} leaks
 * @property {boolean} logNotFound
 * @property {readonly string[]} redact
 * @property {number} retryAfterSeconds
 */

const redact = list(string({ pattern: /^.{1,128}$/s, expected: 'a name of 1 to 128 characters' }), []);

const SHAPE = Object.freeze({
  mode,
  detail: boolean(false),
  logger,
  logNotFound: boolean(false),
  leaks: oneOf(['off', 'report', 'replace']),
  redact,
  retryAfterSeconds: integer({ min: 1, max: 86_400, unit: 'seconds', default: 5 }),
});

/** @type {import('../internal/options').Check} */
function logger(value, path) {
  if (value === undefined || typeof value === 'function') return value;
  if (typeof value === 'object' && value !== null && typeof Reflect.get(value, 'error') === 'function') {
    return value;
  }
  throw invalid(path, 'a function, or an object with a method "error" (console, pino, winston)', value);
}

/**
 * @param {unknown} options
 * @returns {Settings}
 */
function parseOptions(options) {
  return parse('errors', options, SHAPE);
}

/**
 * @param {LeakMode | undefined} asked
 * @param {'enforce' | 'report'} mode of the guard
 * @returns {LeakMode} default: `report` where detail may be shown and the guard is in dry run, else `off`
 */
function leakMode(asked, mode) {
  return asked ?? (mode === 'report' && mayShowDetail() ? 'report' : 'off');
}

module.exports = { leakMode, parse: parseOptions, logger, redact };
