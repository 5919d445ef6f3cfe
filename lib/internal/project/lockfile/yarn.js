'use strict';

const path = require('node:path');
const { LIMITS, readJson } = require('../files');
const { failure } = require('../failure');
const { parseYaml } = require('../yaml');
const { manifestsOf } = require('../workspaces');
const { blocksOf } = require('./yarn-classic');
const { entry, kindOf, record, split, strengthOf, text } = require('./graph');

/** @typedef {import('./graph').Graph} Graph */
/** @typedef {{ root: string, manifest: Record<string, any> }} Project */

/**
 * yarn.lock: classic (yarn 1) and berry (yarn 2 and later).
 *
 * @param {string} raw
 * @param {string} file
 * @param {Project} project
 * @returns {Graph}
 */
function parse(raw, file, project) {
  if (/^(<<<<<<<|>>>>>>>)/m.test(raw)) throw failure(`${file} holds an unresolved merge conflict`);
  if (/^__metadata:/m.test(raw)) return berry(record(parseYaml(raw, file)), project);
  if (!/yarn lockfile v1/.test(raw)) throw failure(`${file} is no yarn lockfile`);
  return classic(blocksOf(raw, file), project);
}

/** @param {Map<string, Record<string, any>>} blocks @param {Project} project @returns {Graph} */
function classic(blocks, project) {
  const index = indexOf([...blocks.keys()]);
  /** @type {Graph} */
  const result = { manager: 'yarn', packages: new Map(), roots: [] };
  for (const [key, block] of blocks) {
    const [alias, range] = split(key.split(', ', 1)[0]);
    // eslint-disable-next-line security/detect-unsafe-regex -- anchored, its parts exclude each other
    const real = /^npm:((?:@[^/]+\/)?[^@]+)/.exec(range);
    const resolved = text(block.resolved);
    const integrity =
      text(block.integrity) ?? (/#[0-9a-f]{40}$/.test(resolved ?? '') ? 'sha1-inTheUrl' : undefined);
    const pinned = kindOf(resolved) === 'git' || kindOf(range) === 'git';
    const needle = key.split(', ', 1)[0];
    result.packages.set(key, {
      ...entry({
        id: key,
        name: real?.[1] ?? alias,
        version: text(block.version),
        source: pinned && kindOf(resolved) !== 'git' ? range : (resolved ?? range),
        ...(resolved === undefined && kindOf(range) === 'registry' ? { kind: 'local' } : {}),
        integrity: strengthOf(integrity),
        needle,
        edges: edgesOf(index, block, ['dependencies', 'optionalDependencies']),
      }),
    });
  }
  for (const manifest of manifestsOf(project)) result.roots.push({ direct: directOf(index, manifest) });
  return result;
}

/** @param {Record<string, any>} lock @param {Project} project @returns {Graph} */
function berry(lock, project) {
  const keys = Object.keys(lock).filter((key) => key !== '__metadata');
  const index = indexOf(keys);
  /** @type {Graph} */
  const result = { manager: 'yarn', packages: new Map(), roots: [] };
  for (const key of keys) {
    const block = record(lock[key]);
    const [name, reference] = split(text(block.resolution) ?? '');
    const workspace = /^workspace:(.+)$/.exec(reference);
    if (workspace) {
      result.roots.push({ direct: directOf(index, memberOf(project, workspace[1])) });
      continue;
    }
    const hash = text(block.checksum) ? 'strong' : 'none';
    const npm = /^npm:/.test(reference);
    result.packages.set(key, {
      ...entry({
        id: key,
        name: name || split(key)[0],
        version: text(block.version),
        source: reference.replace(/^npm:/, ''),
        ...(npm ? { kind: 'registry' } : /^patch:/.test(reference) ? { kind: 'local' } : {}),
        // Berry keeps no hash of a package that is only for another platform.
        integrity: block.conditions === undefined ? hash : 'unneeded',
        needle: key.split(',', 1)[0],
        edges: edgesOf(index, block, ['dependencies', 'optionalDependencies', 'peerDependencies']),
      }),
      ...(block.conditions === undefined ? {} : { integrity: 'unneeded' }),
    });
  }
  return result;
}

/** The package.json of a workspace that the lockfile names. @param {Project} project @param {string} folder */
function memberOf(project, folder) {
  if (folder === '.') return project.manifest;
  const place = path.resolve(project.root, folder);
  if (path.relative(project.root, place).startsWith('..')) {
    throw failure(`yarn.lock names a workspace outside of the project: ${folder.slice(0, 80)}`);
  }
  return record(readJson(path.join(place, 'package.json'), LIMITS.manifest));
}

/**
 * Which entry a descriptor means; and, for a name with one entry only, that entry.
 *
 * @param {string[]} keys each a list of descriptors: `a@^1, a@~1.2`
 */
function indexOf(keys) {
  /** @type {Map<string, string>} */
  const exact = new Map();
  /** @type {Map<string, string | null>} */
  const single = new Map();
  for (const key of keys) {
    for (const descriptor of key.split(/,\s*/)) {
      exact.set(descriptor, key);
      const [name] = split(descriptor);
      single.set(name, single.has(name) && single.get(name) !== key ? null : key);
    }
  }
  return (/** @type {string} */ name, /** @type {unknown} */ range) =>
    // A "resolutions" field changes what a range means, and not the range that the parent writes.
    exact.get(`${name}@${range}`) ?? exact.get(`${name}@npm:${range}`) ?? single.get(name) ?? undefined;
}

/** @param {ReturnType<typeof indexOf>} index @param {Record<string, any>} block @param {string[]} kinds */
function edgesOf(index, block, kinds) {
  return kinds
    .flatMap((kind) => Object.entries(record(block[kind])).map(([name, range]) => index(name, range)))
    .filter((id) => id !== undefined);
}

/** @param {ReturnType<typeof indexOf>} index @param {Record<string, any>} manifest */
function directOf(index, manifest) {
  const of = (/** @type {string[]} */ kinds, /** @type {boolean} */ dev) =>
    edgesOf(index, manifest, kinds).map((id) => ({ id, dev }));
  return [...of(['dependencies', 'optionalDependencies'], false), ...of(['devDependencies'], true)];
}

module.exports = { parse, limit: LIMITS.yaml };
