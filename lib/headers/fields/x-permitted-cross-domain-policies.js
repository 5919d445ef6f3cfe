'use strict';

const options = require('../../internal/options');

const VALUES = Object.freeze(['none', 'master-only', 'by-content-type', 'all']);

/** Flash and Acrobat: no cross-domain policy files. */
module.exports = {
  option: 'xPermittedCrossDomainPolicies',
  alias: 'permittedCrossDomainPolicies',
  name: 'X-Permitted-Cross-Domain-Policies',
  standard: 'none',
  sets: { helmet: 'none', site: 'none' },
  configure: (/** @type {unknown} */ given, /** @type {string} */ path) =>
    options.parse(path, given, { permittedPolicies: options.oneOf(VALUES, 'none') }).permittedPolicies,
};
