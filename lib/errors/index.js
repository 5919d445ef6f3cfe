'use strict';

const { later, settle } = require('../internal/later');
const { leakMode } = require('./options');
const { parse, create } = require('./stage');

/**
 * The last two middlewares of an application: 404, and the error handler. Answers are problem details
 * (RFC 9457), HTML or text, as the client asks; what happened goes to the log, and only there.
 *
 * ```js
 * app.use(errors());
 * ```
 *
 * @param {import('./index').Options} [options]
 * @returns {[import('./stage').NotFound, import('./stage').Handler]}
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID
 */
function errors(options) {
  const { notFound, handler } = create(parse(options));
  return [notFound, handler];
}

/**
 * The 404 alone, for an application with an error handler of its own.
 *
 * @param {import('./index').Options} [options]
 * @returns {import('./stage').NotFound}
 */
function notFound(options) {
  return create(parse(options)).notFound;
}

/**
 * Looks at what leaves for what belongs in the log. The guard does this by its option `errors.leaks`.
 *
 * @param {{ leaks?: 'report' | 'replace' }} [options] default `report`
 * @returns {import('./stage').NotFound}
 */
function leaks(options) {
  const { leakWatch } = require('./leaks');
  const mode = leakMode(parse(options).leaks ?? 'report', 'enforce');
  const watch = mode === 'off' ? undefined : leakWatch(mode);
  return function hauberkLeaks(req, res, next) {
    watch?.(req, res);
    next();
  };
}

exports = module.exports = errors;
exports.notFound = notFound;
exports.async = later(() => require('./async').async);
exports.methods = later(() => require('./methods').methods);
exports.lastResort = later(() => require('./last-resort').lastResort);
exports.leaks = leaks;
settle(exports);
