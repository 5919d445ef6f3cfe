'use strict';

const path = require('node:path');
const { failure } = require('./failure');
const { LIMITS, exists, readJson, readText } = require('./files');

/** Lockfiles by name; of npm's two the first counts, as npm says. */
const LOCKFILES = Object.freeze({
  'npm-shrinkwrap.json': { manager: 'npm', parser: () => require('./lockfile/npm') },
  'package-lock.json': { manager: 'npm', parser: () => require('./lockfile/npm') },
  'pnpm-lock.yaml': { manager: 'pnpm', parser: () => require('./lockfile/pnpm') },
  'yarn.lock': { manager: 'yarn', parser: () => require('./lockfile/yarn') },
});

/** @typedef {keyof typeof LOCKFILES} LockfileName */

/**
 * Reads package.json and the lockfile.
 *
 * @param {string} folder
 * @param {string | undefined} lockfile a name in the folder, when there are several
 * @returns {{ root: string, name: string, lockfile: string, text: string, graph: import('./lockfile/graph').Graph }}
 */
function open(folder, lockfile) {
  const root = path.resolve(folder);
  const manifestFile = path.join(root, 'package.json');
  const manifest = readJson(manifestFile, LIMITS.manifest);
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    throw failure(`${manifestFile} is no package.json: it holds no object`);
  }
  const name = lockfile === undefined ? find(root, manifest) : /** @type {LockfileName} */ (lockfile);
  const file = path.join(root, name);
  const parser = LOCKFILES[name].parser();
  const text = readText(file, parser.limit);
  const graph = parser.parse(text, file, { root, manifest });
  if (graph.packages.size === 0 && dependsOnPackages(manifest)) {
    throw failure(`${file} holds no package, but package.json depends on some: install first`);
  }
  return { root, name: typeof manifest.name === 'string' ? manifest.name : '', lockfile: name, text, graph };
}

/** @param {string} root @param {Record<string, any>} manifest @returns {LockfileName} */
function find(root, manifest) {
  const names = /** @type {LockfileName[]} */ (Object.keys(LOCKFILES));
  const present = names.filter((name) => exists(path.join(root, name)));
  const managers = new Set(present.map((name) => LOCKFILES[name].manager));
  if (present.length === 0) throw failure(`${root} has no lockfile (${names.join(', ')}): install first`);
  if (managers.size === 1) return present[0];
  const declared = /^[a-z]+/.exec(String(manifest.packageManager ?? ''))?.[0];
  const chosen = present.find((name) => LOCKFILES[name].manager === declared);
  if (chosen === undefined) throw failure(`${root} has ${present.join(' and ')}: say which with --lockfile`);
  return chosen;
}

/** @param {Record<string, any>} manifest a workspace project's own may hold none */
function dependsOnPackages(manifest) {
  const values = ['dependencies', 'devDependencies'].flatMap((kind) => Object.values(manifest[kind] ?? {}));
  return values.some((range) => typeof range === 'string' && !/^(workspace|link|file|portal):/.test(range));
}

module.exports = { open, LOCKFILES };
