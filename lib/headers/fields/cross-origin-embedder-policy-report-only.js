'use strict';

const embedder = require('./cross-origin-embedder-policy');

/** What a Cross-Origin-Embedder-Policy would break: reported, not done. */
module.exports = {
  option: 'crossOriginEmbedderPolicyReportOnly',
  name: 'Cross-Origin-Embedder-Policy-Report-Only',
  standard: 'require-corp',
  sets: {},
  configure: embedder.configure,
};
