'use strict';

const { policyOf } = require('./policy-of');

/** Who may load the response without CORS (Fetch, 3.7). */
module.exports = {
  option: 'crossOriginResourcePolicy',
  name: 'Cross-Origin-Resource-Policy',
  standard: 'same-origin',
  sets: { helmet: 'same-origin', site: 'same-origin', api: 'same-origin' },
  configure: policyOf(['same-origin', 'same-site', 'cross-origin'], 'same-origin'),
};
