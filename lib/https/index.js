'use strict';

const { later, settle } = require('../internal/later');
const { middleware } = require('../internal/stage');
const { refuseUncalled } = require('../internal/uncalled');

/**
 * Middleware that redirects plain HTTP to a listed host and refuses foreign hosts. The guard does the same under
 * its key `https`.
 *
 * @param {import('./index').RedirectOptions} [options]
 * @returns {import('../internal/middleware').Middleware}
 * @throws HauberkError `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
function redirect(options) {
  refuseUncalled('https.redirect', arguments);
  const stage = require('./stage');
  return middleware(stage.create(stage.parse(options)));
}

exports.acme = later(() => require('./acme').acme);
exports.redirect = redirect;
exports.createServer = later(() => require('./server').createServer);
exports.hstsRamp = later(() => require('./hsts-ramp').hstsRamp);
settle(exports);
