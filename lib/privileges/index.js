'use strict';

const { later, settle } = require('../internal/later');
const { middleware } = require('../internal/stage');
const { refuseUncalled } = require('../internal/uncalled');

/**
 * A middleware that looks, on the first request, whether the process is root: it warns, or refuses to answer.
 *
 * @param {import('./index').PrivilegesOptions} [options]
 * @returns {import('./index').Middleware}
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID
 */
function privileges(options) {
  refuseUncalled('privileges', arguments);
  const stage = require('./stage');
  return middleware(stage.create(stage.parse(options)));
}

exports = module.exports = privileges;
exports.check = later(() => require('./check').check);
exports.drop = later(() => require('./drop').drop);
settle(exports);
