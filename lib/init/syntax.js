'use strict';

/* eslint-disable security/detect-non-literal-fs-filename -- a new file in a new folder of the system's own. */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * Whether Node.js can read a program, without running it.
 *
 * @param {string} text
 * @param {boolean} isModule
 * @returns {boolean}
 */
function parses(text, isModule) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-init-'));
  try {
    const file = path.join(folder, isModule ? 'program.mjs' : 'program.cjs');
    fs.writeFileSync(file, text, { mode: 0o600 });
    const env = { ...process.env, NODE_OPTIONS: '' };
    return (
      spawnSync(process.execPath, ['--check', file], { env, stdio: 'ignore', timeout: 30_000 }).status === 0
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { parses };
