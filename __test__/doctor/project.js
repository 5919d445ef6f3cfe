'use strict';

/** Projects in folders of their own, and the command run on them as a user runs it. */

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');
const BIN = path.join(ROOT, 'bin/hauberk.js');
const SHA512 = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;

/** @param {import('node:test').TestContext} t @param {Record<string, unknown>} files objects become JSON */
function project(t, files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-doctor-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const data = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    fs.writeFileSync(file, data);
  }
  return root;
}

/** Makes packages of this repository installed in a project. @param {string} root @param {Record<string, string>} packages name to folder of node_modules */
function install(root, packages) {
  for (const [name, folder] of Object.entries(packages)) {
    const place = path.join(root, 'node_modules', name);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    const target = folder === '.' ? ROOT : path.join(ROOT, 'node_modules', folder);
    fs.symlinkSync(target, place, 'junction');
  }
}

/** package.json and a lockfile that agree. @param {Record<string, string>} dependencies @param {object} [more] */
function manifest(dependencies, more = {}) {
  const packages = Object.fromEntries(
    Object.entries(dependencies).map(([name, version]) => [
      `node_modules/${name}`,
      {
        version,
        resolved: `https://registry.example/${name}/-/${name.split('/').pop()}-${version}.tgz`,
        integrity: SHA512,
      },
    ]),
  );
  return {
    'package.json': { name: 'shop', dependencies, ...more },
    'package-lock.json': { lockfileVersion: 3, packages: { '': { dependencies }, ...packages } },
  };
}

/**
 * @param {string[]} args
 * @param {object} [options] of execFile
 * @returns {Promise<{ code: number, out: string, err: string }>}
 */
function hauberk(args, options = {}) {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { timeout: 120_000, maxBuffer: 1 << 26, ...options },
      (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out: String(out), err: String(err) }),
    );
  });
}

/** @param {import('../../lib/doctor').Report} report @param {string} id */
function check(report, id) {
  const found = report.checks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

/** @param {import('../../lib/doctor').Report} report @param {string} status @returns {string[]} */
function ids(report, status) {
  return report.checks.filter((one) => one.status === status).map(({ id }) => id);
}

module.exports = { ROOT, BIN, project, install, manifest, hauberk, check, ids };
