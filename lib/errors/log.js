'use strict';

const { sayOnce } = require('../internal/events');

/**
 * Writing a record to whatever logger the application has.
 *
 * 1. No logger: one line of JSON on stderr (`console.error`).
 * 2. A console: one line of JSON.
 * 3. pino, bunyan: `(record, message)`.
 * 4. winston and any other object with `error`: `(record)`, which has `message`.
 * 5. A function: `(record)`.
 *
 * A logger that throws or rejects keeps no answer from leaving; the record then goes to stderr.
 *
 * @typedef {Record<string, unknown> & { level: 'error' | 'warn', message: string }} Record_
 * @typedef {((record: any) => unknown) | { error: (...args: any[]) => unknown, warn?: (...args: any[]) => unknown }} Logger
 */

/**
 * @param {Logger | undefined} logger
 * @returns {(record: Record_) => void}
 */
function createLog(logger) {
  const write = logger === undefined ? toStderr : writer(logger);
  return function log(record) {
    try {
      const pending = write(record);
      if (pending instanceof Promise) pending.catch(() => failed(record));
    } catch {
      failed(record);
    }
  };
}

/**
 * @param {Logger} logger
 * @returns {(record: Record_) => unknown}
 */
function writer(logger) {
  if (typeof logger === 'function') return (record) => logger(record);
  const shape = /** @type {any} */ (logger);
  const call = (/** @type {Record_} */ record, /** @type {unknown[]} */ args) =>
    typeof shape.warn === 'function' && record.level === 'warn' ? shape.warn(...args) : shape.error(...args);
  if (typeof shape.table === 'function') return (record) => call(record, [JSON.stringify(record)]);
  if (typeof shape.bindings === 'function' || typeof shape.addStream === 'function') {
    return ({ level: _level, message, time: _time, ...record }) =>
      call({ level: _level, message }, [record, message]);
  }
  return (record) => call(record, [record]);
}

/** @param {Record_} record */
function toStderr(record) {
  console.error(JSON.stringify(record));
}

/** @param {Record_} record */
function failed(record) {
  try {
    sayOnce('HAUBERK_ERRORS_LOGGER', 'the logger given to errors() failed; its records go to stderr');
    toStderr(record);
  } catch {
    // Not even stderr works: there is nowhere left to say it.
  }
}

module.exports = { createLog };
