'use strict';

/** The files around the application: each is used for what it is for. */

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const yaml = require('yaml');
const audit = require('../../lib/audit');
const manifest = require('../../package.json');
const { BELOW_2, osv } = require('../audit/project');
const { ENV, git, init, project, read, serving, write } = require('./project');

const MANIFEST = {
  name: '@acme/shop',
  scripts: { start: 'node server.js' },
  dependencies: { express: '^5.0.0' },
};
const SERVER =
  "const express = require('express');\nconst app = express();\napp.get('/', (req, res) => res.json({}));\napp.listen(process.env.PORT || 8080);\n";
const FILES = { 'package.json': MANIFEST, 'server.js': SERVER, 'package-lock.json': '{}\n' };

/** @param {import('node:test').TestContext} t @param {Record<string, unknown>} [files] @param {string[]} [args] */
async function made(t, files = FILES, args = []) {
  const root = project(t, files);
  const done = await init(root, '--yes', ...args);
  assert.equal(done.code, 0, done.err);
  return { root, out: done.out };
}

/** Instructions of a Dockerfile, by stage. @param {string} text */
function stagesOf(text) {
  const lines = text.replace(/\\\n\s*/g, '').split('\n');
  /** @type {{ name: string, rest: string }[][]} */
  const stages = [];
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, name, rest] = /** @type {RegExpExecArray} */ (/^([A-Z]+) (.+)$/.exec(line));
    if (name === 'FROM') stages.push([]);
    /** @type {any} */ (stages.at(-1)).push({ name, rest });
  }
  return stages;
}

test('Dockerfile: two stages, a pinned slim image, nobody who is root, a health check, one program without a shell', async (t) => {
  const { root } = await made(t);
  const stages = stagesOf(read(root, 'Dockerfile'));
  assert.equal(stages.length, 2);
  for (const [from] of stages) assert.match(from.rest, /^node:\d+-slim( AS build)?$/);
  const [build, final] = stages;
  assert.ok(build.some(({ name, rest }) => name === 'RUN' && rest === 'npm ci --omit=dev'));
  assert.ok(!build.concat(final).some(({ name }) => name === 'ADD' || name === 'ARG'));
  const order = final.map(({ name }) => name);
  assert.ok(
    order.indexOf('USER') > order.lastIndexOf('COPY') && order.indexOf('USER') < order.indexOf('CMD'),
  );
  assert.match(final.find(({ name }) => name === 'USER')?.rest ?? '', /^[1-9]\d*:[1-9]\d*$/);
  assert.equal(final.find(({ name }) => name === 'EXPOSE')?.rest, '8080');
  assert.deepEqual(JSON.parse(final.find(({ name }) => name === 'CMD')?.rest ?? ''), ['node', 'server.js']);
});

test('Dockerfile: its health check tells an application that answers from none', async (t) => {
  const { root } = await made(t);
  const check = stagesOf(read(root, 'Dockerfile'))[1].find(({ name }) => name === 'HEALTHCHECK')?.rest ?? '';
  const [, ...args] = JSON.parse(check.slice(check.indexOf('CMD ') + 4));
  const ask = (/** @type {string} */ port) =>
    new Promise((resolve) => {
      spawn(process.execPath, args, { env: { ...ENV, PORT: port }, stdio: 'ignore' }).once('close', resolve);
    });
  let port = '';
  await serving(root, 'server.js', async (url) => {
    port = new URL(url).port;
    assert.equal(await ask(port), 0);
  });
  // Its own port, which nobody has: a port below 1 is none.
  assert.equal(await ask('0'), 1);
});

for (const [lockfile, expected] of [
  [
    'pnpm-lock.yaml',
    ['corepack enable', 'pnpm install --frozen-lockfile', 'pnpm run build', 'pnpm prune --prod'],
  ],
  [
    'yarn.lock',
    [
      'yarn install --frozen-lockfile',
      'yarn run build',
      'yarn install --frozen-lockfile --production --ignore-scripts',
    ],
  ],
  ['npm-shrinkwrap.json', ['npm ci', 'npm run build', 'npm prune --omit=dev']],
]) {
  test(`Dockerfile: ${lockfile}, with a build`, async (t) => {
    const files = { 'server.js': SERVER };
    const scripts = { build: 'node build.js', start: 'node --enable-source-maps dist/server.js' };
    const { root } = await made(
      t,
      { ...files, [lockfile]: '{}\n', 'package.json': { ...MANIFEST, scripts } },
      ['--entry', 'server.js'],
    );
    const [build, final] = stagesOf(read(root, 'Dockerfile'));
    assert.deepEqual(
      build.filter(({ name }) => name === 'RUN').map(({ rest }) => rest),
      expected,
    );
    assert.ok(build.some(({ name, rest }) => name === 'COPY' && rest.includes(lockfile)));
    assert.deepEqual(JSON.parse(final.at(-1)?.rest ?? ''), [
      'node',
      '--enable-source-maps',
      'dist/server.js',
    ]);
  });
}

