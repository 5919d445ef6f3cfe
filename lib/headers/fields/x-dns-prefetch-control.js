'use strict';

const options = require('../../internal/options');

/** No look-ups of names that a page only mentions. */
module.exports = {
  option: 'xDnsPrefetchControl',
  alias: 'dnsPrefetchControl',
  name: 'X-DNS-Prefetch-Control',
  standard: 'off',
  sets: { helmet: 'off', site: 'off' },
  configure: (/** @type {unknown} */ given, /** @type {string} */ path) =>
    options.parse(path, given, { allow: options.boolean(false) }).allow ? 'on' : 'off',
};
