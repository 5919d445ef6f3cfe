'use strict';

const { parse, integer } = require('../internal/options');
const { compile } = require('./trust');

const SHAPE = Object.freeze({
  trustProxy: compile,
  ipv6Prefix: integer({ min: 32, max: 128, unit: 'bits', default: 56 }),
});

/**
 * @param {unknown} options
 * @returns {{ trustProxy: ReturnType<typeof compile>, ipv6Prefix: number }}
 */
function parseOptions(options) {
  return parse('client', options, SHAPE);
}

module.exports = { parse: parseOptions };
