'use strict';

/**
 * Builds the native core for this machine: the binary, and the generated loader and types in native/.
 *
 * node scripts/build.js          optimized, as it is published
 * node scripts/build.js --quick  optimized but for the link: an edit is built in seconds, figures are a little worse
 * node scripts/build.js --dev    slow to run, with the checks of overflow on
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

const PROFILES = { release: ['--release'], quick: ['--profile', 'quick'], dev: [] };

/** @param {keyof typeof PROFILES} [profile] */
function build(profile = 'release') {
  const done = spawnSync(process.execPath, [CLI, ...FLAGS, ...PROFILES[profile]], {
    cwd: ROOT,
    stdio: 'inherit',
  });
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

if (require.main === module) {
  const asked = process.argv[2]?.replace(/^--/, '') ?? 'release';
  if (!(asked in PROFILES))
    throw new Error(`unknown profile ${asked}; one of ${Object.keys(PROFILES).join(', ')}`);
  build(/** @type {keyof typeof PROFILES} */ (asked));
}
