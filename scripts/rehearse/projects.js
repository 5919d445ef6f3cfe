'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { managers, ROOT } = require('./tools');

/** @typedef {{ folder: string, url: string }} Stage where projects are made, and the registry that they install from */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string | undefined>, shell?: boolean }} options
 * @returns {{ status: number | null, out: string }}
 */
function run(command, args, { cwd, env = {}, shell = false }) {
  const done = spawnSync(command, args, {
    cwd,
    shell,
    encoding: 'utf8',
    timeout: 600_000,
    env: { ...process.env, NODE_ENV: '', ...env },
  });
  return { status: done.status, out: `${done.stdout ?? ''}${done.stderr ?? ''}${done.error ?? ''}` };
}

/** @param {{ status: number | null, out: string }} done @param {string} what */
function must(done, what) {
  if (done.status !== 0) throw new Error(`${what} ended with ${done.status}:\n${done.out.slice(-2000)}`);
  return done.out;
}

/**
 * A new project, and packages from the rehearsal's registry.
 *
 * @param {Stage} stage
 * @param {string} name
 * @param {'npm' | 'pnpm' | 'yarn' | 'bun'} manager
 * @param {string[]} packages
 * @param {string[]} [flags]
 * @returns {string} its folder
 */
function project({ folder, url }, name, manager, packages, flags = []) {
  const place = path.join(folder, name);
  fs.mkdirSync(place, { recursive: true });
  fs.writeFileSync(
    path.join(place, 'package.json'),
    JSON.stringify({ name, version: '1.0.0', private: true }),
  );
  fs.writeFileSync(path.join(place, '.npmrc'), `registry=${url}\n`);
  fs.writeFileSync(
    path.join(place, '.yarnrc.yml'),
    [
      `npmRegistryServer: "${url}"`,
      'unsafeHttpWhitelist: ["127.0.0.1"]',
      'nodeLinker: node-modules',
      'enableTelemetry: false',
      `globalFolder: ${JSON.stringify(path.join(folder, 'yarn'))}`,
      // A package is installed here in the minute in which it was published.
      'npmMinimalAgeGate: 0',
    ].join('\n'),
  );
  fs.writeFileSync(path.join(place, 'bunfig.toml'), `[install]\nregistry = "${url}"\n`);
  // Else yarn looks for a project further up.
  fs.writeFileSync(path.join(place, 'yarn.lock'), '');
  const { command, args, shell } = managers[manager]();
  const words = {
    npm: ['install', '--no-audit', '--no-fund'],
    pnpm: ['add', '--config.minimumReleaseAge=0', `--store-dir=${path.join(folder, 'pnpm')}`],
    yarn: ['add'],
    bun: ['add', '--no-cache'],
  }[manager];
  const env = {
    npm_config_cache: path.join(folder, 'npm'),
    npm_config_registry: url,
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
  };
  const done = run(command, [...args, ...words, ...flags, ...packages], { cwd: place, env, shell });
  must(done, `${manager} ${words.join(' ')} ${packages.join(' ')}`);
  return place;
}

/** The first JavaScript block of the README. */
function readmeExample() {
  const block = /```js\n([\s\S]*?)```/.exec(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8'));
  if (block === null) throw new Error('README.md has no JavaScript example');
  return block[1];
}

/**
 * Runs the README's example, asks it what a newcomer would, and what an attacker would.
 *
 * @param {string} place
 * @param {string} file
 * @param {string[]} [flags] of Node.js
 */
async function answers(place, file, flags = []) {
  const child = spawn(process.execPath, [...flags, file], {
    cwd: place,
    env: { ...process.env, PORT: '0', NODE_ENV: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (out += chunk));
  try {
    while (!/http:\/\/\S+:\d+/.test(out)) {
      if (child.exitCode !== null) throw new Error(`${file} did not start:\n${out}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [url] = /** @type {RegExpExecArray} */ (/http:\/\/\S+:\d+/.exec(out));
    const post = (/** @type {string} */ body) =>
      fetch(`${url}/notes`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    const made = await post('{"html":"<b>hi</b><script>alert(1)</script>"}');
    const text = await made.text();
    if (made.status !== 201 || !text.includes('<b>hi</b>') || text.includes('alert')) {
      throw new Error(`POST /notes: ${made.status} ${text}`);
    }
    if (!made.headers.has('content-security-policy') || !made.headers.has('ratelimit')) {
      throw new Error('the response fields of hauberk are missing');
    }
    const refused = await post('{"__proto__":{"admin":true}}');
    if (refused.status !== 422) throw new Error(`a prototype key: ${refused.status}`);
  } finally {
    child.kill();
  }
}

module.exports = { run, must, project, readmeExample, answers };
