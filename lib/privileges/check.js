'use strict';

const fs = require('node:fs');
const inspector = require('node:inspector');
const os = require('node:os');
const path = require('node:path');
const { namesOf } = require('./capabilities');
const { statusField, isRoot, hasRootPrimary } = require('./who');

/**
 * What this process is allowed to do, as far as its platform tells.
 *
 * @returns {import('./index').Check}
 */
function check() {
  const capabilities = statusField('CapEff');
  const noNewPrivileges = statusField('NoNewPrivs');
  return Object.freeze({
    root: isRoot(),
    rootPrimary: hasRootPrimary(),
    user: Object.freeze({ id: process.geteuid?.(), name: userName() }),
    group: Object.freeze({ id: process.getegid?.(), name: groupName(process.getegid?.()) }),
    effectiveCapabilities: capabilities === undefined ? undefined : namesOf(capabilities),
    noNewPrivileges: noNewPrivileges === undefined ? undefined : noNewPrivileges === '1',
    writableCode: writableCode(),
    inspector: inspector.url() !== undefined,
    umask: umask(),
  });
}

function userName() {
  try {
    return os.userInfo().username;
  } catch {
    return undefined; // a user that has a number only, as in small container images
  }
}

/** @param {number | undefined} id */
function groupName(id) {
  if (id === undefined) return undefined;
  let text;
  try {
    text = fs.readFileSync('/etc/group', 'utf8');
  } catch {
    return undefined;
  }
  const line = text.split('\n').find((one) => one.split(':')[2] === String(id));
  return line?.split(':')[0];
}

/** process.umask() without an argument sets the mask and sets it back, which other threads can see. */
function umask() {
  const mask = statusField('Umask');
  return mask === undefined ? process.umask() : Number.parseInt(mask, 8);
}

/**
 * Code that this process could change: what an attacker who can write a file would use to stay.
 *
 * @returns {readonly string[] | undefined} undefined on Windows, where access(2) does not know
 */
function writableCode() {
  if (process.platform === 'win32') return undefined;
  /** @type {string | undefined} */
  const main = require.main?.filename ?? process.argv[1];
  const root = main === undefined ? undefined : packageRoot(path.dirname(main));
  const places = new Set([process.execPath, path.resolve(__dirname, '../..')]);
  if (main !== undefined) places.add(main).add(path.dirname(main));
  if (root !== undefined) places.add(root).add(path.join(root, 'node_modules'));
  return Object.freeze([...places].filter(isWritable));
}

/** @param {string} place */
function isWritable(place) {
  try {
    fs.accessSync(place, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} from @returns {string | undefined} the nearest folder at or above with a package.json */
function packageRoot(from) {
  if (fs.existsSync(path.join(from, 'package.json'))) return from;
  const above = path.dirname(from);
  return above === from ? undefined : packageRoot(above);
}

module.exports = { check };
