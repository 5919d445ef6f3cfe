'use strict';

/** What init does not touch: a clear message, the right exit code, and every file as it was. */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { applyAll } = require('../../lib/init/apply');
const { readText } = require('../../lib/init/files');
const { Refused } = require('../../lib/init/refusal');
const { git, init, project, read, write } = require('./project');

const MANIFEST = { name: 'shop', main: 'server.js', dependencies: { express: '^5.0.0' } };
const SERVER =
  "const express = require('express');\nconst app = express();\napp.get('/', (req, res) => res.json({}));\napp.listen(3000);\n";
const GOOD = { 'package.json': MANIFEST, 'server.js': SERVER };

/** Every file of a project and what it holds. @param {string} root */
function everything(root) {
  const found = {};
  for (const name of fs.readdirSync(root, { recursive: true }).map(String).sort()) {
    const file = path.join(root, name);
    if (/^(node_modules|\.git)(\/|$)/.test(name) || !fs.lstatSync(file).isFile()) continue;
    found[name] = fs.readFileSync(file, 'latin1');
  }
  return found;
}

/**
 * @param {string} root @param {string[]} args @param {RegExp} message @param {number} [code]
 */
async function assertRefused(root, args, message, code = 3) {
  const before = everything(root);
  const done = await init(root, ...args);
  assert.equal(done.code, code, done.out + done.err);
  assert.match(done.err, message);
  assert.doesNotMatch(done.err, /^\s+at /m);
  assert.deepEqual(everything(root), before);
  return done;
}

for (const [what, files, message] of [
  ['no package.json', { 'server.js': SERVER }, /there is no package\.json/],
  [
    'a broken package.json',
    { ...GOOD, 'package.json': '{ "name": "shop",\n  nonsense }' },
    /package\.json is not JSON/,
  ],
  ['a package.json that holds an array', { ...GOOD, 'package.json': '[]' }, /holds no object/],
  [
    'dependencies that are no table',
    { ...GOOD, 'package.json': { dependencies: 'express' } },
    /dependencies is no table of texts/,
  ],
  ['a package.json in UTF-16', { ...GOOD, 'package.json': Buffer.from('\ufeff{}', 'utf16le') }, /not UTF-8/],
  ['no express', { ...GOOD, 'package.json': { name: 'shop' } }, /does not depend on express/],
  [
    'no application',
    { 'package.json': MANIFEST, 'server.js': 'console.log(1);\n' },
    /no file of the project was found/,
  ],
  [
    'two applications in one file',
    { ...GOOD, 'server.js': `${SERVER}const admin = express();\n` },
    /makes 2 applications \(lines 2 and 5\)/,
  ],
  [
    'two files that make one each',
    { 'package.json': { dependencies: { express: '5' } }, 'one.js': SERVER, 'two.js': SERVER },
    /several files make an Express application: one\.js, two\.js/,
  ],
  [
    'an application made in a class',
    {
      ...GOOD,
      'server.js':
        "const express = require('express');\nclass Server {\n  constructor() {\n    this.app = express();\n  }\n}\nnew Server();\n",
    },
    /server\.js:4 makes the application in a way[^]*By hand:[^]*app\.use\(guard\.errors\)/,
  ],
  [
    'routes that another file adds',
    {
      'package.json': { ...MANIFEST, main: 'app.js' },
      'app.js': `${SERVER.replace(/app\.listen.*\n/, '')}module.exports = app;\n`,
      'run.js': "const app = require('./app');\napp.use('/late', require('./late'));\napp.listen(3000);\n",
    },
    /run\.js:2 registers routes on the application of app\.js later/,
  ],
  [
    'routes that another module adds',
    {
      'package.json': { ...MANIFEST, type: 'module', main: 'app.js' },
      'app.js': "import express from 'express';\nexport const app = express();\n",
      'run.js': "import { app } from './app.js';\napp.get('/late', (req, res) => res.end());\n",
    },
    /run\.js:2 registers routes/,
  ],
  [
    'a minified file',
    { ...GOOD, 'server.js': SERVER.replaceAll('\n', '') + ' '.repeat(3000) },
    /minified or generated/,
  ],
  [
    'a huge file',
    { ...GOOD, 'server.js': `${SERVER}//${'x'.repeat(3 * 1024 ** 2)}` },
    /server\.js is larger than 2 MiB/,
  ],
  ['a binary file', { ...GOOD, 'server.js': Buffer.from([0xff, 0xfe, 0x00]) }, /server\.js is not UTF-8/],
  ['NUL in a file', { ...GOOD, 'server.js': `${SERVER}\0` }, /NUL bytes/],
  [
    'no program',
    { ...GOOD, 'server.js': `${SERVER}const express = 2;\n` },
    /no program that Node\.js can read/,
  ],
  ['a string without an end', { ...GOOD, 'server.js': `${SERVER}'` }, /server\.js:5 is not understood/],
  [
    'trust proxy true',
    { ...GOOD, 'server.js': SERVER.replace('app.get(', "app.set('trust proxy', true);\napp.get(") },
    /sets "trust proxy" to true[^]*--trust-proxy 1/,
  ],
]) {
  test(`refused: ${what}`, async (t) => {
    await assertRefused(project(t, files), ['--yes'], message);
  });
}

