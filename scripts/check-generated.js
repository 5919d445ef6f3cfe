'use strict';

/**
 * Fails when the committed loader and types in native/ are not what the build generates, when
 * index.js has been overwritten by the generator, or when THIRD-PARTY.md is not about the crates that are built.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { build, ROOT } = require('./build');
const licences = require('./licences');

const FILES = ['native/binding.js', 'native/binding.d.ts'];

build();
const diff = spawnSync('git', ['diff', '--exit-code', '--', ...FILES], { cwd: ROOT, stdio: 'inherit' });
const generated = fs.readFileSync(`${ROOT}/index.js`, 'utf8').includes('auto-generated');
if (diff.status !== 0 || generated) {
  console.error('generated files have drifted: commit what "npm run compile" writes to native/');
  process.exit(1);
}
if (!licences.isCurrent()) {
  console.error('THIRD-PARTY.md has drifted: run node scripts/licences.js and commit it');
  process.exit(1);
}
