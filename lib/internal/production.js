'use strict';

/**
 * The one place that reads NODE_ENV. Each answer is for exactly one spelling; nothing that could leak
 * becomes harmless by a misspelt environment.
 */

/** @returns {boolean} whether NODE_ENV is exactly `production` */
function isProduction() {
  return process.env.NODE_ENV === 'production';
}

/** @returns {boolean} whether error detail may be asked for: exactly `development` or `test` */
function mayShowDetail() {
  return process.env.NODE_ENV === 'development' || process.env.NODE_ENV === 'test';
}

module.exports = { isProduction, mayShowDetail };
