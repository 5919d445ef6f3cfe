'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { inAutomation } = require('../../project/ci');
const { fail, pass } = require('../../verdict');

const AUDITS =
  /\bhauberk\s+audit\b|\b(?:npm|pnpm|yarn)\s+(?:npm\s+)?audit\b(?!\s+fix)|\bsnyk\s+(?:test|monitor)\b|\bosv-scanner\b|\baudit-ci\b|\bbetter-npm-audit\b|dependency-review-action|\btrivy\b|\bgrype\b/;
const BOTS =
  /^(?:\.github\/(?:dependabot\.ya?ml|renovate\.json5?)|renovate\.json5?|\.renovaterc(?:\.json)?)$/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'audit/automation',
  kind: 'static',
  weight: 3,
  why: 'Most vulnerable packages became vulnerable after they were installed: only who looks again finds out.',
  fix: 'Add to CI: npx hauberk audit',
  docs: 'audit.md',
  look({ project }) {
    const found = [
      ...inAutomation(project, AUDITS),
      ...project.files.filter((name) => BOTS.test(name)).map((file) => ({ file, text: 'updates' })),
    ];
    return found.length > 0
      ? pass('dependencies are audited', found)
      : fail('nothing audits the dependencies', ['neither CI nor a script runs an audit']);
  },
};
