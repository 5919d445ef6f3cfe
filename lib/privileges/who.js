'use strict';

const fs = require('node:fs');

/**
 * A field of a process's `/proc` status; undefined where there is no `/proc`.
 *
 * @param {string} field
 * @param {number | 'self'} [pid]
 * @returns {string | undefined}
 */
function statusField(field, pid = 'self') {
  let text;
  try {
    text = fs.readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return undefined;
  }
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(text)?.[1];
}

/** Whether this process acts as root. On Windows never: there is no such user. */
function isRoot() {
  return process.geteuid?.() === 0;
}

/**
 * Whether this is a worker of a cluster whose primary acts as root: the primary binds the ports, and who takes a
 * worker over can talk to it. Undefined where that cannot be known.
 *
 * @returns {boolean | undefined}
 */
function hasRootPrimary() {
  // The types know its members on the default export of ESM only. It takes ms to load, so not before it is asked.
  const cluster = /** @type {import('node:cluster').Cluster} */ (
    /** @type {any} */ (require('node:cluster'))
  );
  if (!cluster.isWorker) return false;
  const ids = statusField('Uid', process.ppid);
  return ids === undefined ? undefined : ids.split(/\s+/).includes('0');
}

module.exports = { statusField, isRoot, hasRootPrimary };
