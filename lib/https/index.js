'use strict';

const { middleware } = require('../internal/stage');
const { refuseUncalled } = require('../internal/uncalled');
const { acme } = require('./acme');
const { createServer } = require('./server');
const { hstsRamp } = require('./hsts-ramp');
const stage = require('./stage');

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
  return middleware(stage.create(stage.parse(options)));
}

exports.acme = acme;
exports.redirect = redirect;
exports.createServer = createServer;
exports.hstsRamp = hstsRamp;
