'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

const GOOD = [
  'bcrypt',
  'bcryptjs',
  'argon2',
  '@node-rs/argon2',
  '@node-rs/bcrypt',
  'hauberk/bcrypt',
  'hauberk/argon2',
  'hauberk/passwords',
  'scrypt-kdf',
];
const CALLS =
  /^(?:hauberk\.passwords\.\w+|(?:node:)?crypto\.(?:scrypt|scryptSync|argon2|argon2Sync|pbkdf2|pbkdf2Sync))$/;
const FAST = /^(?:node:)?crypto\.(?:createHash|hash|createHmac)$/;
const PASSWORD = /\b(?:password|passwd|pwd|passphrase)\b/i;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'passwords/hash',
  kind: 'static',
  weight: 3,
  why: 'A fast hash is guessed billions of times a second, and a password that is not hashed need not be guessed.',
  fix: 'const hash = await hauberk.passwords.hash(password)',
  docs: 'passwords.md',
  look({ project }) {
    const { source } = project;
    const fast = source
      .calls(FAST)
      .filter(({ file, at: from }) => PASSWORD.test(file.text.slice(from, from + 24).join(' ')));
    const plain = source
      .calls(/\.(?:create|insert|insertOne|insertMany|save|update|updateOne|upsert|run|query|execute|push)$/)
      .filter(({ file, args }) =>
        args.some(
          (range) =>
            /\breq(?:uest)? \. body \. (?:password|passwd|pwd)\b/.test(file.show(range)) &&
            !/[hH]ash/.test(file.show(range)),
        ),
      );
    if (fast.length > 0)
      return fail(
        'passwords get a hash that is made to be fast',
        fast.map((one) => at(one)),
      );
    if (plain.length > 0)
      return fail(
        'passwords are stored as they were typed',
        plain.map((one) => at(one)),
      );
    const slow = source.calls(CALLS);
    const used = source.uses(GOOD);
    if (slow.length > 0)
      return pass(
        'passwords get a slow hash',
        slow.map((one) => at(one)),
      );
    if (used !== undefined) return pass(`${used} is used`);
    const logins = source
      .routes()
      .filter(
        ({ method, path }) => method === 'post' && /login|sign-?in|register|sign-?up|password/i.test(path),
      );
    if (logins.length > 0)
      return fail(
        'a login, and no hash for passwords',
        logins.map(({ call, path }) => at(call, `POST ${path}`)),
      );
    return skip('no passwords are kept');
  },
};
