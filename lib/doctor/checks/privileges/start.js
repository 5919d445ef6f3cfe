'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { dockerfiles } = require('../../project/container');
const { fail, pass, skip } = require('../../verdict');

const OPEN = /\bsudo\b|--inspect(?:-brk)?(?:=(?:0\.0\.0\.0|\[?::\]?)\S*)?(?=\s|"|$)|--allow-root\b/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'privileges/start',
  kind: 'static',
  weight: 2,
  why: 'sudo makes the process root, and an open inspector runs code for whoever reaches its port.',
  fix: 'Start with plain node: "start": "node server.js"; keep --inspect for a script of its own',
  docs: 'privileges.md',
  look({ project }) {
    const scripts = Object.entries(project.scripts)
      .filter(([name]) => /^(?:start|serve|prod)/.test(name))
      .map(([name, line]) => ({ file: 'package.json', text: `${name}: ${line}` }));
    const commands = dockerfiles(project).flatMap(({ instructions }) =>
      instructions
        .filter(({ word }) => word === 'CMD' || word === 'ENTRYPOINT')
        .map(({ file, line, rest }) => ({ file, line, text: rest })),
    );
    const all = [...scripts, ...commands];
    if (all.length === 0) return skip('neither a start script nor a CMD');
    const open = all.filter(({ text }) => OPEN.test(text));
    return open.length === 0
      ? pass('it starts without sudo and without an inspector')
      : fail('it starts with sudo or an inspector', open);
  },
};
