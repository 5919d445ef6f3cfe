'use strict';

const { peekContext } = require('../internal/context');
const { middleware } = require('../internal/stage');
const { chains, buildCheckFunction } = require('./language/chain');
const { ExpressValidator } = require('./language/express-validator');
const { checkExact } = require('./language/exact');
const { checkSchema } = require('./language/schema');
const { matchedData } = require('./language/matched');
const { oneOf } = require('./language/one-of');
const { Result, validationResult } = require('./language/result');
const { parse } = require('./options');
const { create } = require('./stage');

/**
 * Validates parts of a request; all that is wrong is told in one answer with status 422.
 *
 * @param {any} options ValidateOptions, see index.d.ts
 * @returns {any}
 */
function validate(options) {
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
exports.check = chains.check;
exports.body = chains.body;
exports.query = chains.query;
exports.param = chains.param;
exports.header = chains.header;
exports.cookie = chains.cookie;
exports.buildCheckFunction = buildCheckFunction;
exports.checkSchema = checkSchema;
exports.checkExact = checkExact;
exports.oneOf = oneOf;
exports.matchedData = matchedData;
exports.validationResult = validationResult;
exports.Result = Result;
exports.ExpressValidator = ExpressValidator;
