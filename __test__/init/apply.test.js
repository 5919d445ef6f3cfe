'use strict';

/** Real projects: after init the application starts and answers guarded, and git takes everything back. */

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { compile, ENV, git, init, project, read, ROOT, serving } = require('./project');

const ROUTES = `
app.use(express.json({ limit: '200kb' }));
app.get('/', (req, res) => { res.json({ hello: 'world' }); });
app.post('/echo', (req, res) => { res.json(req.body); });
app.get('/boom', () => { throw new Error('secret detail in ' + process.cwd()); });
`;

const TSCONFIG = (/** @type {string} */ module) => ({
  compilerOptions: {
    strict: true,
    target: 'es2022',
    module,
    moduleResolution: module === 'node16' ? 'node16' : 'bundler',
    esModuleInterop: true,
    skipLibCheck: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
});

const KINDS = {
  CommonJS: {
    run: 'server.js',
    start: 'node server.js',
    files: {
      'server.js': `'use strict';\n\nconst express = require('express');\n\nconst app = express();\n${ROUTES}\nconst port = process.env.PORT || 3000;\napp.listen(port, () => console.log('up'));\n`,
    },
  },
  ESM: {
    run: 'src/app.js',
    start: 'node src/app.js',
    manifest: { type: 'module' },
    files: {
      'src/app.js': `import express from "express"\n\nconst app = express()\n${ROUTES.replaceAll(';', '').replaceAll("'", '"')}\nexport default app\napp.listen(process.env.PORT ?? 3000)\n`,
    },
  },
  'TypeScript (CommonJS)': {
    run: 'dist/server.js',
    start: 'node dist/server.js',
    manifest: { scripts: { build: 'tsc -p .' } },
    compiled: true,
    files: {
      'tsconfig.json': TSCONFIG('node16'),
      'src/server.ts': `import express, { type Express } from 'express';\n\nconst app: Express = express();\n${ROUTES}\nexport async function start(): Promise<void> {\n  app.listen(3000, () => {\n    console.log('up');\n  });\n}\n\nvoid start();\n`,
    },
  },
  'TypeScript (ESM, application made in a function)': {
    run: 'dist/main.js',
    start: 'node dist/main.js',
    manifest: { type: 'module', scripts: { build: 'tsc -p .' } },
    compiled: true,
    files: {
      'tsconfig.json': TSCONFIG('node16'),
      'src/app.ts': `import express from 'express';\n\nexport function createApp(): express.Express {\n  const app = express();\n${ROUTES.replace(/^(?=.)/gm, '  ')}\n  return app;\n}\n`,
      'src/main.ts': `import { createApp } from './app.js';\n\ncreateApp().listen(3000);\n`,
    },
  },
};

/** @param {string} url */
async function assertGuarded(url) {
  const home = await fetch(url);
  assert.equal(home.status, 200);
  assert.deepEqual(await home.json(), { hello: 'world' });
  assert.match(home.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.ok(home.headers.get('ratelimit'));
  assert.equal(home.headers.get('x-powered-by'), null);
  const post = (/** @type {string} */ body) =>
    fetch(`${url}/echo`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  assert.deepEqual(await (await post('{"a":1}')).json(), { a: 1 });
  const bad = await post('{"__proto__":{"admin":true}}');
  assert.equal(bad.status, 422);
  assert.equal((await bad.json()).code, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
  // The limit of the application's own parser, 200kb, and not the guard's 100 KiB.
  assert.equal((await post(`{"a":"${'x'.repeat(150 * 1024)}"}`)).status, 200);
  assert.equal((await post(`{"a":"${'x'.repeat(250 * 1024)}"}`)).status, 413);
  const boom = await fetch(`${url}/boom`);
  assert.equal(boom.status, 500);
  assert.match(boom.headers.get('content-type') ?? '', /problem\+json/);
  assert.doesNotMatch(await boom.text(), /secret detail|at .*\.js/);
  const missing = await fetch(`${url}/nowhere`);
  assert.equal(missing.status, 404);
  assert.match(missing.headers.get('content-type') ?? '', /problem\+json/);
}

for (const [kind, { run, start, files, manifest = {}, compiled = false }] of Object.entries(KINDS)) {
  for (const [express, range] of Object.entries({ express: '^5.1.0', express4: '^4.21.0' })) {
    test(`${kind}, Express ${range}: guarded after init, nothing to do the second time, taken back by git`, async (t) => {
      const root = project(
        t,
        {
          'package.json': {
            name: 'shop',
            version: '1.0.0',
            ...manifest,
            scripts: { start, ...manifest.scripts },
            dependencies: { express: range },
          },
          ...files,
        },
        { express },
      );
      const first = await init(root, '--yes');
      assert.equal(first.code, 0, first.err);
      if (compiled) compile(root);
      await serving(root, run, assertGuarded);

      const changed = git(root, 'diff');
      const second = await init(root, '--yes');
      assert.equal(second.code, 0, second.err);
      assert.match(second.out, /^Nothing to do/m);
      assert.equal(git(root, 'diff'), changed);

      const [, undo] = /^To undo: (.+)$/m.exec(first.out) ?? [];
      execFileSync('sh', ['-c', undo], { cwd: root, env: ENV, stdio: 'pipe' });
      assert.equal(git(root, 'status', '--porcelain'), '');

      const [, before] = /^doctor, before: (\d+) of 100/m.exec(first.out) ?? [];
      const [, after] = /^doctor, after: {2}(\d+) of 100/m.exec(first.out) ?? [];
      assert.ok(Number(after) > Number(before), `doctor's score, ${before} before and ${after} after`);
    });
  }
}

test('what express-generator writes: the program in bin/www, an error handler of its own', async (t) => {
  const root = project(
    t,
    {
      'package.json': {
        name: 'old',
        scripts: { start: 'node ./bin/www' },
        dependencies: { express: '~4.16.1' },
      },
      'bin/www': `#!/usr/bin/env node\n\nvar app = require('../app');\nvar http = require('http');\nvar port = normalizePort(process.env.PORT || '3000');\napp.set('port', port);\n\nvar server = http.createServer(app);\nserver.listen(port);\n\nfunction normalizePort(val) {\n  var port = parseInt(val, 10);\n  return port;\n}\n`,
      'app.js': `var express = require('express');\n\nvar indexRouter = require('./routes/index');\n\nvar app = express();\n\napp.use(express.json());\napp.use(express.urlencoded({ extended: false }));\n\napp.use('/', indexRouter);\n\n// error handler\napp.use(function(err, req, res, next) {\n  next(err);\n});\n\nmodule.exports = app;\n`,
      'routes/index.js': `var express = require('express');\nvar router = express.Router();\n\nrouter.get('/', function(req, res, next) {\n  res.json({ hello: 'world' });\n});\n\nmodule.exports = router;\n`,
    },
    { express: 'express4' },
  );
  const done = await init(root, '--yes');
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /an error handler stands in front of guard\.errors/);
  await serving(root, 'bin/www', async (url) => {
    const home = await fetch(url);
    assert.deepEqual(await home.json(), { hello: 'world' });
    assert.ok(home.headers.get('ratelimit'));
    assert.match((await fetch(`${url}/nowhere`)).headers.get('content-type') ?? '', /problem\+json/);
  });
});

test('a webhook that reads raw bytes still gets them, and cors() stays in front', async (t) => {
  const root = project(t, {
    'package.json': { name: 'hooks', main: 'server.js', dependencies: { express: '^5.0.0', cors: '^2.8.5' } },
    'server.js': `const express = require('express');\nconst cors = require('cors');\n\nconst app = express();\napp.use(cors());\napp.post('/hook', express.raw({ type: '*/*' }), (req, res) => {\n  res.json({ bytes: Buffer.isBuffer(req.body) && req.body.toString() });\n});\napp.use(express.json());\napp.listen(3000);\n`,
  });
  const done = await init(root, '--yes');
  assert.equal(done.code, 0, done.err);
  await serving(root, 'server.js', async (url) => {
    const headers = { 'content-type': 'application/json' };
    const hook = await fetch(`${url}/hook`, { method: 'POST', body: '{"a" :1}', headers });
    assert.deepEqual(await hook.json(), { bytes: '{"a" :1}' });
    const refused = await fetch(`${url}/x`, { method: 'POST', body: '{"__proto__":1}', headers });
    assert.equal(refused.status, 422);
    assert.equal(refused.headers.get('access-control-allow-origin'), '*');
  });
});

if (process.getuid?.() === 0 && process.platform === 'linux') {
  test('started as root, what init wrote refuses to serve', async (t) => {
    const root = project(t, {
      'package.json': { name: 'shop', main: 'server.js', dependencies: { express: '^5.0.0' } },
      'server.js': `const express = require('express');\nconst app = express();\napp.get('/', (req, res) => res.json({}));\napp.listen(3000);\n`,
    });
    assert.equal((await init(root, '--yes')).code, 0);
    const ask = async (/** @type {string} */ url) => {
      const refused = await fetch(url);
      assert.equal(refused.status, 503);
      assert.equal((await refused.json()).code, 'ERR_HAUBERK_PRIVILEGES_ROOT');
    };
    await serving(root, 'server.js', ask, { STAY_ROOT: '1' });
  });
}

test('the ESLint configuration that init writes lints the project, and finds nothing in it', async (t) => {
  const root = project(t, {
    'package.json': { name: 'shop', main: 'server.js', dependencies: { express: '^5.0.0' } },
    'server.js': `const express = require('express');\nconst app = express();\napp.get('/', (req, res) => res.json({ cwd: process.uptime() }));\napp.listen(3000);\n`,
  });
  assert.equal((await init(root, '--yes')).code, 0);
  const eslint = path.join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js');
  execFileSync(process.execPath, [eslint, '.'], { cwd: root, env: ENV, stdio: 'pipe' });
  execFileSync(
    process.execPath,
    ['--input-type=module', '-e', "import config from './eslint.config.mjs'; if (!config.length) throw 1"],
    {
      cwd: root,
      env: ENV,
      stdio: 'pipe',
    },
  );
  assert.match(read(root, 'package.json'), /"lint": "eslint \."/);
});
