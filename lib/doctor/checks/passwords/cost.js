'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

const BCRYPT =
  /^(?:bcrypt|bcryptjs|@node-rs\/bcrypt|hauberk\/bcrypt)\.(?:hash|hashSync|genSalt|genSaltSync)$/;
/** OWASP Password Storage Cheat Sheet: bcrypt with a work factor of 10 or more, PBKDF2-SHA-256 with 600 000. */
const BCRYPT_LEAST = 10;
const PBKDF2_LEAST = 210_000;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'passwords/cost',
  kind: 'static',
  weight: 2,
  why: 'The cost is what stands between a stolen table and its passwords.',
  fix: 'hauberk.passwords.hash has a good cost by default; bcrypt: 10 or more',
  docs: 'passwords.md',
  look({ project }) {
    const made = project.source.calls(BCRYPT);
    const pbkdf2 = project.source.calls(/^(?:node:)?crypto\.pbkdf2(?:Sync)?$/);
    if (made.length + pbkdf2.length === 0) return skip('no cost stands in the source');
    const number = (
      /** @type {import('../../source/file').Call} */ { file, args },
      /** @type {number} */ i,
    ) => Number(String(file.literal(args[i]) ?? NaN).replace(/_/g, ''));
    const open = [
      ...made.filter((call) => number(call, /genSalt/.test(call.name) ? 0 : 1) < BCRYPT_LEAST),
      ...pbkdf2.filter((call) => number(call, 2) < PBKDF2_LEAST),
    ];
    return open.length > 0
      ? fail(
          'the cost of the hash is too low',
          open.map((one) => at(one)),
        )
      : pass(
          'the cost of the hash is high enough',
          [...made, ...pbkdf2].map((one) => at(one)),
        );
  },
};
