'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { project, run } = require('./projects');

/** @typedef {import('./installs').Case} Case */

const SAY =
  "try { require('hauberk'); console.log('loaded'); } catch (e) { console.log(e.code, e.message); }";

/**
 * What `require('hauberk')` says.
 *
 * @param {string} place
 * @param {RegExp} expected the cause and the way out
 * @param {string[]} [flags] of Node.js
 */
function says(place, expected, flags = []) {
  const { status, out } = run(process.execPath, [...flags, '-e', SAY], { cwd: place });
  if (status !== 0 || !expected.test(out)) throw new Error(`it ended with ${status} and said:\n${out}`);
  return out.replace(/^ERR_HAUBERK_NATIVE_MISSING /, '').trim();
}

/** @param {string} place @returns {string} the file that the platform's package holds */
function binaryIn(place) {
  const scope = path.join(place, 'node_modules', '@hauberk');
  const [name] = fs.readdirSync(scope);
  return path.join(scope, name, `hauberk.${name}.node`);
}

/** @type {Case[]} */
const failures = [
  {
    name: 'npm --omit=optional: the error names it',
    run(stage) {
      const place = project(stage, 'omit', 'npm', ['hauberk'], ['--omit=optional']);
      return says(
        place,
        /^ERR_HAUBERK_NATIVE_MISSING .*is not installed\. Reinstall without --omit=optional/,
      );
    },
  },
  {
    name: 'installed for another platform: the error names it',
    run(stage) {
      const os = process.platform === 'win32' ? 'linux' : 'win32';
      const place = project(stage, 'other', 'npm', ['hauberk'], [`--os=${os}`, '--cpu=x64']);
      return says(place, /^ERR_HAUBERK_NATIVE_MISSING .*lockfile was made on another platform/);
    },
  },
  {
    name: 'a platform without a binary: the error lists those with one',
    run(stage) {
      const place = project(stage, 'unsupported', 'npm', ['hauberk'], ['--cpu=ppc64']);
      fs.writeFileSync(
        path.join(place, 'ppc64.js'),
        "Object.defineProperty(process, 'arch', { value: 'ppc64' });",
      );
      return says(place, /^ERR_HAUBERK_NATIVE_MISSING .*There is one for .*linux-x64-gnu/, [
        '-r',
        './ppc64.js',
      ]);
    },
  },
  ...[
    {
      name: 'cut in the middle',
      spoil: (/** @type {Buffer} */ bytes) => bytes.subarray(0, bytes.length >> 1),
    },
    { name: 'empty', spoil: () => Buffer.alloc(0) },
    { name: 'a page of HTML', spoil: () => Buffer.from('<!doctype html>'.repeat(100)) },
  ].map(({ name, spoil }) => ({
    name: `a corrupted binary, ${name}: the error names it`,
    run(/** @type {import('./projects').Stage} */ stage) {
      const place = project(stage, `spoilt-${name.replace(/\W/g, '-')}`, 'npm', ['hauberk']);
      const file = binaryIn(place);
      fs.writeFileSync(file, spoil(fs.readFileSync(file)));
      return says(place, /^ERR_HAUBERK_NATIVE_MISSING .*damaged.*delete node_modules and install again/);
    },
  })),
  {
    name: '--permission without --allow-addons: the error names it',
    run(stage) {
      const place = project(stage, 'permission-no', 'npm', ['hauberk']);
      return says(place, /^ERR_HAUBERK_NATIVE_MISSING .*--allow-addons/, [permission(), '--allow-fs-read=*']);
    },
  },
];

/** The flag's name before Node.js 23.5. */
function permission() {
  return process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
}

module.exports = { failures, permission };
