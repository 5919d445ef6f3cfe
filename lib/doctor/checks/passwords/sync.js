'use strict';

const { at } = require('../../source/source');
const { pass, skip, warn } = require('../../verdict');

const ANY =
  /^(?:bcrypt|bcryptjs|argon2|@node-rs\/\w+|hauberk(?:\/\w+|\.passwords)|(?:node:)?crypto)\.(?:hash|compare|verify|scrypt|pbkdf2|hashSync|compareSync|verifySync|scryptSync|pbkdf2Sync)$/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'passwords/sync',
  kind: 'static',
  weight: 1,
  why: 'A hash on the event loop stops every other request while it runs: a few logins at once stop the service.',
  fix: 'Use the asynchronous function and await it',
  docs: 'eslint.md#no-sync-hash-in-handler',
  look({ project }) {
    const made = project.source.calls(ANY).filter(({ name }) => !/crypto\.(?:hash|verify)$/.test(name));
    if (made.length === 0) return skip('no password is hashed');
    const sync = made.filter(({ name }) => name.endsWith('Sync'));
    return sync.length > 0
      ? warn(
          'passwords are hashed on the event loop',
          sync.map((one) => at(one)),
        )
      : pass(
          'passwords are hashed off the event loop',
          made.map((one) => at(one)),
        );
  },
};
