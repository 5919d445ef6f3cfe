'use strict';

const { failure } = require('../failure');
const { LIMITS } = require('../files');
const { parseYaml } = require('../yaml');
const { entry, kindOf, record, split, strengthOf, text } = require('./graph');

/** @typedef {import('./graph').Graph} Graph */

/**
 * pnpm-lock.yaml, lockfileVersion 6 and 9.
 *
 * @param {string} raw
 * @param {string} file
 * @returns {Graph}
 */
function parse(raw, file) {
  const lock = record(parseYaml(raw, file));
  const version = Number.parseInt(String(lock.lockfileVersion), 10);
  if (version !== 6 && version !== 9) {
    throw failure(`${file} has a lockfileVersion that is not known; 6 (pnpm 8) and 9 (pnpm 9 and later) are`);
  }
  const packages = record(lock.packages);
  // Version 9 keeps what is fetched (packages) apart from what depends on what (snapshots).
  const nodes = version === 9 ? record(lock.snapshots) : packages;
  if (version === 9 && Object.keys(packages).length > 0 && !lock.snapshots) {
    throw failure(`${file} is no whole pnpm lockfile: it has no "snapshots"`);
  }
  /** @type {Graph} */
  const result = { manager: 'pnpm', packages: new Map(), roots: [] };
  for (const id of Object.keys(nodes)) {
    const node = record(nodes[id]);
    const about = version === 9 ? record(packages[bare(id)]) : node;
    const edges = resolve(nodes, version, node, ['dependencies', 'optionalDependencies']).map(
      ({ id: to }) => to,
    );
    result.packages.set(id, describe(id, about, node, edges, version));
  }
  const importers = lock.importers ? Object.values(record(lock.importers)) : [lock];
  const kinds = ['dependencies', 'optionalDependencies', 'devDependencies'];
  for (const importer of importers)
    result.roots.push({ direct: resolve(nodes, version, record(importer), kinds) });
  return result;
}

/** Without the peers in parentheses. @param {string} id */
const bare = (id) => id.split('(', 1)[0];

/**
 * @param {string} id
 * @param {Record<string, any>} about
 * @param {Record<string, any>} node
 * @param {string[]} edges
 * @param {number} lockfileVersion
 */
function describe(id, about, node, edges, lockfileVersion) {
  const [name, rest] = split(bare(id).replace(/^\//, ''));
  const resolution = record(about.resolution);
  const source = sourceOf(resolution, rest);
  const plain = /^\d/.test(rest) ? rest : undefined;
  const says = about.requiresBuild ?? (lockfileVersion === 6 ? 'false' : undefined);
  return entry({
    id,
    name: text(about.name) ?? name,
    version: text(about.version) ?? plain,
    source,
    ...(resolution.directory ? { kind: 'local' } : {}),
    integrity: strengthOf(text(resolution.integrity)),
    installScript: says === undefined ? undefined : String(says) === 'true',
    needle: bare(id),
    edges,
    devHint: String(node.dev) === 'true',
  });
}

/** @param {Record<string, any>} resolution @param {string} rest of the key behind the name */
function sourceOf(resolution, rest) {
  const repo = text(resolution.repo);
  if (repo !== undefined) return kindOf(repo) === 'http' ? repo : `git+${repo}#${resolution.commit ?? ''}`;
  return text(resolution.tarball) ?? (/^\w[\w+]*:/.test(rest) ? rest : undefined);
}

/**
 * @param {Record<string, any>} nodes
 * @param {number} version
 * @param {Record<string, any>} holder
 * @param {string[]} kinds
 */
function resolve(nodes, version, holder, kinds) {
  /** @type {{ id: string, dev: boolean }[]} */
  const edges = [];
  for (const kind of kinds) {
    for (const [name, value] of Object.entries(record(holder[kind]))) {
      const target = text(typeof value === 'object' ? record(value).version : value);
      if (target === undefined || /^(link|workspace):/.test(target)) continue;
      const candidates = version === 9 ? [`${name}@${target}`, target] : [`/${name}@${target}`, target];
      const id = candidates.find((candidate) => Object.hasOwn(nodes, candidate));
      if (id !== undefined) edges.push({ id, dev: kind === 'devDependencies' });
    }
  }
  return edges;
}

module.exports = { parse, limit: LIMITS.yaml };
