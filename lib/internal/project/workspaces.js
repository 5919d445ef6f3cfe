'use strict';

const path = require('node:path');
const { failure } = require('./failure');
const { LIMITS, exists, list, readJson } = require('./files');

const MAX_DEPTH = 12;
const MAX_FOLDERS = 20_000;

/**
 * The package.json of the project and of every workspace that it names. Only the project's own patterns
 * count, each folder once, so workspaces that name each other end.
 *
 * @param {{ root: string, manifest: Record<string, any> }} project
 * @returns {Record<string, any>[]}
 */
function manifestsOf({ root, manifest }) {
  const { workspaces } = manifest;
  // Yarn 1 also takes an object, which may hold only the list `nohoist`.
  const given =
    typeof workspaces === 'object' && !Array.isArray(workspaces) ? workspaces?.packages : workspaces;
  if (given === undefined) return [manifest];
  if (!Array.isArray(given) || given.some((pattern) => typeof pattern !== 'string')) {
    throw failure(`${path.join(root, 'package.json')}: "workspaces" must be a list of patterns`);
  }
  const patterns = given.map(clean);
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(matcher);
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((one) => matcher(one.slice(1)));
  const places = folders(root).filter(
    (place) => wanted.some((matches) => matches(place)) && !unwanted.some((matches) => matches(place)),
  );
  const files = places.map((place) => path.join(root, place, 'package.json')).filter(exists);
  return [manifest, ...files.map((file) => readJson(file, LIMITS.manifest))];
}

/** @param {string} pattern */
function clean(pattern) {
  return pattern.replace(/^(!?)\.\//, '$1').replace(/\/+$/, '');
}

/**
 * `*` stands for anything in one folder name, a whole segment of two stars for any number of folders.
 *
 * @param {string} pattern
 * @returns {(place: string) => boolean}
 */
function matcher(pattern) {
  const wanted = pattern.split('/');
  return (place) => {
    const parts = place.split('/');
    // Row by row: no pattern takes more than its length times the place's.
    let row = [true, ...parts.map(() => false)];
    for (const want of wanted) {
      const next = [want === '**' && row[0]];
      parts.forEach((part, i) => {
        next.push(want === '**' ? row[i + 1] || next[i] : row[i] && segment(want, part));
      });
      row = next;
    }
    return row[parts.length];
  };
}

/** @param {string} pattern with stars @param {string} name */
function segment(pattern, name) {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0) return first === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  const last = rest[rest.length - 1];
  return name.length - last.length >= at && name.endsWith(last);
}

/** Every folder below the root but node_modules and hidden ones; symbolic links are not followed. @param {string} root */
function folders(root) {
  const found = [];
  /** @type {[string, number][]} */
  const waiting = [['', 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [at, depth] = next;
    for (const item of list(path.join(root, at))) {
      if (!item.isDirectory() || item.name === 'node_modules' || item.name.startsWith('.')) continue;
      const place = at === '' ? item.name : `${at}/${item.name}`;
      found.push(place);
      if (found.length > MAX_FOLDERS)
        throw failure(`${root} has over ${MAX_FOLDERS} folders to look for workspaces in`);
      if (depth < MAX_DEPTH) waiting.push([place, depth + 1]);
    }
  }
  return found;
}

module.exports = { manifestsOf };
