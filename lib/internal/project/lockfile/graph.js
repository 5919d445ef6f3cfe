'use strict';

/**
 * What every lockfile is read into.
 *
 * @typedef {object} Package
 * @property {string} id unique in the graph
 * @property {string} name of the package as its registry knows it, not its alias
 * @property {string | undefined} version
 * @property {string | undefined} source where it comes from, as the lockfile writes it
 * @property {'registry' | 'git' | 'http' | 'url' | 'local'} kind
 * @property {'strong' | 'weak' | 'none' | 'unneeded'} integrity
 * @property {boolean | undefined} installScript undefined: the lockfile does not say
 * @property {string} needle the key of the entry in the lockfile, its first descriptor only
 * @property {string[]} edges ids of what it depends on
 * @property {boolean} devHint the lockfile marks it as for development only
 *
 * @typedef {object} Root a package.json of the project itself
 * @property {{ id: string, dev: boolean }[]} direct
 *
 * @typedef {object} Graph
 * @property {'npm' | 'pnpm' | 'yarn'} manager
 * @property {Map<string, Package>} packages
 * @property {Root[]} roots
 */

/** @param {unknown} value @returns {Record<string, any>} */
function record(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** @param {unknown} value @returns {string | undefined} */
function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * @param {string | undefined} source a URL or specifier
 * @returns {Package['kind']}
 */
function kindOf(source) {
  if (source === undefined) return 'registry';
  // eslint-disable-next-line security/detect-unsafe-regex -- anchored, no nested repetition
  if (/^(git(\+[a-z]+)?|ssh|git@[^:]+):/i.test(source)) {
    return /^git(\+http)?:/i.test(source) ? 'http' : 'git';
  }
  if (/^(github|gitlab|bitbucket|gist):/i.test(source)) return 'git';
  if (/^https?:\/\/\S+\.git(#|$)/i.test(source)) return /^http:/i.test(source) ? 'http' : 'git';
  if (/^http:/i.test(source)) return 'http';
  if (/^https:/i.test(source)) return isRegistryTarball(source) ? 'registry' : 'url';
  if (/^(file|link|portal|workspace):/i.test(source)) return 'local';
  return 'registry';
}

/** Registries serve `/<name>/-/<file>.tgz`, or below `/download/`. @param {string} source */
function isRegistryTarball(source) {
  return /\/-\/|\/download\//.test(source);
}

/**
 * @param {string | undefined} value Subresource Integrity, several separated by spaces, or `sha1-...` alone
 * @returns {'strong' | 'weak' | 'none'}
 */
function strengthOf(value) {
  if (value === undefined) return 'none';
  if (/(^|\s)sha(256|384|512)-[A-Za-z0-9+/]+/.test(value)) return 'strong';
  return /(^|\s)(sha1|md5)-\S/.test(value) ? 'weak' : 'none';
}

/**
 * Fills in what follows from the rest.
 *
 * @param {Partial<Package> & { id: string, name: string }} given
 * @returns {Package}
 */
function entry(given) {
  const kind = given.kind ?? kindOf(given.source);
  // What is no version can be compared with no advisory.
  const version =
    require('semver').valid(given.version, { loose: true }) === null ? undefined : given.version;
  const checked = kind === 'registry' || kind === 'url' || kind === 'http';
  return {
    source: undefined,
    installScript: undefined,
    needle: given.id,
    edges: [],
    devHint: false,
    ...given,
    version,
    kind,
    integrity: checked ? (given.integrity ?? 'none') : 'unneeded',
  };
}

/**
 * The first `@` that is not the mark of a scope parts name and rest.
 *
 * @param {string} specifier `name@1.0.0`, `@scope/name@npm:^1`
 * @returns {[name: string, rest: string]}
 */
function split(specifier) {
  const at = specifier.indexOf('@', 1);
  return at === -1 ? [specifier, ''] : [specifier.slice(0, at), specifier.slice(at + 1)];
}

module.exports = { record, text, kindOf, strengthOf, entry, split };