test('refused: a read-only file, as root too', async (t) => {
  const root = project(t, GOOD);
  fs.chmodSync(path.join(root, 'server.js'), 0o444);
  await assertRefused(root, ['--yes', '--force'], /server\.js is read-only/);
  assert.equal(fs.statSync(path.join(root, 'server.js')).mode & 0o777, 0o444);
});

test('refused: symbolic links out of the project, in circles, and to nowhere', async (t) => {
  const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-outside-'));
  t.after(() => fs.rmSync(outside, { recursive: true }));
  write(outside, { 'server.js': SERVER, 'package.json': MANIFEST });
  for (const [name, message] of [
    ['server.js', /server\.js leads out of the project/],
    ['package.json', /package\.json leads out of the project/],
  ]) {
    const root = project(t, GOOD);
    fs.rmSync(path.join(root, name));
    fs.symlinkSync(path.join(outside, name), path.join(root, name));
    await assertRefused(root, ['--yes', '--force'], message);
  }
  const circle = project(t, GOOD);
  fs.rmSync(path.join(circle, 'server.js'));
  fs.symlinkSync('server.js', path.join(circle, 'server.js'));
  await assertRefused(circle, ['--yes', '--force'], /server\.js is a symbolic link that leads to itself/);
  const folder = project(t, GOOD);
  fs.symlinkSync(outside, path.join(folder, 'deploy'));
  await assertRefused(folder, ['--yes', '--force'], /leads out of the project/);
  assert.deepEqual(fs.readdirSync(outside).sort(), ['package.json', 'server.js']);
  assert.equal(read(outside, 'server.js'), SERVER);
});

test('a symbolic link inside of the project is followed, and stays one', async (t) => {
  const root = project(t, { 'package.json': MANIFEST, 'src/real.js': SERVER });
  fs.symlinkSync('src/real.js', path.join(root, 'server.js'));
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'a link');
  assert.equal((await init(root, '--yes')).code, 0);
  assert.ok(fs.lstatSync(path.join(root, 'server.js')).isSymbolicLink());
  assert.match(read(root, 'src/real.js'), /app\.use\(guard\.errors\)/);
});

test('refused: no git, a dirty tree, a file that git does not know; --force goes on', async (t) => {
  const none = project(t, GOOD, { git: false });
  await assertRefused(none, ['--yes'], /no git repository/);
  const forced = await init(none, '--yes', '--force');
  assert.equal(forced.code, 0, forced.err);

  const dirty = project(t, { ...GOOD, 'other.txt': 'a' });
  write(dirty, { 'other.txt': 'b' });
  await assertRefused(dirty, ['--yes'], /not committed \(other\.txt\)/);
  assert.equal((await init(dirty, '--yes', '--force')).code, 0);

  const unknown = project(t, { 'package.json': MANIFEST });
  write(unknown, { 'server.js': SERVER });
  await assertRefused(unknown, ['--yes'], /git does not know server\.js/);
});

