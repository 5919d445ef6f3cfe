'use strict';

const { policyOf } = require('./policy-of');

/** Off unless asked for: it blocks every cross-origin image or script that does not opt in. */
module.exports = {
  option: 'crossOriginEmbedderPolicy',
  name: 'Cross-Origin-Embedder-Policy',
  reportOnly: 'Cross-Origin-Embedder-Policy-Report-Only',
  standard: 'require-corp',
  sets: {},
  configure: policyOf(['require-corp', 'credentialless', 'unsafe-none'], 'require-corp'),
};
