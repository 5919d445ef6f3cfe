'use strict';

const Module = /** @type {any} */ (require('node:module'));
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');

/**
 * Makes modules of the sources in lib/guard/joined.js: the files that every guard loads, word for word. To find and read
 * a hundred files takes longer than to run them. Each module gets its own name in `require.cache`, so that whoever
 * requires its file gets this very module.
 *
 * Where modules are not those of Node.js (a bundler, Jest, Bun, Deno) nothing happens, and the files are loaded one
 * by one. docs/decisions/0040 has the figures.
 *
 * @param {NodeModule} root the module of index.js
 */
function join(root) {
  if (joined || !isNodes(root)) return;
  joined = true;
  const sources = /** @type {Readonly<Record<string, Function>>} */ (require('./joined'));
  /** @param {string} name in the table @returns {unknown} */
  const load = (name) => {
    const filename = path.join(ROOT, name);
    const known = require.cache[filename];
    if (known !== undefined) return known.exports;
    const made = new Module(filename, root);
    made.filename = filename;
    made.paths = root.paths;
    require.cache[filename] = made;
    const folder = path.posix.dirname(name);
    /** @param {string} id */
    const requireIn = (id) => {
      if (!id.startsWith('.')) return id.startsWith('node:') ? require(id) : made.require(id);
      const place = path.posix.join(folder, id);
      for (const one of [`${place}.js`, `${place}/index.js`]) {
        if (Object.hasOwn(sources, one)) return load(one);
        const other = require.cache[path.join(ROOT, one)];
        if (other !== undefined) return other.exports;
      }
      return made.require(id);
    };
    try {
      sources[name].call(made.exports, made.exports, requireIn, made, filename, path.dirname(filename));
    } catch (error) {
      delete require.cache[filename];
      throw error;
    }
    made.loaded = true;
    return made.exports;
  };
  for (const name of Object.keys(sources)) load(name);
}

let joined = false;

/** @param {NodeModule} root */
function isNodes(root) {
  const { versions } = process;
  return (
    versions.bun === undefined &&
    versions.deno === undefined &&
    root instanceof Module &&
    require.cache === Module._cache &&
    require.cache[root.filename] === root
  );
}

module.exports = { join };
