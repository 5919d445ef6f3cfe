'use strict';

const { middleware } = require('../internal/stage');
const { refuseUncalled } = require('../internal/uncalled');
const { check } = require('./check');
const { drop } = require('./drop');
const stage = require('./stage');

/**
 * A middleware that looks, on the first request, whether the process is root: it warns, or refuses to answer.
 *
 * @param {import('./index').PrivilegesOptions} [options]
 * @returns {import('./index').Middleware}
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID
 */
function privileges(options) {
  refuseUncalled('privileges', arguments);
  return middleware(stage.create(stage.parse(options)));
}

exports = module.exports = privileges;
exports.check = check;
exports.drop = drop;
