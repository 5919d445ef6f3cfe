'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');
const CACHE = path.join(ROOT, '.cache', 'tools');
const WINDOWS = process.platform === 'win32';

/** Some package asks for a tag, `cjs`, which a registry that mirrors another may not have. */
const OVERRIDES = { 'node-fetch': '^2.7.0' };

/** How to start a program: `args` come before one's own. @typedef {{ command: string, args: string[], shell: boolean }} Tool */

/** @type {Tool} */
const npm = { command: WINDOWS ? 'npm.cmd' : 'npm', args: [], shell: WINDOWS };

/**
 * A package from the registry that no test needs, installed once into .cache/.
 *
 * @param {string} name
 * @returns {string} the folder of the project that holds it
 */
function toolFolder(name) {
  const folder = path.join(CACHE, name.replace(/\W/g, '-'));
  if (fs.existsSync(path.join(folder, 'node_modules', name, 'package.json'))) return folder;
  console.log(`installing ${name} into .cache/ …`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ private: true, overrides: OVERRIDES }),
  );
  const done = spawnSync(npm.command, ['install', '--no-audit', '--no-fund', '--no-save', name], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: npm.shell,
  });
  if (done.status !== 0) throw new Error(`${name} could not be installed; npm says why above`);
  return folder;
}

/** @param {string} name @returns {string} its executable, from a package of that name */
function binary(name) {
  const folder = toolFolder(name);
  return path.join(folder, 'node_modules', '.bin', WINDOWS ? `${name}.cmd` : name);
}

/** @type {Readonly<Record<'npm' | 'pnpm' | 'yarn' | 'bun', () => Tool>>} */
const managers = Object.freeze({
  npm: () => npm,
  pnpm: () => ({ command: binary('pnpm'), args: [], shell: WINDOWS }),
  yarn: () => {
    const file = path.join(toolFolder('@yarnpkg/cli-dist'), 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
    return { command: process.execPath, args: [file], shell: false };
  },
  bun: () => ({ command: binary('bun'), args: [], shell: WINDOWS }),
});

module.exports = { npm, managers, toolFolder, binary, ROOT, WINDOWS };
