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
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-project-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const data = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    fs.writeFileSync(file, data);
  }
  return root;
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

module.exports = { ROOT, BIN, SHA512, project, hauberk };
