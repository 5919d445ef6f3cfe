'use strict';

/** Express projects in git repositories of their own, with this package and a real Express in node_modules. */

const { execFile, execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');
const BIN = path.join(ROOT, 'bin', 'hauberk.js');
const TSC = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const PRELOAD = path.join(__dirname, 'listen-as-nobody.js');

/** Nobody's settings, and no repository around. */
const ENV = Object.freeze({
  ...process.env,
  NODE_OPTIONS: '',
  NODE_ENV: '',
  HAUBERK_SECRET: '',
  NO_COLOR: '',
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CEILING_DIRECTORIES: os.tmpdir(),
});

/** @param {string} root @param {string[]} args */
function git(root, ...args) {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], { cwd: root, env: ENV, encoding: 'utf8', stdio: 'pipe' });
}

/** @param {string} root @param {Record<string, unknown>} files objects become JSON */
function write(root, files) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const data =
      typeof content === 'string' || Buffer.isBuffer(content)
        ? content
        : `${JSON.stringify(content, null, 2)}\n`;
    fs.writeFileSync(file, data);
  }
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} files
 * @param {{ express?: string, git?: boolean }} [options]
 */
function project(t, files, { express = 'express', git: wantsGit = true } = {}) {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-init-')));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  write(root, { '.gitignore': 'node_modules\ndist\n', ...files });
  const modules = path.join(root, 'node_modules');
  fs.mkdirSync(modules);
  const links = { hauberk: ROOT, express: path.join(ROOT, 'node_modules', express) };
  for (const name of ['@types', 'cors', 'helmet', 'eslint', '@eslint', 'eslint-plugin-security']) {
    links[name] = path.join(ROOT, 'node_modules', name);
  }
  for (const [name, target] of Object.entries(links))
    fs.symlinkSync(target, path.join(modules, name), 'junction');
  if (wantsGit) {
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'as it was');
  }
  return root;
}

/**
 * @param {string} root
 * @param {...string} args
 * @returns {Promise<{ code: number, out: string, err: string }>}
 */
function init(root, ...args) {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, 'init', ...args],
      { cwd: root, env: ENV, timeout: 120_000 },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** Compiles a TypeScript project, and fails with what the compiler says. @param {string} root */
function compile(root) {
  try {
    execFileSync(process.execPath, [TSC, '-p', '.'], {
      cwd: root,
      env: ENV,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    throw new Error(String(/** @type {any} */ (error).stdout), { cause: error });
  }
}

/**
 * Starts a program of a project on a free port, and asks it.
 *
 * @param {string} root
 * @param {string} file
 * @param {(url: string) => Promise<void>} ask
 * @param {Record<string, string>} [env]
 */
async function serving(root, file, ask, env = {}) {
  const child = spawn(process.execPath, ['--require', PRELOAD, file], {
    cwd: root,
    env: { ...ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const port = new Promise((resolve, reject) => {
    const look = (/** @type {Buffer} */ data) => {
      text += data;
      const found = /^listens on (\d+)$/m.exec(text);
      if (found) resolve(Number(found[1]));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`it did not start:\n${text}`)));
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    await ask(`http://127.0.0.1:${await port}`);
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\n${text}`, { cause: error });
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
}

const read = (/** @type {string} */ root, /** @type {string} */ name) =>
  fs.readFileSync(path.join(root, name), 'utf8');

module.exports = { ROOT, ENV, project, write, init, git, compile, serving, read };
