'use strict';

const options = require('../internal/options');

/** `'refuse'` turns the request down, `'report'` only tells an event, `false` does not look. */
const ACTIONS = Object.freeze(['refuse', 'report', false]);
const CHARSETS = Object.freeze(['utf-8', 'iso-8859-1', 'utf-16le']);
const MAX_BYTES = 1024 ** 3;
const MAX_MS = 3_600_000;

const name = options.string({ pattern: /^[^&=]{1,256}$/, expected: 'a parameter name' });

/** @type {options.Shape} */
const BODY = Object.freeze({
  mode: options.mode,
  limit: options.bytes({ min: 1, max: MAX_BYTES, default: 100 * 1024 }),
  depth: options.integer({ min: 1, max: 1000, unit: 'levels', default: 64 }),
  keys: options.integer({ min: 1, max: 1_000_000, default: 10_000 }),
  keyBytes: options.bytes({ min: 1, max: 65_536, default: 256 }),
  stringBytes: options.bytes({ min: 1, max: MAX_BYTES }),
  parameters: options.integer({ min: 1, max: 100_000, default: 1000 }),
  idleMs: options.integer({ min: 100, max: MAX_MS, unit: 'milliseconds', default: 10_000 }),
  timeoutMs: options.integer({ min: 100, max: MAX_MS, unit: 'milliseconds', default: 30_000 }),
  json: options.boolean(true),
  urlencoded: options.boolean(true),
  inflate: options.boolean(true),
  strict: options.boolean(false),
  strictJson: options.boolean(true),
  raw: options.boolean(false),
  charsets: options.list(options.oneOf(CHARSETS), ['utf-8']),
  arrays: options.list(name, []),
  duplicateKeys: options.oneOf(ACTIONS, 'refuse'),
  prototypeKeys: options.oneOf(ACTIONS, 'refuse'),
  operatorKeys: options.oneOf(ACTIONS, 'report'),
  precision: options.oneOf(ACTIONS, false),
});

/** @type {options.Shape} */
const QUERY = Object.freeze({
  mode: options.mode,
  parameters: options.integer({ min: 1, max: 100_000, default: 1000 }),
  depth: options.integer({ min: 0, max: 100, unit: 'levels', default: 5 }),
  keyBytes: options.bytes({ min: 1, max: 65_536, default: 256 }),
  arrays: options.list(name, []),
  duplicates: options.oneOf(['last', 'array', 'refuse'], 'last'),
  prototypeKeys: options.oneOf(ACTIONS, 'refuse'),
  operatorKeys: options.oneOf(ACTIONS, 'report'),
});

/**
 * @param {unknown} [input]
 * @returns {Readonly<import('./index').BodySettings>}
 */
function parseBody(input) {
  return options.parse('body', input, BODY);
}

/**
 * @param {unknown} [input]
 * @returns {Readonly<import('./index').QuerySettings>}
 */
function parseQuery(input) {
  return options.parse('query', input, QUERY);
}

module.exports = { parseBody, parseQuery };