test('a Dockerfile and a .dockerignore that are there stay; secrets and history are added to the latter', async (t) => {
  const own = 'FROM node:24\nCMD ["node", "server.js"]\n';
  const { root, out } = await made(t, { ...FILES, Dockerfile: own, '.dockerignore': '/node_modules/\n.git' });
  assert.equal(read(root, 'Dockerfile'), own);
  assert.match(out, /Dockerfile is yours and stays: what it starts runs as root/);
  assert.equal(read(root, '.dockerignore'), '/node_modules/\n.git\n.env\n.env.*\n');
});

for (const [what, more] of [
  [
    'a runner that is for development only',
    { scripts: { start: 'tsx server.js' }, devDependencies: { tsx: '^4.0.0' } },
  ],
  ['a program that nothing builds', { scripts: { start: 'node dist/server.js' } }],
]) {
  test(`${what}: no Dockerfile and no unit that would not start, and it is told so`, async (t) => {
    const { root, out } = await made(t, { ...FILES, 'package.json': { ...MANIFEST, ...more } });
    assert.ok(!fs.existsSync(path.join(root, 'Dockerfile')) && !fs.existsSync(path.join(root, 'deploy')));
    assert.match(out, /no Dockerfile and no unit: package\.json has no script "start"/);
  });
}

test('yarn berry gets no Dockerfile, and is told so', async (t) => {
  const { root, out } = await made(t, { ...FILES, 'yarn.lock': '', '.yarnrc.yml': '' });
  assert.ok(!fs.existsSync(path.join(root, 'Dockerfile')));
  assert.match(out, /no Dockerfile for yarn berry/);
});

test('systemd unit: the sandbox, and no capability', async (t) => {
  const { root } = await made(t);
  const unit = read(root, 'deploy/acme-shop.service');
  for (const line of [
    'DynamicUser=yes',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'AmbientCapabilities=',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@privileged',
    'RestrictSUIDSGID=yes',
    'ExecStart=/usr/bin/env node server.js',
    'WorkingDirectory=/srv/acme-shop',
  ]) {
    assert.ok(unit.split('\n').includes(line), line);
  }
  // V8 compiles while it runs; a secret in the unit could be read by everybody.
  assert.doesNotMatch(unit, /^MemoryDenyWriteExecute|^Environment=.*SECRET/m);
  const low = await made(t, { ...FILES, 'server.js': SERVER.replace('8080', '80') });
  assert.match(read(low.root, 'deploy/acme-shop.service'), /^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
});

if (spawnSync('systemd-analyze', ['--version']).status === 0) {
  test('systemd unit: systemd reads it without a warning, and its exposure is at most 2.0 of 10', async (t) => {
    const { root } = await made(t);
    const file = path.join(root, 'deploy/acme-shop.service');
    const verify = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
    assert.equal(verify.status, 0, verify.stderr);
    assert.equal(
      verify.stderr
        .split('\n')
        .filter((line) => line.includes('acme-shop'))
        .join('\n'),
      '',
    );
    const security = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], {
      encoding: 'utf8',
    });
    assert.equal(security.status, 0, security.stdout + security.stderr);
  });
}

test('secrets: the name into .env.example, the value only into a .env that git ignores, and shown nowhere', async (t) => {
  const root = project(t, FILES);
  write(root, { '.env': 'DATABASE_PASSWORD=hunter2', '.gitignore': 'node_modules\n.env\n' });
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'ignored');
  fs.chmodSync(path.join(root, '.env'), 0o600);
  const done = await init(root, '--yes');
  assert.equal(done.code, 0, done.err);
  const [, secret] =
    /^DATABASE_PASSWORD=hunter2\nHAUBERK_SECRET=([\w-]{43})\n$/.exec(read(root, '.env')) ?? [];
  assert.ok(secret);
  assert.ok(!done.out.includes(secret) && !done.out.includes('hunter2'));
  assert.equal(fs.statSync(path.join(root, '.env')).mode & 0o777, 0o600);
  assert.match(read(root, '.env.example'), /^HAUBERK_SECRET=$/m);
  git(root, 'add', '-A');
  assert.ok(!git(root, 'diff', '--cached').includes(secret));
});

