'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const privileges = require('../../lib/privileges');

const ROOT = path.join(__dirname, '../..');

/** `check()` of another process. @param {string[]} args @param {string} [before] */
function checkElsewhere(args, before = '') {
  const program = `${before}; process.stdout.write(JSON.stringify(require(${JSON.stringify(ROOT)}).privileges.check()))`;
  return JSON.parse(
    execFileSync(process.execPath, [...args, '-e', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  );
}

test('check says who the process is', () => {
  const check = privileges.check();
  assert.equal(check.root, process.geteuid?.() === 0);
  assert.equal(check.rootPrimary, false);
  assert.equal(check.user.id, process.geteuid?.());
  assert.equal(check.user.name, os.userInfo().username);
  assert.equal(check.group.id, process.getegid?.());
  assert.equal(check.umask, process.umask());
  assert.ok(Object.isFrozen(check) && Object.isFrozen(check.user));
  if (process.platform !== 'linux') return;
  assert.equal(typeof check.noNewPrivileges, 'boolean');
  assert.equal(check.effectiveCapabilities?.includes('CAP_SETUID'), check.root);
});

test('an open inspector is seen', () => {
  assert.equal(checkElsewhere([]).inspector, false);
  assert.equal(checkElsewhere(['--inspect=127.0.0.1:0']).inspector, true);
  assert.equal(checkElsewhere([], "require('node:inspector').open(0, '127.0.0.1')").inspector, true);
});

test('the umask of the process is told', () => {
  assert.equal(checkElsewhere([], 'process.umask(0o077)').umask, 0o077);
});

test('code that can be written to is named', { skip: process.platform === 'win32' && 'Windows' }, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-privileges-'));
  try {
    const main = path.join(folder, 'main.js');
    fs.writeFileSync(path.join(folder, 'package.json'), '{}');
    const load = JSON.stringify(ROOT);
    fs.writeFileSync(
      main,
      `process.stdout.write(JSON.stringify(require(${load}).privileges.check().writableCode))`,
    );
    const written = JSON.parse(execFileSync(process.execPath, [main]).toString());
    assert.ok(written.includes(fs.realpathSync(main)) && written.includes(fs.realpathSync(folder)));
    assert.ok(!written.some((/** @type {string} */ place) => place.endsWith('node_modules')));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
