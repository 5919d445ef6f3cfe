'use strict';

/**
 * Packs hauberk and this machine's platform package, installs both tarballs into new projects, and uses
 * them as a newcomer would: the README's own example, on Express 4 and 5, in CommonJS, ESM and TypeScript.
 */

const assert = require('node:assert/strict');
const { execFileSync, spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');

const { pack } = require('../../scripts/pack');

const ROOT = path.join(__dirname, '../..');
const TSC = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** What the package may hold. */
const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|index\.js|index\.d\.ts)$/,
  /^lib\/[a-z0-9/-]+\.(js|d\.ts)$/,
  /^bin\/hauberk\.js$/,
  /^native\/binding\.js$/,
  // What the dashboard sends to the browser.
  /^lib\/monitor\/page\/[a-z]+\.(mjs|css|html)$/,
  // The list of common passwords, as fingerprints.
  /^lib\/passwords\/policy\/common\.bin$/,
  // The words that the strength of a password is estimated by, and the licence they are under.
  /^lib\/passwords\/policy\/words\.(br|license)$/,
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-setups-'));
/** @type {ReturnType<typeof pack>} */
let packed;

before(() => {
  packed = pack(path.join(folder, 'pack'));
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/**
 * A new project with both tarballs and one version of Express.
 *
 * @param {string} name
 * @param {string[]} packages
 * @param {Record<string, unknown>} [manifest]
 */
function project(name, packages, manifest = {}) {
  const place = path.join(folder, name);
  fs.mkdirSync(place);
  fs.writeFileSync(path.join(place, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
  execFileSync(NPM, ['install', '--no-audit', '--no-fund', packed.main, packed.platform, ...packages], {
    cwd: place,
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
  return place;
}

/** The first JavaScript block of the README. */
function readmeExample() {
  const text = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const block = /```js\n([\s\S]*?)```/.exec(text);
  assert.ok(block, 'README.md has no JavaScript example');
  return block[1];
}

/**
 * Runs a program of a project on a free port and asks it over HTTP.
 *
 * @param {string} place
 * @param {string} file
 * @param {(url: string) => Promise<void>} ask
 */
async function withServer(place, file, ask) {
  const server = spawn(process.execPath, [file], {
    cwd: place,
    env: { ...process.env, PORT: '0', NODE_ENV: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  server.stdout.on('data', (chunk) => (out += chunk));
  server.stderr.on('data', (chunk) => (out += chunk));
  try {
    const deadline = Date.now() + 30_000;
    while (!/http:\/\/\S+:\d+/.test(out)) {
      assert.ok(Date.now() < deadline && server.exitCode === null, `the example did not start:\n${out}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [url] = /** @type {RegExpExecArray} */ (/http:\/\/\S+:\d+/.exec(out));
    await ask(url);
  } finally {
    server.kill();
  }
}

/** @param {string} url */
async function guardedResponse(url) {
  const created = await fetch(`${url}/notes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"html":"<b>hi</b><script>alert(1)</script>"}',
  });
  assert.equal(created.status, 201);
  assert.match(await created.text(), /<b>hi<\/b>/);
  assert.match(created.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.match(created.headers.get('ratelimit') ?? '', /^"600-in-1min";r=/);
  assert.equal(created.headers.get('x-powered-by'), null);
  const refused = await fetch(`${url}/notes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"__proto__":{"admin":true}}',
  });
  assert.equal(refused.status, 422);
  assert.equal((await refused.json()).code, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
  assert.equal((await fetch(`${url}/nowhere`)).status, 404);
}

test('the packed list matches the allow-list and holds what is needed', () => {
  for (const file of packed.files) {
    assert.ok(
      ALLOWED.some((pattern) => pattern.test(file)),
      `${file} must not be packed`,
    );
  }
  for (const file of [
    'index.js',
    'index.d.ts',
    'native/binding.js',
    'README.md',
    'LICENSE',
    'lib/guard/index.js',
    'bin/hauberk.js',
  ]) {
    assert.ok(packed.files.includes(file), `${file} is missing`);
  }
});

test('the platform packages have the version of the package', () => {
  const { version } = require('../../package.json');
  assert.match(
    fs.readFileSync(path.join(ROOT, 'Cargo.toml'), 'utf8'),
    new RegExp(`^version = "${version}"`, 'm'),
  );
  for (const name of fs.readdirSync(path.join(ROOT, 'npm'))) {
    const platform = require(`../../npm/${name}/package.json`);
    assert.equal(platform.version, version, name);
    assert.equal(platform.name, `@hauberk/${name}`);
  }
});

for (const [name, express] of [
  ['express4', 'express@^4.22'],
  ['express5', 'express@^5'],
]) {
  test(`a new ${name} project: the README's example answers, in CommonJS and ESM`, async () => {
    const place = project(name, [express]);
    const example = readmeExample();
    fs.writeFileSync(path.join(place, 'app.js'), example);
    await withServer(place, 'app.js', guardedResponse);
    const esm = example.replace(/^const (\w+) = require\('(\w+)'\);$/gm, "import $1 from '$2';");
    assert.notEqual(esm, example);
    fs.writeFileSync(path.join(place, 'app.mjs'), esm);
    await withServer(place, 'app.mjs', guardedResponse);
    fs.writeFileSync(
      path.join(place, 'named.mjs'),
      `import hauberk, { passwords, sanitize, ratelimit } from 'hauberk';
       import { hash } from 'hauberk/passwords';
       if (hauberk.passwords !== passwords || passwords.hash !== hash) throw new Error('two instances');
       if (sanitize.html('<i>x</i><script>') !== '<i>x</i>') throw new Error('sanitize');
       if (!ratelimit({ limit: 1 }).consume('k').allowed) throw new Error('ratelimit');
       if (!(await passwords.verify(await hash('correct horse'), 'correct horse'))) throw new Error('passwords');`,
    );
    execFileSync(process.execPath, ['named.mjs'], { cwd: place, stdio: 'pipe' });
  });
}

test('TypeScript: node16, nodenext and bundler resolve the types; a misspelt option does not compile', () => {
  const place = project('typescript', ['express@^5', '@types/express@^5', '@types/node@^24']);
  const source = (/** @type {string} */ imports) => `${imports}
const app = express();
const guard = hauberk({ ratelimit: { limit: 300 }, headers: { preset: 'site' }, body: { limit: '1mb' }, mode: 'report' });
app.use(guard);
app.use('/login', hauberk.ratelimit({ limit: 5, windowMs: 60_000 }));
app.post('/', async (req, res) => {
  const hash: string = await hauberk.passwords.hash(String(req.body?.password));
  const same: boolean = await hauberk.passwords.verify(hash, 'x');
  const html: string = hauberk.sanitize.html('<b>x</b>');
  res.json({ same, html });
});
app.use(guard.errors);
// @ts-expect-error no such option
hauberk({ ratelimits: {} });
// @ts-expect-error no such value
hauberk({ mode: 'maybe' });
`;
  fs.writeFileSync(
    path.join(place, 'commonjs.cts'),
    source("import express = require('express');\nimport hauberk = require('hauberk');"),
  );
  fs.writeFileSync(
    path.join(place, 'module.mts'),
    source(
      "import express from 'express';\nimport hauberk, { passwords } from 'hauberk';\nvoid passwords.verify;",
    ),
  );
  for (const [module, resolution, files] of [
    ['node16', 'node16', ['commonjs.cts', 'module.mts']],
    ['nodenext', 'nodenext', ['commonjs.cts', 'module.mts']],
    ['esnext', 'bundler', ['module.mts']],
  ]) {
    const config = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2023',
        esModuleInterop: true,
        module,
        moduleResolution: resolution,
        types: ['node'],
      },
      files,
    };
    fs.writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify(config));
    try {
      execFileSync(process.execPath, [TSC, '-p', '.'], { cwd: place, stdio: 'pipe' });
    } catch (error) {
      assert.fail(`${module}: ${/** @type {any} */ (error).stdout}`);
    }
  }
});

test('each name of the package is what its own path gives', () => {
  const place = project('paths', []);
  const same = `
    const assert = require('node:assert/strict');
    const early = require('hauberk/headers');
    const hauberk = require('hauberk');
    hauberk().close();
    assert.equal(hauberk.headers, early);
    for (const name of Object.keys(hauberk)) {
      if (name !== 'HauberkError') assert.equal(require('hauberk/' + name), hauberk[name], name);
    }
    assert.throws(() => hauberk({ x: 1 }), hauberk.HauberkError);
  `;
  execFileSync(process.execPath, ['-e', same], { cwd: place, stdio: 'pipe' });
});

test('a binary that is damaged: the error says so, and the process lives', () => {
  const place = project('damaged', []);
  const scope = path.join(place, 'node_modules', '@hauberk');
  const [target] = fs.readdirSync(scope);
  const file = path.join(scope, target, `hauberk.${target}.node`);
  const whole = fs.readFileSync(file);
  const script = "try { require('hauberk'); } catch (error) { console.log(error.code, error.message); }";
  const damaged = { page: Buffer.from('<!doctype html>'.repeat(100)), none: Buffer.alloc(0) };
  // Where the system looks itself it may end the process: only ELF files are looked at before.
  const cut = process.platform === 'linux' ? { half: whole.subarray(0, whole.length >> 1) } : {};
  for (const [name, bytes] of Object.entries({ ...damaged, ...cut })) {
    // Another file, not other bytes in one that a process may have mapped.
    fs.rmSync(file);
    fs.writeFileSync(file, bytes);
    const said = execFileSync(process.execPath, ['-e', script], { cwd: place, encoding: 'utf8' });
    assert.match(said, /^ERR_HAUBERK_NATIVE_MISSING .*damaged.*delete node_modules and install again/, name);
  }
});

test('without the platform package the error names the cause and the way out', () => {
  const place = path.join(folder, 'bare');
  fs.mkdirSync(place);
  fs.writeFileSync(path.join(place, 'package.json'), '{"name":"bare","version":"1.0.0"}');
  execFileSync(NPM, ['install', '--no-audit', '--no-fund', '--omit=optional', packed.main], {
    cwd: place,
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
  const script = `try { require('hauberk'); } catch (error) { console.log(error.code, error.message); }`;
  const said = execFileSync(process.execPath, ['-e', script], { cwd: place, encoding: 'utf8' });
  assert.match(said, /^ERR_HAUBERK_NATIVE_MISSING .*--omit=optional/);
  // The commands need no binary: the audit reads the lockfile, and stops only at the missing advisories.
  const command = path.join('node_modules', 'hauberk', 'bin', 'hauberk.js');
  fs.mkdirSync(path.join(place, 'none'));
  const audited = spawnSync(process.execPath, [command, 'audit', '--db', 'none'], {
    cwd: place,
    encoding: 'utf8',
  });
  assert.equal(audited.status, 3, audited.stderr);
  assert.match(audited.stderr, /none holds no OSV record about an npm package/);
});
