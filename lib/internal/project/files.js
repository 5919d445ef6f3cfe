'use strict';

/* eslint-disable security/detect-non-literal-fs-filename -- an audit reads the project it was pointed at; every
   read goes through this file, which bounds it. */

const fs = require('node:fs');
const path = require('node:path');
const { failure } = require('./failure');

const MiB = 1024 ** 2;

/** Bytes. A lockfile of 1500 packages has about 1 MiB; YAML takes far more memory to read than JSON. */
const LIMITS = Object.freeze({
  manifest: 4 * MiB,
  json: 64 * MiB,
  yaml: 16 * MiB,
  advisory: 4 * MiB,
  snyk: 64 * MiB,
});

const REASONS = Object.freeze({
  ENOENT: 'does not exist',
  EACCES: 'may not be read (no permission)',
  EPERM: 'may not be read (no permission)',
  ELOOP: 'is a symbolic link that leads to itself',
  EISDIR: 'is a directory, not a file',
  ENOTDIR: 'stands below something that is no directory',
  ENAMETOOLONG: 'has a name that is too long',
});

/** @param {string} file @param {unknown} error */
function unreadable(file, error) {
  const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? '';
  const reason =
    REASONS[/** @type {keyof typeof REASONS} */ (code)] ?? `could not be read (${code || 'unknown'})`;
  return failure(`${file} ${reason}`, error);
}

/**
 * The text of a file: a regular file, not over the limit, UTF-8, no NUL.
 *
 * @param {string} file
 * @param {number} limit bytes
 * @returns {string}
 * @throws HauberkError `ERR_HAUBERK_AUDIT_FAILED`
 */
function readText(file, limit) {
  const data = readBytes(file, limit);
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch (error) {
    throw failure(`${file} is no text: it is not UTF-8`, error);
  }
  if (text.includes('\0')) throw failure(`${file} is no text: it holds NUL bytes`);
  return text;
}

/** @param {string} file @param {number} limit */
function readBytes(file, limit) {
  let descriptor;
  try {
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    const stat = fs.fstatSync(descriptor);
    if (stat.isDirectory()) throw failure(`${file} is a directory, not a file`);
    if (!stat.isFile()) throw failure(`${file} is no regular file`);
    if (stat.size > limit) throw tooLarge(file, limit);
    const data = fs.readFileSync(descriptor);
    if (data.length > limit) throw tooLarge(file, limit);
    return data;
  } catch (error) {
    if (isFailure(error)) throw error;
    throw unreadable(file, error);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** @param {unknown} error */
function isFailure(error) {
  return /** @type {{ code?: unknown }} */ (error).code === 'ERR_HAUBERK_AUDIT_FAILED';
}

/** @param {string} file @param {number} limit */
function tooLarge(file, limit) {
  return failure(`${file} is larger than ${limit / MiB} MiB, the most that is read of such a file`);
}

/**
 * @param {string} text
 * @param {string} file for the message
 * @returns {any}
 */
function parseJson(text, file) {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    const at = /position (\d+)/.exec(String(/** @type {Error} */ (error).message));
    const where = at ? ` (line ${text.slice(0, Number(at[1])).split('\n').length})` : '';
    throw failure(`${file} is not JSON${where}`, error);
  }
}

/** @param {string} file @param {number} limit */
function readJson(file, limit) {
  return parseJson(readText(file, limit), file);
}

/** @param {string} file */
function exists(file) {
  try {
    fs.lstatSync(file);
    return true;
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw unreadable(file, error);
  }
}

/** The entries of a directory, symbolic links as links. @param {string} folder */
function list(folder) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/**
 * Every file below a directory. Symbolic links are not followed, so a loop of them ends nothing.
 *
 * @param {string} folder
 * @param {(name: string) => boolean} wanted
 * @returns {string[]}
 */
function walk(folder, wanted) {
  const found = [];
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of list(at)) {
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) waiting.push(file);
      else if (entry.isFile() && wanted(entry.name)) found.push(file);
    }
  }
  return found;
}

module.exports = { LIMITS, readText, readJson, parseJson, exists, list, walk };
