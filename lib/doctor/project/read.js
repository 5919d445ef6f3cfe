'use strict';

const path = require('node:path');
const { HauberkError } = require('../../internal/fault');
const { LIMITS, readJson, readText } = require('../../internal/project/files');
const { failure } = require('../failure');
const { Source } = require('../source/source');
const { lockOf } = require('./lock');
const { walk } = require('./walk');

const CODE = /\.[cm]?[jt]sx?$/;
const CONFIG = /(?:^|\/)[^/]*\.config\.[cm]?[jt]s$|(?:^|\/)\.[^/]+rc\.[cm]?js$/;
const MAX_TEXT = 1024 ** 2;
const MAX_SOURCE = 96 * 1024 ** 2;

/**
 * @typedef {object} Project
 * @property {string} root
 * @property {string} name
 * @property {Record<string, any>} manifest
 * @property {Record<string, string>} dependencies all kinds of them but those of development
 * @property {Record<string, string>} development
 * @property {Record<string, string>} scripts
 * @property {string[]} files every file, relative
 * @property {Source} source
 * @property {(name: string) => string | undefined} text of a file; undefined: it is not there or cannot be read
 * @property {(pattern: RegExp) => { name: string, text: string }[]} matching files whose names match
 * @property {() => import('./lock').Lock | HauberkError} lock
 * @property {string[]} notes
 */

/** @param {string} folder @returns {Project} @throws HauberkError `ERR_HAUBERK_DOCTOR_FAILED` */
function readProject(folder) {
  const root = path.resolve(folder);
  const manifest = readManifest(path.join(root, 'package.json'));
  /** @type {string[]} */
  const notes = [];
  const all = walk(root, notes);
  /** @type {Map<string, string | undefined>} */
  const cache = new Map();
  const names = new Set(all.map(({ name }) => name));
  const text = (/** @type {string} */ name) => {
    if (!names.has(name)) return undefined;
    if (!cache.has(name)) cache.set(name, read(root, name, notes));
    return cache.get(name);
  };
  const matching = (/** @type {RegExp} */ pattern) =>
    all.flatMap(({ name }) => {
      const content = pattern.test(name) ? text(name) : undefined;
      return content === undefined ? [] : [{ name, text: content }];
    });
  const code = all.filter(({ name, source }) => source && CODE.test(name) && !CONFIG.test(name));
  return {
    root,
    name: typeof manifest.name === 'string' ? manifest.name : '',
    manifest,
    dependencies: {
      ...texts(manifest.peerDependencies),
      ...texts(manifest.optionalDependencies),
      ...texts(manifest.dependencies),
    },
    development: texts(manifest.devDependencies),
    scripts: texts(manifest.scripts),
    files: [...names],
    source: new Source(sources(root, code, notes)),
    text,
    matching,
    lock: lockOf(root),
    notes,
  };
}

/** @param {string} file */
function readManifest(file) {
  let manifest;
  try {
    manifest = readJson(file, LIMITS.manifest);
  } catch (error) {
    if (error instanceof HauberkError) throw failure(error.message, error);
    throw error;
  }
  if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) return manifest;
  throw failure(`${file} is no package.json: it holds no object`);
}

/** The entries of an object that are text. @param {unknown} value @returns {Record<string, string>} */
function texts(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'string'));
}

/** @param {string} root @param {string} name @param {string[]} notes */
function read(root, name, notes) {
  try {
    return readText(path.join(root, name), MAX_TEXT);
  } catch (error) {
    if (!(error instanceof HauberkError)) throw error;
    notes.push(error.message.replace(path.join(root, name), name));
    return undefined;
  }
}

/** @param {string} root @param {{ name: string }[]} code @param {string[]} notes */
function* sources(root, code, notes) {
  let total = 0;
  for (const { name } of code) {
    const content = read(root, name, notes);
    if (content === undefined) continue;
    total += content.length;
    if (total > MAX_SOURCE) {
      notes.push(`over ${MAX_SOURCE / 1024 ** 2} MiB of source: what follows ${name} was not looked at`);
      return;
    }
    yield { name, text: content };
  }
}

module.exports = { readProject };
