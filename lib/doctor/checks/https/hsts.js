'use strict';

const { fail, pass, skip, warn } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'https/hsts',
  kind: 'live',
  weight: 2,
  why: 'Without it a browser tries plain HTTP first on each visit, and who stands in between answers.',
  fix: 'app.use(hauberk()) sends Strict-Transport-Security over HTTPS; start small with hauberk.https.hstsRamp',
  docs: 'https.md',
  look({ live }) {
    if (live?.url.protocol !== 'https:') return skip('it is sent over HTTPS only');
    const result = live.observatory.tests.find(({ test }) => test === 'strict-transport-security');
    if (result === undefined) return skip('there is no score');
    return result.modifier <= -20
      ? fail(result.what)
      : result.modifier < 0
        ? warn(result.what)
        : pass(result.what);
  },
};
