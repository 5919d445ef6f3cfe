'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip, warn } = require('../../verdict');

const PACKAGES = [
  'express-enforces-ssl',
  'express-sslify',
  'express-force-ssl',
  'ssl-express-www',
  'heroku-ssl-redirect',
  'express-http-to-https',
];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'https/enforced',
  kind: 'static',
  weight: 3,
  why: 'A first request over plain HTTP, with its cookie or token, can be read and changed on the way.',
  fix: "hauberk({ https: { hosts: ['api.example.com'] } }): plain HTTP leads to HTTPS, at these hosts only",
  docs: 'https.md',
  look({ project, guard, live }) {
    const { source } = project;
    if (live?.redirect === 'https') return pass('plain HTTP leads to HTTPS', ['by what the server answered']);
    if (
      guard.report !== undefined
        ? guard.report.practices?.https === 'on'
        : guard.on('https') && guard.options('https') !== undefined
    ) {
      return pass('the guard leads plain HTTP to HTTPS', guard.evidence);
    }
    const own = source.calls(/^hauberk(?:\.https|\/https)\.(?:redirect|createServer|acme)$/);
    if (own.length > 0)
      return pass(
        'HTTPS is served',
        own.map((one) => at(one)),
      );
    const used = source.uses(PACKAGES);
    if (used !== undefined) return warn(`${used} redirects to whatever the Host header says`);
    if (source.calls(/^(?:node:)?https\.createServer$/).length > 0)
      return warn('HTTPS is served, and nothing leads plain HTTP to it');
    if (source.calls(/^express$/).length === 0 && !guard.found) return skip('no Express application is made');
    return fail('nothing leads plain HTTP to HTTPS', [
      'where a proxy does, say the hosts all the same: the Host header is checked against them',
    ]);
  },
};
