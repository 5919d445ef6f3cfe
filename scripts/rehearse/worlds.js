'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { nodeOf } = require('../node-version');
const { permission } = require('./failures');
const { answers, must, project, readmeExample, run } = require('./projects');

/** @typedef {import('./installs').Case} Case */
/** @typedef {import('./projects').Stage} Stage */

/** @param {string} place @param {string} name @param {string} text */
function write(place, name, text) {
  fs.writeFileSync(path.join(place, name), text);
}

const WORKERS = `
const { isMainThread, Worker, parentPort } = require('node:worker_threads');
const { ratelimit, passwords } = require('hauberk');
const limiter = ratelimit({ name: 'shared', limit: 4, windowMs: 3_600_000 });
async function work() {
  const hash = await passwords.hash('correct horse', { memoryKiB: 1024, passes: 1 });
  return [limiter.consume('k').allowed, await passwords.verify(hash, 'correct horse')];
}
if (!isMainThread) work().then((got) => parentPort.postMessage(got));
else (async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => new Promise((resolve, reject) =>
    new Worker(__filename).on('message', resolve).on('error', reject))));
  const allowed = all.filter(([one]) => one).length;
  if (allowed !== 4 || !all.every(([, same]) => same)) throw new Error('allowed ' + allowed);
})();
`;

const CLUSTER = `
const cluster = require('node:cluster');
const { ratelimit } = require('hauberk');
const name = process.env.TABLE;
const limiter = ratelimit({ name, scope: 'machine', directory: __dirname, limit: 6, windowMs: 3_600_000 });
if (cluster.isWorker) {
  let allowed = 0;
  for (let i = 0; i < 5; i += 1) allowed += Number(limiter.consume('k').allowed);
  process.send(allowed, () => process.exit(0));
} else {
  let sum = 0;
  let left = 3;
  for (let i = 0; i < 3; i += 1) cluster.fork().on('message', (n) => (sum += n)).on('exit', () => {
    if (--left === 0 && sum !== 6) throw new Error('allowed ' + sum);
  });
}
`;

const TESTED = `
const express = require('express');
const hauberk = require('hauberk');
async function check(equal) {
  const guard = hauberk({ ratelimit: { limit: 100 } });
  const app = express().use(guard);
  app.post('/', (req, res) => res.json({ html: hauberk.sanitize.html(req.body.html) }));
  app.use(guard.errors);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const ask = (body) => fetch('http://127.0.0.1:' + server.address().port, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  equal(await (await ask('{"html":"<b>x</b><script>"}')).text(), '{"html":"<b>x</b>"}');
  equal((await ask('{"__proto__":1}')).status, 422);
  let code;
  try { hauberk({ ratelimits: {} }); } catch (error) {
    if (!(error instanceof hauberk.HauberkError)) throw new Error('another HauberkError');
    code = error.code;
  }
  equal(code, 'ERR_HAUBERK_OPTION_UNKNOWN');
  equal(await hauberk.passwords.verify(await hauberk.passwords.hash('correct horse'), 'correct horse'), true);
  await new Promise((resolve) => server.close(resolve));
}
`;

/** @type {Case[]} */
const worlds = [
  {
    name: 'worker_threads: eight threads, one limit, own hashes',
    run(stage) {
      const place = project(stage, 'threads', 'npm', ['hauberk']);
      write(place, 'app.js', WORKERS);
      must(run(process.execPath, ['app.js'], { cwd: place }), 'app.js');
    },
  },
  {
    name: 'cluster: three workers, one limit (scope machine)',
    run(stage) {
      const place = project(stage, 'cluster', 'npm', ['hauberk']);
      write(place, 'app.js', CLUSTER);
      must(run(process.execPath, ['app.js'], { cwd: place, env: { TABLE: `r${process.pid}` } }), 'app.js');
    },
  },
  {
    name: "--permission --allow-addons: the README's example",
    async run(stage) {
      const place = project(stage, 'permission', 'npm', ['hauberk', 'express@^5']);
      write(place, 'app.js', readmeExample());
      const net = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : [];
      await answers(place, 'app.js', [permission(), '--allow-addons', '--allow-fs-read=*', ...net]);
    },
  },
  {
    name: 'esbuild --external:hauberk',
    async run(stage) {
      const place = project(stage, 'esbuild', 'npm', ['hauberk', 'express@^5', 'esbuild']);
      write(place, 'app.js', readmeExample());
      const flags = ['--bundle', '--platform=node', '--external:hauberk', '--outfile=out.js'];
      const bin = path.join(place, 'node_modules', 'esbuild', 'bin', 'esbuild');
      must(run(bin, ['app.js', ...flags], { cwd: place }), 'esbuild');
      await answers(place, 'out.js');
    },
  },
  {
    name: 'webpack, externals: { hauberk }',
    async run(stage) {
      const place = project(stage, 'webpack', 'npm', ['hauberk', 'express@^5', 'webpack']);
      write(place, 'app.js', readmeExample());
      write(
        place,
        'build.js',
        `require('webpack')({ mode: 'production', target: 'node', entry: './app.js',
          externals: { hauberk: 'commonjs hauberk' }, output: { path: __dirname, filename: 'out.js' },
        }, (error, stats) => { if (error || stats.hasErrors()) throw error ?? new Error(stats.toString()); });`,
      );
      must(run(process.execPath, ['build.js'], { cwd: place }), 'webpack');
      await answers(place, 'out.js');
    },
  },
  {
    name: 'Jest',
    run(stage) {
      const place = project(stage, 'jest', 'npm', ['hauberk', 'express@^5', 'jest']);
      write(
        place,
        'app.test.js',
        `${TESTED}\ntest('hauberk', () => check((a, b) => expect(a).toBe(b)), 120_000);\n`,
      );
      const bin = path.join(place, 'node_modules', 'jest', 'bin', 'jest.js');
      must(run(process.execPath, [bin], { cwd: place }), 'jest');
    },
  },
  {
    name: 'Vitest (on Node.js 24)',
    run(stage) {
      const place = project(stage, 'vitest', 'npm', ['hauberk', 'express@^5', 'vitest']);
      const text = TESTED.replace(/const (\w+) = require\('(\w+)'\);/g, "import $1 from '$2';");
      const imports = "import { expect, test } from 'vitest';\n";
      write(
        place,
        'app.test.mjs',
        `${imports}${text}\ntest('hauberk', () => check((a, b) => expect(a).toBe(b)), 120_000);\n`,
      );
      const bin = path.join(place, 'node_modules', 'vitest', 'vitest.mjs');
      must(run(nodeOf(24), [bin, 'run'], { cwd: place }), 'vitest');
    },
  },
];

module.exports = { worlds };
