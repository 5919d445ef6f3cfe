'use strict';

/** Projects that are broken, hostile or too large: a clear message and the right exit code, never a stack. */

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const doctor = require('../../lib/doctor');
const { tokenize } = require('../../lib/doctor/source/tokens');
const { SourceFile } = require('../../lib/doctor/source/file');
const { check, hauberk, manifest, project } = require('./project');

const good = () => ({ ...manifest({ express: '5.3.0' }), 'app.js': "const app = require('express')();\n" });

for (const [what, files, message] of /** @type {[string, Record<string, unknown>, RegExp][]} */ ([
  ['no package.json', { 'a.js': '' }, /package\.json does not exist/],
  [
    'a broken package.json',
    { 'package.json': '{"name": ,}' },
    /package\.json is not JSON \(line 1\)|package\.json is not JSON/,
  ],
  ['an empty package.json', { 'package.json': '' }, /package\.json is not JSON/],
  ['a package.json that is a list', { 'package.json': '[]' }, /is no package\.json: it holds no object/],
  ['a package.json that is null', { 'package.json': 'null' }, /holds no object/],
  ['a binary package.json', { 'package.json': Buffer.from([0xff, 0xfe, 0]) }, /is no text/],
  ['a huge package.json', { 'package.json': `{"a":"${'a'.repeat(5 * 1024 ** 2)}"}` }, /larger than 4 MiB/],
  ['a package.json that is a folder', { 'package.json/a': '' }, /is a directory/],
])) {
  test(`${what}: exit 3`, async (t) => {
    const done = await hauberk(['doctor', project(t, files), '--json']);
    assert.equal(done.code, 3);
    assert.match(done.err, message);
    assert.doesNotMatch(done.err, /\n {4}at /);
    assert.equal(JSON.parse(done.out).error.code, 'ERR_HAUBERK_DOCTOR_FAILED');
  });
}

test('a folder that is not there, and one that is a file: exit 3', async (t) => {
  const root = project(t, good());
  for (const place of [path.join(root, 'nowhere'), path.join(root, 'app.js')]) {
    const done = await hauberk(['doctor', place]);
    assert.equal(done.code, 3, place);
    assert.doesNotMatch(done.err, /\n {4}at /);
  }
});

test('fields of package.json that are not what they should be', async (t) => {
  for (const odd of [7, 'x', null, [], { a: 1 }, { start: { a: 1 } }]) {
    const files = {
      'package.json': {
        name: odd,
        scripts: odd,
        dependencies: odd,
        devDependencies: odd,
        eslintConfig: odd,
        workspaces: odd,
      },
    };
    const report = await doctor({ root: project(t, files) });
    assert.ok(report.checks.length > 50);
  }
});

for (const [what, text] of /** @type {[string, string | Buffer][]} */ ([
  ['broken', '{"lockfileVersion": 3,'],
  ['null', 'null'],
  ['binary', Buffer.from([0x7b, 0, 0xff])],
  ['of the future', '{"lockfileVersion": 99, "packages": {}}'],
  ['full of what is no package', '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": 7}}'],
])) {
  test(`a lockfile that is ${what} is a finding, and the rest is looked at`, async (t) => {
    const report = await doctor({ root: project(t, { ...good(), 'package-lock.json': text }) });
    assert.equal(check(report, 'audit/lockfile').status, 'fail');
    assert.equal(check(report, 'audit/sources').status, 'skip');
    assert.equal(check(report, 'headers/powered-by').status, 'fail');
  });
}

test('workspaces that name each other end', async (t) => {
  const files = {
    'package.json': { name: 'a', workspaces: ['packages/*', '.'], dependencies: { b: 'workspace:*' } },
    'yarn.lock':
      '__metadata:\n  version: 8\n\n"a@workspace:.":\n  version: 0.0.0\n  resolution: "a@workspace:."\n',
    'packages/b/package.json': {
      name: 'b',
      workspaces: ['../../*', '../c'],
      dependencies: { c: 'workspace:*' },
    },
    'packages/c/package.json': {
      name: 'c',
      workspaces: ['../b'],
      dependencies: { b: 'workspace:*', a: 'workspace:*' },
    },
    'packages/c/app.js': "const app = require('express')();",
  };
  const report = await doctor({ root: project(t, files) });
  assert.equal(report.looked.files, 1);
});

test('loops of links, links out of the project and named pipes are left alone', async (t) => {
  const root = project(t, good());
  const outside = project(t, { 'secret.js': "session({ secret: 'x' });" });
  fs.symlinkSync(root, path.join(root, 'loop'));
  fs.symlinkSync('self.js', path.join(root, 'self.js'));
  fs.symlinkSync(outside, path.join(root, 'outside'));
  fs.symlinkSync(path.join(outside, 'secret.js'), path.join(root, 'secret.js'));
  if (process.platform !== 'win32') execFileSync('mkfifo', [path.join(root, 'pipe.js')]);
  const report = await doctor({ root });
  assert.equal(report.looked.files, 1);
});

