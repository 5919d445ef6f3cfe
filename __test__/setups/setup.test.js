'use strict';

/** What a newcomer is told when something is missing: one line, and what to do. */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const ROOT = path.join(__dirname, '../..');

/**
 * Runs `npm start`'s set-up in a clone whose packages are there and whose binary is not.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} args of Node.js
 * @param {Record<string, string>} env
 */
function setUp(t, args, env) {
  const clone = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-clone-'));
  t.after(() => fs.rmSync(clone, { recursive: true }));
  for (const name of [
    'package.json',
    'package-lock.json',
    'Cargo.toml',
    'Cargo.lock',
    'build.rs',
    'scripts',
    'src',
  ]) {
    fs.cpSync(path.join(ROOT, name), path.join(clone, name), { recursive: true });
  }
  fs.mkdirSync(path.join(clone, 'native'));
  fs.mkdirSync(path.join(clone, 'node_modules'));
  const stamp = path.join('node_modules', '.hauberk-packages');
  fs.copyFileSync(path.join(ROOT, stamp), path.join(clone, stamp));
  return spawnSync(process.execPath, [...args, path.join('scripts', 'start.js')], {
    cwd: clone,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
}

test('without Rust the set-up ends with one line that says where to get it', (t) => {
  const done = setUp(t, [], { PATH: '' });
  assert.equal(done.status, 1);
  assert.match(done.stderr, /^hauberk setup: Rust is missing; install it from https:\/\/rustup\.rs .*\n$/);
});

test('an old Node.js is told which one is needed', (t) => {
  const preload = path.join(os.tmpdir(), `hauberk-old-node-${process.pid}.js`);
  fs.writeFileSync(
    preload,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });" +
      "Object.defineProperty(process, 'version', { value: 'v18.20.4' });",
  );
  t.after(() => fs.rmSync(preload));
  const done = setUp(t, ['--require', preload], {});
  assert.equal(done.status, 1);
  assert.match(
    done.stderr,
    /^hauberk setup: Node\.js v18\.20\.4 is too old; install Node\.js 20\.19 or newer.*\n$/,
  );
});
