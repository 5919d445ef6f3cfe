'use strict';

const { reportingPolicyOf } = require('./reporting-policy-of');

/** Keeps the window apart from cross-origin openers (HTML, 7.1.3). */
module.exports = {
  option: 'crossOriginOpenerPolicy',
  name: 'Cross-Origin-Opener-Policy',
  reportOnly: 'Cross-Origin-Opener-Policy-Report-Only',
  standard: 'same-origin',
  sets: { helmet: 'same-origin', site: 'same-origin', api: 'same-origin' },
  configure: reportingPolicyOf(
    ['same-origin', 'same-origin-allow-popups', 'noopener-allow-popups', 'unsafe-none'],
    'same-origin',
  ),
};
