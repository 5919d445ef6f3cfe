'use strict';

const options = require('../internal/options');
const { exemptPath } = require('./exempt');
const { host } = require('./hosts');

const SHAPE = Object.freeze({
  mode: options.mode,
  hosts: options.list(host, []),
  exempt: options.list(exemptPath, []),
  api: options.oneOf(['redirect', 'refuse'], 'redirect'),
  apiStatus: options.oneOf([403, 426], 403),
  port: options.integer({ min: 1, max: 65_535, default: 443 }),
});

/** @param {unknown} input */
function parse(input) {
  return options.parse('https', input, SHAPE);
}

module.exports = { parse };
