'use strict';

/** Versions of express-session that would run, but not safely. */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

/** Makes sessions in a process in which express-session says that it is of this version. */
function made(version) {
  const program = `
    const Module = require('node:module');
    const load = Module._load;
    Module._load = (name, ...rest) => {
      if (name !== 'express-session/package.json') return load(name, ...rest);
      if (process.argv[1] === 'none') throw Object.assign(new Error('not exported'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
      return { version: process.argv[1] };
    };
    const sessions = require('./lib/sessions');
    try {
      sessions({ secret: 'a secret of the tests, long enough: 0123456789' });
      console.log('made');
    } catch (error) {
      console.log(error.code + ' ' + error.message);
    }`;
  const done = spawnSync(process.execPath, ['-e', program, version], {
    cwd: path.join(__dirname, '../..'),
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
}

test('express-session before 1.19.0 is refused where the sessions are made, with what to install', () => {
  for (const version of ['1.15.6', '1.17.3', '1.18.2', '0.9.0']) {
    const [, major] = /^(\d+\.\d+)/.exec(version) ?? [];
    assert.equal(
      made(version),
      `ERR_HAUBERK_PEER_MISSING hauberk.sessions needs express-session 1.19.0 or newer, here is ${major}: ` +
        'npm install express-session@latest',
    );
  }
});

test('1.19.0 and newer, and a package that does not say its version, are taken', () => {
  for (const version of ['1.19.0', '1.20.1', '2.0.0-beta.1', 'none'])
    assert.equal(made(version), 'made', version);
});
