'use strict';

const { later, settle } = require('../internal/later');
const { refuseUncalled } = require('../internal/uncalled');
const { Monitor } = require('./monitor');
const { parse } = require('./options');

/**
 * What the practices of this process decide, as events, lines of a log and metrics.
 *
 * @param {import('./index').MonitorOptions} [options]
 * @returns {Monitor}
 * @throws HauberkError ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID, ERR_HAUBERK_SECRET
 */
function monitor(options) {
  refuseUncalled('hauberk.monitor', arguments);
  return new Monitor(parse(options));
}

exports = module.exports = monitor;
exports.reports = later(() => require('./reports').reports);
exports.dashboard = later(() => require('./dashboard').dashboard);
settle(exports);