for (const [what, files, after] of [
  ['a .env that git tracks', { '.env': 'A=1\n' }, undefined],
  [
    'a .env that an exception of .gitignore lets in',
    { '.gitignore': 'node_modules\n.env\n!.env\n' },
    { '.env': 'A=1\n' },
  ],
  ['no .env', {}, undefined],
]) {
  test(`secrets: none is written with ${what}`, async (t) => {
    const root = project(t, { ...FILES, ...files });
    if (after) write(root, after);
    const done = await init(root, '--yes');
    assert.equal(done.code, 0, done.err);
    const env = path.join(root, '.env');
    assert.ok(!fs.existsSync(env) || fs.readFileSync(env, 'utf8') === 'A=1\n');
    assert.match(done.out, /\.env is tracked by git|set HAUBERK_SECRET where the application runs/);
  });
}

test('secrets: none is written without a repository', async (t) => {
  const root = project(t, { ...FILES, '.env': 'A=1\n' }, { git: false });
  assert.equal((await init(root, '--yes', '--force')).code, 0);
  assert.equal(read(root, '.env'), 'A=1\n');
});

test('package.json: scripts that are there stay; the policy is one that the audit takes', async (t) => {
  const scripts = { start: 'node server.js', audit: 'npm audit', lint: 'standard' };
  const { root, out } = await made(t, { ...FILES, 'package.json': { ...MANIFEST, scripts } });
  const after = JSON.parse(read(root, 'package.json'));
  assert.deepEqual(after.scripts, { ...scripts, doctor: 'hauberk doctor' });
  assert.equal(after.dependencies.hauberk, `^${manifest.version}`);
  assert.match(out, /a script "audit" already; hauberk's is: hauberk audit --policy audit-policy\.yaml/);
  write(root, {
    'package-lock.json': { lockfileVersion: 3, packages: { '': {} } },
    'package.json': { name: 'shop' },
  });
  write(root, { 'db/one.json': osv('EXAMPLE-1', 'other', BELOW_2) });
  const report = await audit({
    cwd: root,
    db: path.join(root, 'db'),
    policy: path.join(root, 'audit-policy.yaml'),
  });
  assert.equal(report.exitCode, 0);
});

test('ESLint: what is written asks for the versions that hauberk is tested with; a configuration that is there stays', async (t) => {
  const { root } = await made(t);
  const { devDependencies } = JSON.parse(read(root, 'package.json'));
  for (const [name, range] of Object.entries(devDependencies)) {
    assert.equal(range.split('.')[0], manifest.devDependencies[name].split('.')[0], name);
  }
  assert.deepEqual(Object.keys(devDependencies), ['@eslint/js', 'eslint', 'eslint-plugin-security']);
  const own = await made(t, { ...FILES, 'eslint.config.js': 'module.exports = [];\n' });
  assert.equal(read(own.root, 'eslint.config.js'), 'module.exports = [];\n');
  assert.match(own.out, /eslint\.config\.js is yours and stays/);
  const old = await made(t, { ...FILES, '.eslintrc.json': '{}' });
  assert.match(old.out, /needs a flat one/);
  assert.ok(!fs.existsSync(path.join(old.root, 'eslint.config.mjs')));
});

test('a GitHub workflow only with --ci, with no more rights than reading', async (t) => {
  assert.ok(!fs.existsSync(path.join((await made(t)).root, '.github')));
  const { root } = await made(t, FILES, ['--ci']);
  const workflow = yaml.parse(read(root, '.github/workflows/security.yml'));
  assert.deepEqual(workflow.permissions, { contents: 'read' });
  const runs = workflow.jobs.security.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  assert.deepEqual(runs, ['npm ci', 'npm run audit', 'npm run doctor', 'npm run lint']);
});

test('--skip leaves out what it names', async (t) => {
  const { root } = await made(t, FILES, ['--skip', 'code,audit,eslint,docker,systemd,secrets']);
  assert.equal(git(root, 'status', '--porcelain'), ' M package.json\n');
});
