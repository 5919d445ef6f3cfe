'use strict';

const { HauberkError } = require('../internal/fault');
const { parseDrop } = require('./options');

/**
 * Gives up root on every thread, for good, and proves it.
 *
 * Everything that can be known to fail throws before anything has changed. A step that fails later, or a proof that
 * does not hold, ends the process with a message on stderr.
 *
 * @param {import('./index').DropOptions} options
 * @returns {import('./index').Dropped}
 * @throws ERR_HAUBERK_PRIVILEGES_ACCOUNT, ERR_HAUBERK_PRIVILEGES_DENIED, ERR_HAUBERK_PRIVILEGES_UNSUPPORTED,
 *   ERR_HAUBERK_OPTION_INVALID, ERR_HAUBERK_OPTION_UNKNOWN
 */
function drop(options) {
  const wish = parseDrop('privileges.drop', options);
  refuseRing();
  const { uid, gid, groups, threads, bounding } = native().drop(wish);
  return Object.freeze({ uid, gid, groups: Object.freeze(groups), threads, boundingSetCleared: bounding });
}

/**
 * Throws what `drop` would throw; changes nothing.
 *
 * @param {import('./index').DropOptions} options
 * @param {string} path what messages call the options
 */
function checkDrop(options, path) {
  const wish = parseDrop(path, options);
  refuseRing();
  native().checkDrop(wish);
}

/** libuv's io_uring has a kernel thread that would go on acting as root. */
function refuseRing() {
  // As libuv reads it: a number other than 0 switches it on.
  const ring = Number.parseInt(process.env.UV_USE_IO_URING ?? '0', 10);
  if (ring === 0 || Number.isNaN(ring)) return;
  throw new HauberkError(
    'ERR_HAUBERK_PRIVILEGES_DENIED',
    'privileges cannot be dropped with UV_USE_IO_URING=1: the kernel would go on acting as root for this process. ' +
      'Start it without that variable; nothing was changed',
  );
}

/** Loaded late: `check` needs no binary. */
function native() {
  return require('../internal/native').privileges;
}

module.exports = { drop, checkDrop };
