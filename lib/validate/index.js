'use strict';

const { peekContext } = require('../internal/context');
const { later, settle } = require('../internal/later');
const { middleware } = require('../internal/stage');
// Loaded at once: a binary that is missing or broken fails at start.
require('../internal/native');

/**
 * Validates parts of a request; all that is wrong is told in one answer with status 422.
 *
 * @param {any} options ValidateOptions, see index.d.ts
 * @returns {any}
 */
function validate(options) {
  const { create, parse } = require('./stage');
  return middleware(create(parse(options)));
}

/**
 * What `validate` made of the parts that it judged, also where Express offers no place for it.
 *
 * @param {any} req
 * @returns {any}
 */
function validated(req) {
  return peekContext(req)?.validated ?? {};
}

exports = module.exports = validate;
exports.validated = validated;
exports.check = later(() => require('./language/chain').chains.check);
exports.body = later(() => require('./language/chain').chains.body);
exports.query = later(() => require('./language/chain').chains.query);
exports.param = later(() => require('./language/chain').chains.param);
exports.header = later(() => require('./language/chain').chains.header);
exports.cookie = later(() => require('./language/chain').chains.cookie);
exports.buildCheckFunction = later(() => require('./language/chain').buildCheckFunction);
exports.checkSchema = later(() => require('./language/schema').checkSchema);
exports.checkExact = later(() => require('./language/exact').checkExact);
exports.oneOf = later(() => require('./language/one-of').oneOf);
exports.matchedData = later(() => require('./language/matched').matchedData);
exports.validationResult = later(() => require('./language/result').validationResult);
exports.Result = later(() => require('./language/result').Result);
exports.ExpressValidator = later(() => require('./language/express-validator').ExpressValidator);
settle(exports);
