'use strict';

const { Writable } = require('node:stream');
const options = require('../internal/options');

/** A path may not be a number of bytes: whoever writes `log: '16mb'` means something else. */
const PATH = options.string({ pattern: /^(?!\d+ ?[kmg]?b$)[^\0]{1,4096}$/i, expected: 'the path of a file' });

const LOG_FILE = Object.freeze({
  path: PATH,
  maxBytes: options.bytes({ min: 1024, max: 2 ** 40, default: 16 * 1024 * 1024 }),
  files: options.integer({ min: 0, max: 1000, default: 5 }),
});

/**
 * @typedef {{ to: 'stdout' } | { to: 'stream', stream: Writable } | { to: 'file', path: string, maxBytes: number, files: number }} LogTarget
 */

/** @param {unknown} value @param {string} path @returns {LogTarget | undefined} */
function log(value, path) {
  if (value === undefined || value === false) return undefined;
  if (value === true) return { to: 'stdout' };
  if (typeof value === 'string') return logFile({ path: value }, path);
  if (isWritable(value)) return { to: 'stream', stream: value };
  if (options.isPlainObject(value)) return logFile(value, path);
  throw options.invalid(
    path,
    'true, the path of a file, { path, maxBytes, files } or a writable stream',
    value,
  );
}

/** @param {unknown} value @param {string} path @returns {LogTarget} */
function logFile(value, path) {
  const settings = options.parse(path, value, LOG_FILE);
  if (settings.path === undefined) throw options.invalid(`${path}.path`, 'the path of a file', undefined);
  return { to: 'file', ...settings };
}

/** @param {unknown} value @returns {value is Writable} */
function isWritable(value) {
  if (value instanceof Writable) return true;
  const stream = /** @type {any} */ (value);
  return typeof stream?.write === 'function' && typeof stream.once === 'function';
}

/** What another file of this practice parses. @param {unknown} value @param {string} path */
function passed(value, path) {
  if (value === undefined || typeof value === 'boolean' || options.isPlainObject(value)) return value;
  throw options.invalid(path, 'an options object', value);
}

const SHAPE = Object.freeze({
  log,
  keys: options.oneOf(['masked', 'mac', 'none'], 'masked'),
  secret: (/** @type {unknown} */ value) => value,
  perKeyPerSecond: options.integer({ min: 1, max: 1_000_000, default: 1000 }),
  perSecond: options.integer({ min: 1, max: 10_000_000, default: 10_000 }),
  bufferBytes: options.bytes({ min: 4096, max: 2 ** 30, default: 1024 * 1024 }),
  anomalies: passed,
  reports: passed,
  dashboard: passed,
});

/** @param {unknown} input */
function parse(input) {
  return options.parse('monitor', input, SHAPE);
}

module.exports = { parse, SHAPE };
