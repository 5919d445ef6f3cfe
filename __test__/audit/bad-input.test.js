'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { hauberk, npmProject, project } = require('./project');

const good = npmProject();
const lock = (content) => ({ ...good, 'package-lock.json': content });
const other = (name, content) => ({
  'package.json': good['package.json'],
  'db/a.json': good['db/GHSA-1.json'],
  [name]: content,
});
const deep = (levels) => ({
  lockfileVersion: 1,
  dependencies: Array.from({ length: levels }).reduce(
    (inner) => ({ a: { version: '1.0.0', dependencies: inner } }),
    {},
  ),
});
const YARN = '# yarn lockfile v1\n';

for (const [what, files, message] of [
  ['no package.json', { 'x.txt': '' }, /package\.json does not exist/],
  ['a broken package.json', { ...good, 'package.json': '{\n"name": ,\n}' }, /package\.json is not JSON/],
  ['an empty package.json', { ...good, 'package.json': '' }, /package\.json is not JSON/],
  ['a package.json that is a list', { ...good, 'package.json': [] }, /holds no object/],
  [
    'a package.json that is binary',
    { ...good, 'package.json': Buffer.from([0xff, 0xfe, 0, 1]) },
    /not UTF-8/,
  ],
  ['no lockfile', { 'package.json': {} }, /has no lockfile/],
  ['two lockfiles', { ...good, 'yarn.lock': YARN }, /say which with --lockfile/],
  ['a broken npm lockfile', lock('{"lockfileVersion": 3,'), /package-lock\.json is not JSON/],
  ['an npm lockfile that is null', lock('null'), /no npm lockfile: it holds no object/],
  ['an npm lockfile of the future', lock({ lockfileVersion: 9, packages: {} }), /lockfileVersion/],
  ['an npm lockfile without packages', lock({ lockfileVersion: 3 }), /no "packages"/],
  [
    'an npm entry that is a text',
    lock({ lockfileVersion: 3, packages: { 'node_modules/a': '1.0.0' } }),
    /no object/,
  ],
  ['an npm lockfile 1 with a list', lock({ lockfileVersion: 1, dependencies: [] }), /is no object/],
  ['an npm lockfile nested too deeply', lock(deep(200)), /nests deeper/],
  [
    'an empty npm lockfile beside dependencies',
    lock({ lockfileVersion: 3, packages: { '': {} } }),
    /holds no package/,
  ],
  ['an npm lockfile that is binary', lock(Buffer.from('{}\0')), /NUL/],
  ['a broken pnpm lockfile', other('pnpm-lock.yaml', 'lockfileVersion: [9\n  a: }'), /not readable YAML/],
  [
    'an old pnpm lockfile',
    other('pnpm-lock.yaml', 'lockfileVersion: 5.4\npackages: {}\n'),
    /lockfileVersion/,
  ],
  [
    'half a pnpm lockfile',
    other('pnpm-lock.yaml', "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n"),
    /no "snapshots"/,
  ],
  [
    'a pnpm lockfile of aliases',
    other('pnpm-lock.yaml', "lockfileVersion: '9.0'\na: &a [x]\nb: [*a]\n"),
    /not readable YAML/,
  ],
  ['a yarn lockfile that is none', other('yarn.lock', 'hello'), /no yarn lockfile/],
  ['a broken yarn lockfile', other('yarn.lock', `${YARN}a@1:\n   version 1 2 3\n`), /line 3/],
  ['a yarn lockfile with a merge conflict', other('yarn.lock', `${YARN}<<<<<<< ours\n`), /merge conflict/],
  ['a broken berry lockfile', other('yarn.lock', '__metadata:\n  version: [\n'), /not readable YAML/],
  [
    'a berry workspace outside of the project',
    other(
      'yarn.lock',
      '__metadata:\n  version: 8\n"x@workspace:../x":\n  version: 0.0.0\n  resolution: "x@workspace:../x"\n',
    ),
    /outside of the project/,
  ],
  [
    'workspaces that are no list',
    { ...other('yarn.lock', YARN), 'package.json': { workspaces: 7 } },
    /list of patterns/,
  ],
  ['a broken advisory', { ...good, 'db/b.json': '{' }, /b\.json is not JSON/],
  ['an advisory that is none', { ...good, 'db/b.json': { name: 'x' } }, /no OSV record/],
]) {
  test(`${what}: exit 3, one line, no stack`, async (t) => {
    const done = await hauberk(['audit', '--db', 'db'], { cwd: project(t, files) });
    assert.equal(done.code, 3, done.out + done.err);
    assert.match(done.err, message);
    assert.match(done.err, /^hauberk audit: could not audit: [^\n]+\n$/);
  });
}

