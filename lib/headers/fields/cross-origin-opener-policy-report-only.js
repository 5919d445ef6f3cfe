'use strict';

const opener = require('./cross-origin-opener-policy');

/** What a stricter Cross-Origin-Opener-Policy would break: reported, not done. */
module.exports = {
  option: 'crossOriginOpenerPolicyReportOnly',
  name: 'Cross-Origin-Opener-Policy-Report-Only',
  standard: 'same-origin',
  sets: {},
  configure: opener.configure,
};