test('refused: a folder that is not there, a file as a folder, a named file that makes no application', async (t) => {
  const root = project(t, { ...GOOD, 'other.js': 'module.exports = 1;\n' });
  await assertRefused(root, ['--yes', 'nowhere'], /nowhere does not exist/);
  await assertRefused(root, ['--yes', 'server.js'], /is no directory/);
  await assertRefused(root, ['--yes', '--entry', 'nowhere.js'], /nowhere\.js does not exist/);
  await assertRefused(root, ['--yes', '--entry', '../server.js'], /does not exist|leads out/);
  await assertRefused(root, ['--yes', '--entry', 'other.js'], /other\.js makes no Express application/);
});

test('usage: exit code 2 and the usage', async (t) => {
  const root = project(t, GOOD);
  for (const args of [
    ['--yse'],
    ['a', 'b'],
    ['--yes', '--dry-run'],
    ['--mode', 'off'],
    ['--skip', 'code,tests'],
    ['--trust-proxy', 'true'],
    ['--trust-proxy', '33'],
    ['--trust-proxy', '10.0.0.0/33'],
    ['--trust-proxy', '10.0.0.0/8/8'],
  ]) {
    await assertRefused(root, args, /^hauberk init: .*\n\nhauberk init \[options\] \[FOLDER\]/, 2);
  }
  assert.equal((await init(root, '--help')).code, 0);
});

test('--entry names one of several', async (t) => {
  const root = project(t, {
    'package.json': { dependencies: { express: '5' } },
    'one.js': SERVER,
    'two.js': SERVER,
  });
  assert.equal((await init(root, '--yes', '--entry', 'two.js')).code, 0);
  assert.equal(read(root, 'one.js'), SERVER);
  assert.match(read(root, 'two.js'), /hauberk/);
});

test('all or nothing: when the second file can not be written, the first is taken back', (t) => {
  const root = project(t, { 'a.txt': 'a', 'b.txt': 'b' });
  const changes = ['a.txt', 'b.txt'].map((name) => ({
    name,
    before: readText(root, name),
    after: 'changed',
  }));
  changes.splice(1, 0, { name: 'new/file.txt', before: undefined, after: 'new' });
  let left = 2;
  t.mock.method(fs, 'renameSync', function renameTwice(/** @type {string} */ from, /** @type {string} */ to) {
    if (left === 0 && to.endsWith('b.txt')) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    left -= 1;
    fs.copyFileSync(from, to);
    fs.unlinkSync(from);
  });
  const before = everything(root);
  assert.throws(
    () => applyAll(root, changes),
    (error) => error instanceof Refused && /\(ENOSPC\)/.test(error.message),
  );
  assert.deepEqual(everything(root), before);
  assert.ok(!fs.existsSync(path.join(root, 'new')));
});

test('a file that somebody else changes, or makes, in the meantime stays as it is', (t) => {
  const root = project(t, { 'a.txt': 'a' });
  const change = { name: 'a.txt', before: readText(root, 'a.txt'), after: 'changed' };
  write(root, { 'a.txt': 'theirs', 'b.txt': 'theirs' });
  for (const one of [change, { name: 'b.txt', before: undefined, after: 'ours' }]) {
    assert.throws(
      () => applyAll(root, [one]),
      (error) => error instanceof Refused && /by somebody else/.test(error.message),
    );
  }
  assert.deepEqual(everything(root), {
    '.gitignore': 'node_modules\ndist\n',
    'a.txt': 'theirs',
    'b.txt': 'theirs',
  });
});

test('mode, byte order mark and line ends stay', async (t) => {
  const root = project(t, {
    'package.json': `\ufeff${JSON.stringify(MANIFEST, null, '\t').replaceAll('\n', '\r\n')}`,
    'server.js': `\ufeff${SERVER.replaceAll('\n', '\r\n')}`,
  });
  fs.chmodSync(path.join(root, 'server.js'), 0o750);
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'mode');
  const done = await init(root, '--yes');
  assert.equal(done.code, 0, done.err);
  assert.equal(fs.statSync(path.join(root, 'server.js')).mode & 0o777, 0o750);
  for (const name of ['server.js', 'package.json']) {
    const text = read(root, name);
    assert.ok(text.startsWith('\ufeff'), name);
    assert.match(text, /hauberk/);
    assert.doesNotMatch(text, /[^\r]\n/, name);
  }
  assert.match(read(root, 'package.json'), /^\t"name"/m);
});