/** Runs in a project after something was done to it. */
async function after(t, change, args = ['audit', '--db', 'db'], options = {}) {
  const cwd = project(t, good);
  change(cwd);
  return hauberk(args, { cwd, ...options });
}

test('a huge lockfile and a huge advisory: exit 3', async (t) => {
  const lockfile = await after(t, (cwd) =>
    fs.truncateSync(path.join(cwd, 'package-lock.json'), 65 * 1024 ** 2),
  );
  assert.deepEqual([lockfile.code, /larger than 64 MiB/.test(lockfile.err)], [3, true]);
  const advisory = await after(t, (cwd) => fs.truncateSync(path.join(cwd, 'db/GHSA-1.json'), 5 * 1024 ** 2));
  assert.deepEqual([advisory.code, /larger than 4 MiB/.test(advisory.err)], [3, true]);
});

test('a lockfile that is a loop of links, a folder or a pipe: exit 3', async (t) => {
  const replaced = (make) => (cwd) => {
    fs.rmSync(path.join(cwd, 'package-lock.json'));
    make(path.join(cwd, 'package-lock.json'));
  };
  for (const [make, message] of [
    [(file) => fs.symlinkSync('package-lock.json', file), /symbolic link that leads to itself/],
    [(file) => fs.mkdirSync(file), /is a directory/],
    [(file) => execFileSync('mkfifo', [file]), /no regular file/],
  ]) {
    const done = await after(t, replaced(make));
    assert.equal(done.code, 3);
    assert.match(done.err, message);
  }
});

test('a loop of links among the advisories is not followed', async (t) => {
  const done = await after(t, (cwd) => fs.symlinkSync('..', path.join(cwd, 'db', 'loop')));
  assert.equal(done.code, 1, done.err);
});

test('no permission: exit 3', async (t) => {
  const id = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const close = (name) => (cwd) => {
    fs.chmodSync(cwd, 0o755);
    fs.chmodSync(path.join(cwd, name), 0);
  };
  for (const name of ['package.json', 'package-lock.json', 'db', 'db/GHSA-1.json']) {
    const done = await after(t, close(name), undefined, id);
    assert.equal(done.code, 3, name);
    assert.match(done.err, /may not be read \(no permission\)/);
  }
});

test('an empty folder of advisories is not clean', async (t) => {
  const done = await after(t, (cwd) => fs.mkdirSync(path.join(cwd, 'empty')), ['audit', '--db', 'empty']);
  assert.deepEqual([done.code, /holds no OSV record/.test(done.err)], [3, true]);
});

test('nesting without end, and patterns of nothing but stars: an answer, soon', async (t) => {
  for (const [files, message] of [
    [lock('['.repeat(1_000_000)), /not JSON/],
    [other('pnpm-lock.yaml', '['.repeat(100_000)), /not readable YAML/],
    [
      {
        ...other('yarn.lock', YARN),
        'package.json': { dependencies: { a: '1' }, workspaces: ['**/*/'.repeat(30) + 'no'] },
        [`${'f/'.repeat(11)}x`]: '',
      },
      /holds no package/,
    ],
  ]) {
    const done = await hauberk(['audit', '--db', 'db'], { cwd: project(t, files) });
    assert.equal(done.code, 3, done.err);
    assert.match(done.err, message);
  }
});

test('packageManager decides between two lockfiles, --lockfile overrules', async (t) => {
  const files = {
    ...good,
    'yarn.lock': YARN,
    'package.json': { ...good['package.json'], packageManager: 'npm@11.0.0' },
  };
  assert.equal((await hauberk(['audit', '--db', 'db'], { cwd: project(t, files) })).code, 1);
  const yarn = await hauberk(['audit', '--db', 'db', '--lockfile', 'yarn.lock'], { cwd: project(t, files) });
  assert.match(yarn.err, /yarn\.lock holds no package/);
});
