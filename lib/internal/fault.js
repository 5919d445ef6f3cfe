'use strict';

const CODES = require('./codes');

const PAGE = 'https://github.com/hauberk/hauberk/blob/main/docs/codes.md';

/**
 * An expected failure: what every practice throws or rejects with.
 *
 * `message` says what is wrong and what to do; `code` is stable (`ERR_HAUBERK_<PRACTICE>_<WHAT>`,
 * docs/codes.md); `status` is the HTTP status when a request caused it, otherwise 500; `expose`
 * follows the convention of the package `http-errors`.
 */
class HauberkError extends Error {
  /**
   * @param {string} code one of lib/internal/codes.js
   * @param {string} message one sentence; never a secret, never raw bytes of a caller
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'HauberkError';
    this.code = code;
    this.status = CODES[code]?.status || 500;
    this.expose = this.status < 500;
    this.documentation = `${PAGE}#${code.toLowerCase()}`;
  }
}

/**
 * The native side throws plain errors with our codes; this gives them the same shape.
 *
 * @param {unknown} error
 * @returns {unknown} a HauberkError where the code is ours, else the error itself
 */
function fromNative(error) {
  if (!(error instanceof Error) || error instanceof HauberkError) return error;
  const code = /** @type {Error & { code?: unknown }} */ (error).code;
  if (typeof code === 'string' && Object.hasOwn(CODES, code)) return new HauberkError(code, error.message);
  return new HauberkError('ERR_HAUBERK_INTERNAL', 'the native core failed', { cause: error });
}

/**
 * Shows a caller's value in a message: its type, and its text only where that is short and harmless.
 *
 * @param {unknown} value
 */
function show(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') {
    return /^[\x20-\x7e]{0,40}$/.test(value) ? JSON.stringify(value) : 'a string';
  }
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`.length < 24 ? `${value}n` : 'a bigint';
  return String(value);
}

exports.HauberkError = HauberkError;
exports.fromNative = fromNative;
exports.show = show;
