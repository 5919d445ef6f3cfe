'use strict';

const { LIMITS, exists, openFolder, readIfThere, show } = require('./files');
const { Refused } = require('./refusal');

/**
 * @typedef {object} Project
 * @property {string} root absolute, without symbolic links
 * @property {import('./files').Text} file package.json
 * @property {Record<string, any>} manifest
 * @property {Record<string, string>} dependencies of every kind, by name
 * @property {boolean} typescript
 * @property {'npm' | 'pnpm' | 'yarn' | 'berry'} manager
 * @property {string | undefined} lockfile
 */

const TABLES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** @param {string} folder @returns {Project} @throws Refused */
function openProject(folder) {
  const root = openFolder(folder);
  const file = readIfThere(root, 'package.json', LIMITS.manifest);
  if (file === undefined) throw new Refused(`there is no package.json in ${show(root)}`);
  const manifest = parse(file.text);
  const dependencies = Object.assign({}, ...TABLES.map((name) => tableOf(manifest, name)).reverse());
  tableOf(manifest, 'scripts');
  if (!Object.hasOwn(dependencies, 'express')) {
    throw new Refused(
      'package.json does not depend on express; init secures an existing Express application',
    );
  }
  return {
    root,
    file,
    manifest,
    dependencies,
    typescript: exists(root, 'tsconfig.json'),
    ...managerOf(root),
  };
}

/** @param {string} text @returns {Record<string, any>} */
function parse(text) {
  let manifest;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec(String(/** @type {Error} */ (error).message));
    const where = at ? ` (line ${text.slice(0, Number(at[1])).split('\n').length})` : '';
    throw new Refused(`package.json is not JSON${where}`);
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    throw new Refused('package.json holds no object');
  }
  return manifest;
}

/** @param {Record<string, any>} manifest @param {string} name @returns {Record<string, string>} */
function tableOf(manifest, name) {
  const table = manifest[name] ?? {};
  const good =
    typeof table === 'object' &&
    !Array.isArray(table) &&
    Object.values(table).every((one) => typeof one === 'string');
  if (!good) throw new Refused(`package.json: ${name} is no table of texts`);
  return table;
}

/** @param {string} root @returns {Pick<Project, 'manager' | 'lockfile'>} */
function managerOf(root) {
  if (exists(root, 'pnpm-lock.yaml')) return { manager: 'pnpm', lockfile: 'pnpm-lock.yaml' };
  if (exists(root, 'yarn.lock')) {
    return { manager: exists(root, '.yarnrc.yml') ? 'berry' : 'yarn', lockfile: 'yarn.lock' };
  }
  const lockfile = ['npm-shrinkwrap.json', 'package-lock.json'].find((name) => exists(root, name));
  return { manager: 'npm', lockfile };
}

/** The major version of Express that the project asks for, where its range says so. @param {Project} project */
function majorOf({ dependencies }, name = 'express') {
  const found = /(?:^|[\s^~>=v@])(\d{1,3})(?:\.|$|\s)/.exec(dependencies[name] ?? '');
  return found ? Number(found[1]) : undefined;
}

/** `./dist/server` of `node --enable-source-maps ./dist/server`. @param {unknown} script */
function programOf(script) {
  if (typeof script !== 'string') return undefined;
  const words = script.trim().split(/\s+/);
  const runner = words.findIndex((word) => /^(?:node|nodemon|tsx|ts-node|ts-node-dev)$/.test(word));
  if (runner < 0) return undefined;
  const file = words.slice(runner + 1).find((word) => !word.startsWith('-') && word !== 'watch');
  return file !== undefined && /^[\w./@-]+$/.test(file) ? file.replace(/^\.\//, '') : undefined;
}

module.exports = { openProject, majorOf, programOf };
