'use strict';

/**
 * Builds the native core for this machine: the binary, and the generated loader and types in native/.
 *
 * node scripts/build.js          optimized, as it is published
 * node scripts/build.js --dev    quick to build, slow to run
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const CLI = path.join(ROOT, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js');

const FLAGS = [
  'build',
  '--platform',
  '--output-dir',
  'native',
  '--js',
  'binding.js',
  '--dts',
  'binding.d.ts',
];

function build({ dev = false } = {}) {
  const args = dev ? FLAGS : [...FLAGS, '--release'];
  const done = spawnSync(process.execPath, [CLI, ...args], { cwd: ROOT, stdio: 'inherit' });
  if (done.status !== 0) throw new Error('the native core did not build; the compiler says why above');
  nameThePackages();
}

/**
 * The generated loader asks for `<package>-<platform>`; the platform packages are `@hauberk/<platform>`.
 */
function nameThePackages() {
  const file = path.join(ROOT, 'native', 'binding.js');
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replaceAll('@hauberk/binding-', '@hauberk/'));
}

module.exports = { build, ROOT };

if (require.main === module) build({ dev: process.argv.includes('--dev') });
