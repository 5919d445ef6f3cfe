'use strict';

const { at } = require('../../source/source');
const { dockerfiles } = require('../../project/container');
const { fail, pass } = require('../../verdict');

const OFF = /NODE_TLS_REJECT_UNAUTHORIZED\s*[=:]?\s*["']?0/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'https/certificates',
  kind: 'static',
  weight: 3,
  why: 'Without checking certificates, TLS hides nothing from who stands in between.',
  fix: 'Remove rejectUnauthorized: false and NODE_TLS_REJECT_UNAUTHORIZED=0; give the private CA: { ca }, or NODE_EXTRA_CA_CERTS',
  docs: 'https.md',
  look({ project }) {
    const { source } = project;
    const open = source
      .where(['rejectUnauthorized', 'NODE_TLS_REJECT_UNAUTHORIZED'])
      .flatMap(({ file, at: i }) => {
        const off = file.is(i + 1, ':')
          ? file.isWord(i + 2, 'false')
          : file.is(i + 1, '=') && file.text[i + 2] === '0';
        return off ? [{ file: file.name, line: file.line[i], text: file.text[i] }] : [];
      });
    const scripts = Object.entries(project.scripts)
      .filter(([, line]) => OFF.test(line))
      .map(([name, line]) => ({ file: 'package.json', text: `${name}: ${line}` }));
    const images = dockerfiles(project).flatMap(({ instructions }) =>
      instructions
        .filter(({ rest }) => OFF.test(rest))
        .map(({ file, line, rest }) => ({ file, line, text: rest })),
    );
    const all = [...open, ...scripts, ...images];
    return all.length > 0
      ? fail('certificates are not checked', all)
      : pass(
          'certificates are checked',
          source.calls(/^(?:node:)?https\./).map((one) => at(one)),
        );
  },
};
