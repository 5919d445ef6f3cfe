'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

/** Tokens whose form tells what they are. */
const TOKENS =
  /\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abprs]-[\w-]{10,}|sk_live_\w{16,}|glpat-[\w-]{20}|npm_\w{36}|AIza[\w-]{35})\b|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----|\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqp):\/\/[^:@/\s]+:[^@/\s${]{3,}@(?!localhost|127\.)/;
const SHORTEST = 16;
const JWT = /^(?:jsonwebtoken\.(?:sign|verify)|express-jwt(?:\.\w+)?)$/;

/** @param {import('../../source/file').SourceFile} file */
function credentialsIn({ name, text, kind, line }) {
  const found = [];
  for (let i = 0; i < text.length; i += 1) {
    if (text[i].length < SHORTEST || kind[i] === 'word' || !TOKENS.test(text[i])) continue;
    found.push({ file: name, line: line[i], text: 'looks like a credential' });
  }
  return found;
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'passwords/secrets',
  kind: 'static',
  weight: 3,
  why: 'What stands in the source is in every clone, every image and the whole history.',
  fix: 'Take it from the environment or a secret store, and replace it: whoever has the source has it',
  docs: 'passwords.md',
  look({ project }) {
    const { source } = project;
    const tokens = source.files.flatMap(credentialsIn);
    const signed = source
      .calls(JWT)
      .filter(({ file, args, name }) =>
        file.isString(name.startsWith('jsonwebtoken') ? args[1] : file.property(args[0], 'secret')),
      );
    const open = [...tokens, ...signed.map((one) => at(one, 'a literal as the key of tokens'))];
    return open.length > 0
      ? fail('credentials stand in the source', open)
      : pass('no credential was found in the source');
  },
};
