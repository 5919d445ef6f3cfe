'use strict';

const { exists } = require('../files');

const FILE = '.github/workflows/security.yml';
const INSTALL = Object.freeze({
  npm: ['npm ci'],
  pnpm: ['corepack enable', 'pnpm install --frozen-lockfile'],
  yarn: ['yarn install --frozen-lockfile'],
  berry: ['corepack enable', 'yarn install --immutable'],
});

/**
 * Only where it was asked for: a job in a repository costs its owner time.
 *
 * @param {import('../project').Project} project
 * @param {boolean} lints whether there is a script "lint"
 * @returns {import('../apply').Change[]}
 */
function workflowPart({ root, manager }, lints) {
  if (exists(root, FILE)) return [];
  const steps = [...INSTALL[manager], 'npm run audit', 'npm run doctor', ...(lints ? ['npm run lint'] : [])];
  const after = `name: security
on:
  push:
  pull_request:
  schedule:
    # Advisories appear without a commit.
    - cron: '17 4 * * 1'

permissions:
  contents: read

jobs:
  security:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-node@v4
        with:
          node-version: 24
${steps.map((step) => `      - run: ${step}\n`).join('')}`;
  return [{ name: FILE, after }];
}

module.exports = { workflowPart };
