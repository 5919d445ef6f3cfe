'use strict';

/** The crates whose code is in a published binary, by cargo's own account. */

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const { TARGETS } = require('./prebuild/targets');

const ROOT = path.join(__dirname, '..');

/**
 * @typedef {object} Crate
 * @property {string} id
 * @property {string} name
 * @property {string} version
 * @property {string} license an SPDX expression
 * @property {string[]} authors
 * @property {string | null} repository
 * @property {string} manifest_path
 */

/** @param {string} triple */
function metadata(triple) {
  const args = ['metadata', '--locked', '--format-version', '1', '--filter-platform', triple];
  const done = spawnSync('cargo', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1e9 });
  if (done.status !== 0) throw new Error(`cargo metadata failed: ${done.stderr ?? done.error}`);
  return JSON.parse(done.stdout);
}

/**
 * What is linked, on any target: no dependency that is only for tests or builds, and no macro, which runs in the compiler.
 *
 * @returns {{ crates: Crate[], edges: Map<string, Set<string>>, root: string }} crates by name and version; edges by id
 */
function linked() {
  /** @type {Map<string, Crate>} */
  const crates = new Map();
  /** @type {Map<string, Set<string>>} */
  const edges = new Map();
  let root = '';
  for (const { triple } of TARGETS) {
    const { packages, resolve } = metadata(triple);
    root = resolve.root;
    const byId = new Map(packages.map((/** @type {Crate} */ one) => [one.id, one]));
    const nodes = new Map(resolve.nodes.map((/** @type {any} */ node) => [node.id, node]));
    const queue = [root];
    for (let id; (id = queue.pop()) !== undefined;) {
      if (crates.has(`${triple} ${id}`)) continue;
      crates.set(`${triple} ${id}`, byId.get(id));
      const needs = edges.get(id) ?? edges.set(id, new Set()).get(id);
      for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
        if (!kinds.some((/** @type {any} */ kind) => kind.kind === null) || isMacro(byId.get(pkg))) continue;
        /** @type {Set<string>} */ (needs).add(pkg);
        queue.push(pkg);
      }
    }
  }
  const all = new Map([...crates.values()].filter((one) => one.id !== root).map((one) => [one.id, one]));
  const order = (/** @type {Crate} */ one) => `${one.name} ${one.version}`;
  return {
    crates: [...all.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    edges,
    root,
  };
}

/** @param {any} one */
const isMacro = (one) => one.targets.some((/** @type {any} */ target) => target.kind.includes('proc-macro'));

module.exports = { linked };
