'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { dockerfiles } = require('../../project/container');
const { fail, pass, skip } = require('../../verdict');

const WANTED = ['.env', '.git', 'node_modules'];

/** Whether a pattern of .dockerignore leaves a name out. @param {string[]} patterns @param {string} name */
function leavesOut(patterns, name) {
  let out = false;
  for (const raw of patterns) {
    const pattern = raw
      .replace(/^!?(?:\.?\/)?/, '')
      .replace(/^\*\*\//, '')
      .replace(/\/?\*{0,2}$/, (end) => (end.startsWith('/') ? '' : end));
    const matches =
      pattern === name ||
      pattern === '*' ||
      pattern === '**' ||
      (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
    if (matches) out = !raw.startsWith('!');
  }
  return out;
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'privileges/dockerignore',
  kind: 'static',
  weight: 2,
  why: 'What COPY . takes along stays in the image: secrets of .env, the whole history of .git, packages of another machine.',
  fix: 'Write a .dockerignore with the lines .env, .env.*, .git and node_modules',
  docs: 'privileges.md',
  look({ project }) {
    const copies = dockerfiles(project).flatMap(({ instructions }) =>
      instructions.filter(
        ({ word, rest }) =>
          (word === 'COPY' || word === 'ADD') && !rest.includes('--from=') && /(?:^|\s)\.\/?\s/.test(rest),
      ),
    );
    if (copies.length === 0) return skip('no Dockerfile copies the whole folder');
    const text = project.text('.dockerignore');
    const evidence = copies.map(({ file, line, rest }) => ({ file, line, text: `COPY ${rest}` }));
    if (text === undefined)
      return fail('the whole folder is copied into the image, and there is no .dockerignore', evidence);
    const patterns = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    const missing = WANTED.filter((name) => !leavesOut(patterns, name));
    if (missing.length > 0)
      return fail(`.dockerignore does not leave out ${missing.join(', ')}`, [
        { file: '.dockerignore', text: missing.join(', ') },
      ]);
    return pass('.dockerignore keeps secrets and history out of the image');
  },
};
