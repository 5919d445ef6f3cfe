'use strict';

/**
 * Makes a fresh clone ready, and does only what is missing on later runs: packages, then the native core.
 * Nothing but Node.js may be needed to load this file.
 */

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const NEEDS_NODE = [20, 19];

function setup() {
  step('Node.js', requireNode);
  step('packages', installPackages);
  step('native core', buildNative);
}

/** @param {string} name @param {() => string} work returns how it went, in a few words */
function step(name, work) {
  try {
    const said = work();
    console.log(`hauberk setup: ${name} ${said}`);
  } catch (error) {
    console.error(`hauberk setup: ${error.message}`);
    process.exit(1);
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NEEDS_NODE[0] || (major === NEEDS_NODE[0] && minor < NEEDS_NODE[1])) {
    throw new Error(
      `Node.js ${process.version} is too old; install Node.js ${NEEDS_NODE.join('.')} or newer (https://nodejs.org)`,
    );
  }
  return process.version;
}

function installPackages() {
  const stamp = path.join(ROOT, 'node_modules', '.hauberk-packages');
  const want = digest(['package.json', 'package-lock.json']);
  if (read(stamp) === want) return 'up to date';
  console.log('hauberk setup: installing packages (npm ci) …');
  run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--no-audit', '--no-fund'],
    'npm ci failed; npm says why above',
  );
  fs.writeFileSync(stamp, want);
  return 'installed';
}

function buildNative() {
  const stamp = path.join(ROOT, 'native', '.stamp.node');
  const want = digest(['Cargo.toml', 'Cargo.lock', 'build.rs', 'scripts/build.js', ...sources('src')]);
  if (read(stamp) === want) return 'up to date';
  if (spawnSync('cargo', ['--version']).status !== 0) {
    throw new Error('Rust is missing; install it from https://rustup.rs (cargo must be on the PATH)');
  }
  console.log('hauberk setup: building the native core (a few minutes the first time) …');
  require('./build').build();
  fs.writeFileSync(stamp, want);
  return 'built';
}

/** @param {string} command @param {string[]} args @param {string} failure */
function run(command, args, failure) {
  const done = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) throw new Error(failure);
}

/** @param {string} folder @returns {string[]} */
function sources(folder) {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((name) => name.endsWith('.rs'))
    .sort();
}

/** @param {string[]} files */
function digest(files) {
  const hash = crypto.createHash('sha256').update(`${process.platform} ${process.arch}\0`);
  for (const name of files) hash.update(`${name}\0`).update(fs.readFileSync(path.join(ROOT, name)));
  return hash.digest('hex');
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

module.exports = { setup, sources };

if (require.main === module) setup();
