'use strict';

const { reportingPolicyOf } = require('./reporting-policy-of');

/** Off unless asked for: it blocks every cross-origin image or script that does not opt in. */
module.exports = {
  option: 'crossOriginEmbedderPolicy',
  name: 'Cross-Origin-Embedder-Policy',
  reportOnly: 'Cross-Origin-Embedder-Policy-Report-Only',
  standard: 'require-corp',
  sets: {},
  configure: reportingPolicyOf(['require-corp', 'credentialless', 'unsafe-none'], 'require-corp'),
};
