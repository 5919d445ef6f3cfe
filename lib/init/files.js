'use strict';

/* eslint-disable security/detect-non-literal-fs-filename -- init works on the project it was pointed at; every
   access goes through this file and apply.js, which stay inside the project. */

const fs = require('node:fs');
const path = require('node:path');
const { Refused } = require('./refusal');

const MiB = 1024 ** 2;
/** Bytes. A source that a person wrote is far smaller. */
const LIMITS = Object.freeze({ source: 2 * MiB, manifest: 4 * MiB });
/** Entries of directories that are looked at when the application is searched. */
const MOST_ENTRIES = 50_000;
const SOURCE = /\.[cm]?[jt]s$/;
const NOT_SOURCE = /\.(d\.[cm]?ts|min\.js|(test|spec)\.[cm]?[jt]s)$|\.config\.[cm]?[jt]s$/;
const SKIPPED = new Set(
  (
    'node_modules bower_components dist build out lib-cov coverage public static assets vendor test tests __test__ ' +
    '__tests__ spec e2e examples example fixtures docs benches bench scripts migrations'
  ).split(' '),
);

const REASONS = Object.freeze({
  ENOENT: 'does not exist',
  EACCES: 'may not be read (no permission)',
  EPERM: 'may not be read (no permission)',
  ELOOP: 'is a symbolic link that leads to itself',
  ENOTDIR: 'stands below something that is no directory',
  ENAMETOOLONG: 'has a name that is too long',
});

/**
 * @typedef {object} Text
 * @property {string} name relative to the project, with slashes
 * @property {string} path absolute, without symbolic links
 * @property {string} text without a byte order mark
 * @property {boolean} mark whether there was one
 * @property {Buffer} bytes as read
 * @property {number} mode permission bits
 */

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code ?? '';

/** @param {string} name @param {unknown} error */
function unreadable(name, error) {
  const code = codeOf(error);
  const reason = REASONS[/** @type {'ENOENT'} */ (code)] ?? `can not be used (${code || 'unknown'})`;
  return new Refused(`${show(name)} ${reason}`);
}

/** A file name in a message: no control characters reach the terminal. @param {string} name */
function show(name) {
  // eslint-disable-next-line no-control-regex -- that is what it looks for
  return name.replace(/[\x00-\x1f\x7f-\x9f]/g, '?');
}

/** @param {string} folder @returns {string} absolute, without symbolic links */
function openFolder(folder) {
  try {
    const real = fs.realpathSync(folder);
    if (!fs.statSync(real).isDirectory()) throw new Refused(`${show(folder)} is no directory`);
    return real;
  } catch (error) {
    throw error instanceof Refused ? error : unreadable(folder, error);
  }
}

/** @param {string} root @param {string} file absolute, without symbolic links */
function isInside(root, file) {
  const relative = path.relative(root, file);
  return (
    relative !== '' &&
    !relative.startsWith(`..${path.sep}`) &&
    relative !== '..' &&
    !path.isAbsolute(relative)
  );
}

/**
 * A text file of the project: regular, inside of it, not too large, UTF-8.
 *
 * @param {string} root
 * @param {string} name relative to it
 * @param {number} [limit] bytes
 * @returns {Text}
 * @throws Refused
 */
function readText(root, name, limit = LIMITS.source) {
  let real;
  let bytes;
  let mode;
  try {
    real = fs.realpathSync(path.resolve(root, name));
    if (!isInside(root, real)) throw new Refused(`${show(name)} leads out of the project`);
    const stat = fs.statSync(real);
    if (!stat.isFile()) throw new Refused(`${show(name)} is no regular file`);
    if (stat.size > limit)
      throw new Refused(`${show(name)} is larger than ${limit / MiB} MiB; a person did not write that`);
    bytes = fs.readFileSync(real);
    mode = stat.mode & 0o7777;
  } catch (error) {
    throw error instanceof Refused ? error : unreadable(name, error);
  }
  return { name: nameOf(root, real), path: real, bytes, mode, ...decode(name, bytes) };
}

/** @param {string} name @param {Buffer} bytes */
function decode(name, bytes) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused(`${show(name)} is not UTF-8`);
  }
  if (text.includes('\0')) throw new Refused(`${show(name)} is no text: it holds NUL bytes`);
  const mark = text.startsWith('\ufeff');
  return { text: mark ? text.slice(1) : text, mark };
}

/** @param {string} root @param {string} real */
function nameOf(root, real) {
  return path.relative(root, real).split(path.sep).join('/');
}

/** Whether something of that name is there, a dangling link included. @param {string} root @param {string} name */
function exists(root, name) {
  try {
    fs.lstatSync(path.resolve(root, name));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw unreadable(name, error);
  }
}

/** A file that may be absent. @param {string} root @param {string} name @param {number} [limit] */
function readIfThere(root, name, limit) {
  return exists(root, name) ? readText(root, name, limit) : undefined;
}

/**
 * The names of the source files below a directory, without packages, tests and what was built. Symbolic links are
 * not followed.
 *
 * @param {string} root
 * @returns {string[]}
 */
function sourcesOf(root) {
  const found = [];
  const waiting = [''];
  let seen = 0;
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    let entries;
    try {
      entries = fs.readdirSync(path.join(root, at), { withFileTypes: true });
    } catch (error) {
      if (at === '') throw unreadable('the project', error);
      continue;
    }
    seen += entries.length;
    if (seen > MOST_ENTRIES) {
      throw new Refused(
        `the project has more than ${MOST_ENTRIES} files; name the one that makes the application: --entry FILE`,
      );
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !SKIPPED.has(entry.name)) waiting.push(name);
      } else if (entry.isFile() && SOURCE.test(entry.name) && !NOT_SOURCE.test(entry.name)) found.push(name);
    }
  }
  return found;
}

module.exports = { LIMITS, openFolder, readText, readIfThere, exists, sourcesOf, isInside, show };
