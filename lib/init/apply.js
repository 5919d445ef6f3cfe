'use strict';

/* eslint-disable security/detect-non-literal-fs-filename -- writes what was shown and agreed to, inside the project. */

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { Refused } = require('./refusal');
const { isInside, show } = require('./files');

/**
 * @typedef {object} Change
 * @property {string} name relative to the project
 * @property {import('./files').Text} [before] undefined for a new file
 * @property {string} after without a byte order mark
 * @property {boolean} [secret] whether lines of it are not to be shown
 */
/** @typedef {{ change: Change, target: string, temporary: string }} Prepared */

/**
 * Writes all changes or none: first each one into a new file beside its target, then one rename after the other. If
 * one fails, those before it are taken back.
 *
 * @param {string} root
 * @param {Change[]} changes
 */
function applyAll(root, changes) {
  /** @type {Prepared[]} */
  const prepared = [];
  /** @type {string[]} */
  const folders = [];
  /** @type {Prepared[]} */
  const done = [];
  try {
    for (const change of changes) prepared.push(prepare(root, change, folders));
    for (const one of prepared) requireUnchanged(one);
    for (const one of prepared) {
      fs.renameSync(one.temporary, one.target);
      done.push(one);
    }
  } catch (error) {
    for (const one of done.reverse()) takeBack(one);
    for (const { temporary } of prepared) fs.rmSync(temporary, { force: true });
    for (const folder of folders.reverse()) removeEmpty(folder);
    if (error instanceof Refused) throw error;
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? 'unknown';
    throw new Refused(`nothing was changed: a file could not be written (${code})`);
  }
}

/** @param {string} root @param {Change} change @param {string[]} folders gets those that are made */
function prepare(root, change, folders) {
  const target = change.before?.path ?? path.join(root, change.name);
  const folder = path.dirname(target);
  makeFolder(root, folder, folders);
  const temporary = path.join(folder, `.${path.basename(target)}.${crypto.randomBytes(6).toString('hex')}`);
  const mode = change.before?.mode ?? 0o644;
  const descriptor = fs.openSync(temporary, 'wx', mode & 0o777);
  try {
    fs.writeFileSync(descriptor, bytesOf(change));
    if (change.before !== undefined) {
      keepOwner(descriptor, change.before.path);
      fs.fchmodSync(descriptor, mode);
    }
    fs.fsyncSync(descriptor);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
  return { change, target, temporary };
}

/** Started as root, a file of somebody else stays theirs. @param {number} descriptor @param {string} file */
function keepOwner(descriptor, file) {
  const { uid, gid } = fs.statSync(file);
  const own = fs.fstatSync(descriptor);
  if (own.uid !== uid || own.gid !== gid) fs.fchownSync(descriptor, uid, gid);
}

/** @param {string} root @param {string} folder @param {string[]} made */
function makeFolder(root, folder, made) {
  const missing = [];
  let at = folder;
  for (; !fs.existsSync(at); at = path.dirname(at)) missing.push(at);
  const real = fs.realpathSync(at);
  if (real !== root && !isInside(root, real)) throw new Refused(`${show(folder)} leads out of the project`);
  for (const one of missing.reverse()) {
    fs.mkdirSync(one);
    made.push(one);
  }
}

/** Between reading and writing somebody may have edited it. @param {Prepared} prepared */
function requireUnchanged({ change, target }) {
  const now = fs.existsSync(target) ? fs.readFileSync(target) : undefined;
  const same = change.before === undefined ? now === undefined : now?.equals(change.before.bytes);
  if (!same)
    throw new Refused(`nothing was changed: ${show(change.name)} was changed by somebody else meanwhile`);
}

/** @param {Prepared} prepared */
function takeBack({ change, target, temporary }) {
  if (change.before === undefined) {
    fs.rmSync(target, { force: true });
    return;
  }
  fs.writeFileSync(temporary, change.before.bytes, { mode: change.before.mode & 0o777 });
  fs.chmodSync(temporary, change.before.mode);
  fs.renameSync(temporary, target);
}

/** @param {string} folder */
function removeEmpty(folder) {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Somebody put something into it.
  }
}

/** @param {Change} change */
function bytesOf({ before, after }) {
  return Buffer.from((before?.mark ? '\ufeff' : '') + after);
}

module.exports = { applyAll };
