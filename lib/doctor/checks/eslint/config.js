'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { fail, pass } = require('../../verdict');

const CONFIG = /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.(?:js|cjs|json|ya?ml))?)$/;
const SECURITY =
  /eslint-plugin-security|hauberk\/eslint|hauberk\.eslint|plugin:security\/|eslint-plugin-no-unsanitized|eslint-plugin-sonarjs|["']security["']/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'eslint/config',
  kind: 'static',
  weight: 3,
  why: 'A linter finds the wiring that a review overlooks, on every commit.',
  fix: "eslint.config.js: module.exports = require('hauberk/eslint').configs.recommended",
  docs: 'eslint.md',
  look({ project }) {
    const own = project.matching(CONFIG);
    const inManifest =
      project.manifest.eslintConfig === undefined ? '' : JSON.stringify(project.manifest.eslintConfig);
    if (own.length === 0 && inManifest === '') {
      const others = ['biome.json', 'biome.jsonc', '.oxlintrc.json', '.semgrep.yml'].filter((name) =>
        project.files.includes(name),
      );
      return fail('no linter looks for holes', [
        others.length > 0
          ? `${others.join(', ')} has no rules for Express`
          : 'there is no ESLint configuration',
      ]);
    }
    const good = own.filter(({ text }) => SECURITY.test(text));
    if (good.length > 0 || SECURITY.test(inManifest))
      return pass(
        'ESLint has rules about security',
        good.map(({ name }) => ({ file: name, text: 'rules about security' })),
      );
    return fail(
      'ESLint has no rules about security',
      own.map(({ name }) => ({ file: name, text: 'neither hauberk/eslint nor eslint-plugin-security' })),
    );
  },
};
