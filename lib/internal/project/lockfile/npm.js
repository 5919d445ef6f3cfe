'use strict';

const { failure } = require('../failure');
const { LIMITS, parseJson } = require('../files');
const { entry, record, strengthOf, text } = require('./graph');

/** @typedef {import('./graph').Graph} Graph */

const MAX_LOCATION = 4096;
const MAX_NESTING = 100;

/**
 * package-lock.json and npm-shrinkwrap.json, lockfileVersion 1, 2 and 3.
 *
 * @param {string} raw
 * @param {string} file
 * @param {{ manifest: Record<string, any> }} project
 * @returns {Graph}
 */
function parse(raw, file, project) {
  const lock = parseJson(raw, file);
  if (!isObject(lock)) throw failure(`${file} is no npm lockfile: it holds no object`);
  const version = lock.lockfileVersion ?? 1;
  if (![1, 2, 3].includes(version)) {
    throw failure(`${file} has a lockfileVersion that is not known; 1, 2 and 3 are`);
  }
  if (version > 1 && !isObject(lock.packages))
    throw failure(`${file} is no npm lockfile: it has no "packages"`);
  if (version === 1 && lock.dependencies !== undefined && !isObject(lock.dependencies)) {
    throw failure(`${file} is no npm lockfile: "dependencies" is no object`);
  }
  const packages = version === 1 ? locations(lock, file, project.manifest) : lock.packages;
  return graph(packages, file);
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {Record<string, any>} packages by location @param {string} file @returns {Graph} */
function graph(packages, file) {
  /** @type {Graph} */
  const result = { manager: 'npm', packages: new Map(), roots: [] };
  for (const location of Object.keys(packages)) {
    const item = packages[location];
    if (!isObject(item))
      throw failure(`${file}: the entry of ${JSON.stringify(location.slice(0, 80))} is no object`);
    if (location.length > MAX_LOCATION)
      throw failure(`${file} holds a location of over ${MAX_LOCATION} characters`);
    if (item.link === true) continue;
    const edges = resolve(packages, location, item);
    if (isRoot(location)) result.roots.push({ direct: edges });
    else result.packages.set(location, describe(location, item, edges));
  }
  return result;
}

/** The project itself and its workspaces. @param {string} location */
const isRoot = (location) => !/(^|\/)node_modules\//.test(location);

/** @param {string} location @param {Record<string, any>} item @param {{ id: string }[]} edges */
function describe(location, item, edges) {
  const folder = location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const source = text(item.resolved);
  // A bundled package came inside the tarball of another, whose hash covers it.
  const bundled = item.inBundle === true || item.bundled === true;
  return entry({
    id: location,
    name: text(item.name) ?? folder,
    version: text(item.version),
    source,
    ...(bundled ? { kind: 'local' } : {}),
    integrity: strengthOf(text(item.integrity)),
    installScript: item.hasInstallScript === true ? true : item.legacy ? undefined : false,
    needle: item.legacy ? folder : location,
    edges: edges.map(({ id }) => id),
    devHint: item.dev === true,
  });
}

/**
 * @param {Record<string, any>} packages
 * @param {string} from location
 * @param {Record<string, any>} item
 */
function resolve(packages, from, item) {
  const root = isRoot(from);
  /** @type {{ id: string, dev: boolean }[]} */
  const edges = [];
  const names = [
    'dependencies',
    'optionalDependencies',
    'peerDependencies',
    ...(root ? ['devDependencies'] : []),
  ];
  for (const kind of names) {
    for (const name of Object.keys(record(item[kind]))) {
      const id = lookUp(packages, from, name);
      // A link leads to a workspace, which is a root of its own.
      if (id !== undefined && !isRoot(id)) edges.push({ id, dev: kind === 'devDependencies' });
    }
  }
  return edges;
}

/** As Node.js looks: in node_modules here, then one folder up. */
function lookUp(
  /** @type {Record<string, any>} */ packages,
  /** @type {string} */ from,
  /** @type {string} */ name,
) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/')))) {
    const at = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (Object.hasOwn(packages, at)) return packages[at]?.link === true ? text(packages[at].resolved) : at;
    if (base === '') return undefined;
  }
}

/**
 * Version 1 nests; this lays it out by location, as the later versions do.
 *
 * @param {Record<string, any>} lock
 * @param {string} file
 * @param {Record<string, any>} manifest
 */
function locations(lock, file, manifest) {
  /** @type {Record<string, any>} */
  const packages = Object.create(null);
  packages[''] = manifest;
  /** @type {[string, Record<string, any>, number][]} */
  const waiting = [['', lock, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [base, holder, depth] = next;
    if (depth > MAX_NESTING) throw failure(`${file} nests deeper than ${MAX_NESTING} packages`);
    for (const [name, item] of Object.entries(record(holder.dependencies))) {
      if (!isObject(item))
        throw failure(`${file}: the entry of ${JSON.stringify(name.slice(0, 80))} is no object`);
      const location = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
      packages[location] = legacy(item);
      waiting.push([location, item, depth + 1]);
    }
  }
  return packages;
}

/** @param {Record<string, any>} item */
function legacy(item) {
  const version = text(item.version);
  // eslint-disable-next-line security/detect-unsafe-regex -- anchored, its parts exclude each other
  const alias = /^npm:((?:@[^/]+\/)?[^@]+)@(.+)$/.exec(version ?? '');
  const fromElsewhere = version !== undefined && /^[a-z+]+:|^[^@\s]+\/[^@\s]+(#|$)/i.test(version) && !alias;
  return {
    legacy: true,
    name: alias?.[1],
    version: alias ? alias[2] : fromElsewhere ? undefined : version,
    resolved: fromElsewhere ? version : item.resolved,
    integrity: item.integrity,
    dev: item.dev,
    bundled: item.bundled,
    dependencies: record(item.requires),
  };
}

module.exports = { parse, limit: LIMITS.json };
