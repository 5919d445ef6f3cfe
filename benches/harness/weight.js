'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * What lands in node_modules for some packages: they and everything they need, each version once, as installed here.
 *
 * @param {readonly string[]} names
 * @param {string} from the folder whose node_modules are asked first
 * @returns {{ packages: number, bytes: number }} bytes on disk are more: these are the lengths of the files
 */
function weigh(names, from) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const visit = (/** @type {string} */ name, /** @type {string} */ place, /** @type {boolean} */ needed) => {
    const folder = find(name, place);
    if (folder === undefined) {
      if (needed) throw new Error(`${name}, which ${place} needs, is not installed`);
      return;
    }
    if (seen.has(folder)) return;
    seen.set(folder, bytesIn(folder));
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    for (const one of Object.keys(manifest.dependencies ?? {})) {
      visit(one, folder, manifest.optionalDependencies?.[one] === undefined);
    }
    for (const one of Object.keys(manifest.optionalDependencies ?? {})) visit(one, folder, false);
  };
  for (const name of names) visit(name, from, true);
  return { packages: seen.size, bytes: [...seen.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

/** @param {string} name @param {string} from @returns {string | undefined} */
function find(name, from) {
  const folder = path.join(from, 'node_modules', name);
  if (fs.existsSync(path.join(folder, 'package.json'))) return fs.realpathSync(folder);
  const above = path.dirname(from);
  return above === from ? undefined : find(name, above);
}

/** Without what is installed inside it: that is counted by itself. @param {string} folder @returns {number} */
function bytesIn(folder) {
  let sum = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isFile()) sum += fs.statSync(file).size;
    else if (entry.isDirectory() && entry.name !== 'node_modules') sum += bytesIn(file);
  }
  return sum;
}

module.exports = { weigh, bytesIn };
