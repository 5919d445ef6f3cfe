'use strict';

/**
 * Gives the path of another Node.js version, from the npm package that carries its binary; kept in .cache/.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const PLATFORMS = Object.freeze({ win32: 'win', linux: 'linux', darwin: 'darwin' });

/**
 * @param {number} major such as 24
 * @returns {string} the path of the executable
 */
function nodeOf(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const name = `node-${PLATFORMS[process.platform]}-${process.arch}`;
  const folder = path.join(ROOT, '.cache', `node-${major}`);
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const executable = path.join(folder, 'node_modules', name, 'bin', file);
  if (fs.existsSync(executable)) return executable;
  console.log(`fetching Node.js ${major} …`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const done = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['install', '--no-audit', '--no-fund', '--no-save', `${name}@${major}`],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
  );
  if (done.status !== 0 || !fs.existsSync(executable)) {
    throw new Error(`the package ${name}@${major} could not be installed; npm says why above`);
  }
  return executable;
}

module.exports = { nodeOf };

if (require.main === module) console.log(nodeOf(Number(process.argv[2])));
