'use strict';

const { middleware } = require('../../internal/stage');
const { create, originalQuery, parse } = require('./stage');

/**
 * Judges the query string, and gives handlers one value for each parameter.
 *
 * @param {import('../index').QueryOptions} [options]
 * @returns {import('../index').Middleware}
 */
function query(options) {
  return middleware(create(parse(options)));
}

exports.query = query;
exports.originalQuery = originalQuery;
