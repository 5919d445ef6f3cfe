'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { dockerfiles } = require('../../project/container');
const { inCi } = require('../../project/ci');
const { fail, pass, skip } = require('../../verdict');

/** `npm install` of the project itself; with a name it installs a tool. */
const LOOSE =
  /\bnpm\s+(?:install|i)\b(?!\s+(?:-g|--global|--package-lock-only)\b)(?=(?:\s+-[\w-]+(?:=\S+)?)*\s*(?:$|&&|;|\||"))/;
const INSTALLS = /\b(?:npm\s+(?:ci|install|i)|pnpm\s+i(?:nstall)?|yarn(?:\s+install)?)\b/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'audit/install',
  kind: 'static',
  weight: 2,
  why: 'npm install may change the lockfile and take versions that nobody reviewed; npm ci takes what is written.',
  fix: 'In the Dockerfile and in CI, install with: npm ci',
  docs: 'audit.md',
  look({ project }) {
    const runs = dockerfiles(project)
      .flatMap(({ instructions }) => instructions.filter(({ word }) => word === 'RUN'))
      .map(({ file, line, rest }) => ({ file, line, text: rest }));
    const all = [...runs, ...inCi(project, INSTALLS)].filter(({ text }) => INSTALLS.test(text));
    if (all.length === 0) return skip('neither a Dockerfile nor CI installs');
    const open = all.filter(({ text }) => LOOSE.test(text));
    return open.length > 0
      ? fail('an installation may take other versions than the lockfile', open)
      : pass('installations take what the lockfile says', all);
  },
};
