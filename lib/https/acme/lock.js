'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');

/* eslint-disable security/detect-non-literal-fs-filename -- below the operator's own folder */

/**
 * One process at a time, by a file that exists or not. The file says until when it holds; a process that died
 * holds it no longer than that.
 *
 * @param {string} file
 * @param {number} lifetimeMs
 * @returns {{ isHeld: () => boolean, release: () => void } | undefined} undefined where another one has it
 */
function lock(file, lifetimeMs) {
  const own = JSON.stringify({ until: Date.now() + lifetimeMs, id: crypto.randomUUID(), pid: process.pid });
  if (!create(file, own)) {
    const other = read(file);
    if (other !== undefined && (!isOver(other) || !remove(file, other))) return undefined;
    if (!create(file, own)) return undefined;
  }
  return { isHeld: () => read(file) === own && !isOver(own), release: () => void remove(file, own) };
}

/** @param {string} file @param {string} content */
function create(file, content) {
  // Written first and linked then: the file is never there without its content.
  const draft = `${file}.${crypto.randomBytes(8).toString('hex')}`;
  try {
    fs.writeFileSync(draft, content, { flag: 'wx', mode: 0o600 });
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} content */
function isOver(content) {
  const until = Number(/^\{"until":(\d{1,15}),/.exec(content)?.[1] ?? 0);
  return until <= Date.now();
}

/**
 * Takes a lock away, if it is still the one that was looked at.
 *
 * @param {string} file
 * @param {string} content
 */
function remove(file, content) {
  const aside = `${file}.${crypto.randomBytes(8).toString('hex')}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return false;
    throw error;
  }
  try {
    if (read(aside) === content) return true;
    // Another process was faster: what was taken is its new lock.
    fs.linkSync(aside, file);
    return false;
  } catch {
    return false;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

exports.lock = lock;
