'use strict';

/**
 * For what a function of the developer returned where no promise is taken: a rejection that nobody awaits
 * would end the process.
 *
 * @template T
 * @param {T} value
 * @returns {T} the same
 */
function unawaited(value) {
  if (value instanceof Promise) value.catch(() => {});
  return value;
}

module.exports = { unawaited };
