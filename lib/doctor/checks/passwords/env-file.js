'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { fail, pass, skip } = require('../../verdict');

const SAMPLE = /\.(?:example|sample|template|dist|defaults?)$/;

/** Whether .gitignore leaves a name of the root out. @param {string} text @param {string} name */
function ignores(text, name) {
  let ignored = false;
  for (const raw of text.split('\n').map((line) => line.trim())) {
    if (raw === '' || raw.startsWith('#')) continue;
    const pattern = raw
      .replace(/^!/, '')
      .replace(/^\//, '')
      .replace(/^\*\*\//, '');
    const matches =
      pattern === name ||
      (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))) ||
      (pattern.startsWith('*') && name.endsWith(pattern.slice(1)));
    if (matches) ignored = !raw.startsWith('!');
  }
  return ignored;
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'passwords/env-file',
  kind: 'static',
  weight: 3,
  why: 'A .env that is committed is in every clone and in the whole history.',
  fix: 'Add .env to .gitignore; git rm --cached .env; replace what was in it',
  docs: 'passwords.md',
  look({ project }) {
    const files = project.files.filter(
      (name) => /(?:^|\/)\.env(?:\.[\w-]+)*$/.test(name) && !SAMPLE.test(name),
    );
    if (files.length === 0) return skip('there is no .env');
    const text = project.text('.gitignore') ?? '';
    const open = files.filter((name) => !ignores(text, name.slice(name.lastIndexOf('/') + 1)));
    return open.length > 0
      ? fail(
          'git does not ignore the file with the secrets',
          open.map((file) => ({ file, text: 'not in .gitignore' })),
        )
      : pass('git ignores it', [{ file: '.gitignore', text: files.join(', ') }]);
  },
};
