'use strict';

const { peekContext } = require('../internal/context');
const { middleware } = require('../internal/stage');
const query = require('./query');
const { create, parse } = require('./stage');

/**
 * Reads JSON and urlencoded request bodies: limits while reading, a scan of the raw bytes, one parse.
 *
 * @param {import('./index').BodyOptions} [options]
 * @returns {import('./index').Middleware}
 */
function body(options) {
  return middleware(create(parse(options)));
}

/**
 * The bytes of a body that this practice has read, after expansion: what a webhook's signature covers.
 *
 * @param {any} req
 * @returns {Buffer | undefined}
 */
function rawBody(req) {
  return peekContext(req)?.rawBody;
}

exports = module.exports = body;
exports.query = query.query;
exports.originalQuery = query.originalQuery;
exports.rawBody = rawBody;
