'use strict';

const { at } = require('../../source/source');
const { pass, skip, warn } = require('../../verdict');

const PACKAGES = [
  'otplib',
  'otpauth',
  'speakeasy',
  '@simplewebauthn/server',
  'passport-totp',
  'hauberk/mfa',
  'passport-openidconnect',
  'express-openid-connect',
  'openid-client',
];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'passwords/mfa',
  kind: 'static',
  weight: 1,
  why: 'A password alone is shared with every site where its owner uses it too.',
  fix: 'Offer a second factor: hauberk.mfa.totp({ issuer }) or hauberk.mfa.passkeys',
  docs: 'mfa.md',
  look({ project }) {
    const { source } = project;
    const own = source.calls(/^hauberk\.mfa\./);
    if (own.length > 0)
      return pass(
        'there is a second factor',
        own.map((one) => at(one)),
      );
    const used = source.uses(PACKAGES);
    if (used !== undefined) return pass(`${used} is used`);
    const logins = source
      .routes()
      .filter(
        ({ method, path }) => method === 'post' && /(?:^|\/)(?:login|sign-?in|session)\/?$/i.test(path),
      );
    return logins.length === 0
      ? skip('no login route stands in the source')
      : warn(
          'a password is all that a login asks for',
          logins.map(({ call, path }) => at(call, `POST ${path}`)),
        );
  },
};
