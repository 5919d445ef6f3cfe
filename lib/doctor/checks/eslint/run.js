'use strict';

const { inAutomation } = require('../../project/ci');
const { fail, pass } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'eslint/run',
  kind: 'static',
  weight: 2,
  why: 'A linter that nobody runs finds nothing.',
  fix: 'package.json: "scripts": { "lint": "eslint ." }, and npm run lint in CI',
  docs: 'eslint.md',
  look({ project }) {
    const found = inAutomation(project, /\beslint\b/);
    return found.length > 0
      ? pass('ESLint is run', found)
      : fail('nothing runs ESLint', ['neither a script nor CI']);
  },
};