test('binary and huge files are told and left out', async (t) => {
  const files = {
    ...good(),
    'binary.js': Buffer.from([0xff, 0xfe, 0, 1]),
    'nul.js': 'a\0b',
    'huge.js': 'x;'.repeat(600_000),
  };
  const report = await doctor({ root: project(t, files) });
  assert.equal(report.looked.files, 1);
  assert.equal(report.notes.length, 3);
  assert.match(report.notes.join('\n'), /binary\.js is no text/);
  assert.match(report.notes.join('\n'), /huge\.js is larger than 1 MiB/);
});

test('a folder as deep as a file system allows, and one of over a thousand files', async (t) => {
  const root = project(t, good());
  const deep = Array.from({ length: 60 }, (_, i) => `d${i}`).join('/');
  fs.mkdirSync(path.join(root, deep), { recursive: true });
  fs.writeFileSync(path.join(root, deep, 'a.js'), '');
  fs.mkdirSync(path.join(root, 'many'));
  for (let i = 0; i < 1100; i += 1) fs.writeFileSync(path.join(root, 'many', `f${i}.js`), 'x();');
  const report = await doctor({ root });
  assert.equal(report.looked.files, 1101);
  assert.match(report.notes.join(), /too deep/);
});

test('no permission: a file is told and left out, package.json is exit 3', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('the test drops from root to another user');
  const root = project(t, { ...good(), 'closed.js': '', 'closed/a.js': '' });
  fs.chmodSync(root, 0o755);
  fs.chmodSync(path.join(root, 'closed.js'), 0);
  fs.chmodSync(path.join(root, 'closed'), 0);
  const script = `
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const output = { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) };
    command([${JSON.stringify(root)}, '--json', '--min-score', '0'], output).then((code) => { process.exitCode = code; });`;
  // Loaded while it may still read the package; the folder of the package may be closed to the other user.
  const head = `const { command } = require(${JSON.stringify(require.resolve('../../lib/doctor/command'))});
    require(${JSON.stringify(require.resolve('../../lib/doctor/run'))});
    require(${JSON.stringify(require.resolve('../../lib/doctor/format'))});
    for (const name of ['npm', 'pnpm', 'yarn', 'graph']) require(${JSON.stringify(path.dirname(require.resolve('../../lib/internal/project/lockfile/npm')))} + '/' + name);
    require(${JSON.stringify(require.resolve('semver'))});`;
  const run = () =>
    require('node:child_process').spawnSync(process.execPath, ['-e', head + script], { encoding: 'utf8' });
  const done = run();
  assert.equal(done.status, 0, done.stderr);
  const { notes } = JSON.parse(done.stdout);
  assert.match(notes.join('\n'), /closed could not be read \(EACCES\)/);
  assert.match(notes.join('\n'), /closed\.js may not be read/);
  fs.chmodSync(path.join(root, 'package.json'), 0);
  const failed = run();
  assert.equal(failed.status, 3);
  assert.match(failed.stderr, /package\.json may not be read \(no permission\)/);
  assert.doesNotMatch(failed.stderr, /\n {4}at /);
  return undefined;
});

test('sources that are broken give what they have', () => {
  for (const text of [
    '`${',
    '`${`${`',
    '"',
    "'\\",
    '/*',
    '/[',
    '((((',
    '))))',
    '{[(}])',
    'import',
    'import {',
    'import a from',
    'require(',
    'require("a',
    'const = =',
    'const a = ',
    'const a: ',
    'a?.(',
    'a.b.c(',
    '\u2028(\ud800)',
    'function (',
    'const a = a; a()',
    'const a = b, b = a; a(); b.c();',
    'app.use(...[',
  ]) {
    const file = new SourceFile('a.js', text);
    for (const call of file.calls) for (const range of call.args) file.property(range, 'x');
  }
});

test('text that would take a careless reader for ever', () => {
  const size = 200_000;
  for (const text of [
    '/*'.repeat(size),
    "'\\".repeat(size),
    '`${'.repeat(size),
    '('.repeat(size),
    '/['.repeat(size),
    'a.'.repeat(size),
    'a('.repeat(size / 10),
    'a().'.repeat(size / 4),
    'import {'.repeat(size / 8),
    'const a = '.repeat(size / 10),
    '<'.repeat(size),
  ]) {
    assert.ok(tokenize(text).text.length > 0);
    const file = new SourceFile('a.js', text);
    assert.ok(file.calls.length >= 0);
  }
});

test('comments, strings and regular expressions are not code', () => {
  const text = `
    // app.use(helmet())
    /* session({ secret: 'x' }) */
    const a = "eval(x)", b = 'eval(x)', c = \`eval(x)\`, d = /eval(x)/g, e = 4 / eval2(x) / 2;
    const f = \`\${ \`}\` } eval(x)\`; real(1);`;
  const file = new SourceFile('a.js', text);
  assert.deepEqual(
    file.calls.map(({ name, line }) => [name, line]),
    [
      ['eval2', 4],
      ['real', 5],
    ],
  );
});
