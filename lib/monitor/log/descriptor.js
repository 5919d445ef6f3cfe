'use strict';

const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');

const RETRY_MS = 20;

/**
 * Writes all of it to a descriptor, on a thread of libuv's: what writes to a pipe through `process.stdout` stops the
 * event loop while the reader does not read.
 *
 * @param {number} fd
 * @param {Buffer} bytes
 * @returns {Promise<void>}
 */
async function writeAll(fd, bytes) {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += await writeSome(fd, bytes, at);
    } catch (error) {
      // Another owner of the pipe has made it non-blocking, and it is full.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') throw error;
      await sleep(RETRY_MS);
    }
  }
}

/**
 * @param {number} fd
 * @param {Buffer} bytes
 * @param {number} at
 * @returns {Promise<number>} how many were written
 */
function writeSome(fd, bytes, at) {
  return new Promise((resolve, reject) => {
    fs.write(fd, bytes, at, bytes.length - at, null, (error, written) =>
      error ? reject(error) : resolve(written),
    );
  });
}

const STDOUT = 1;

/**
 * Standard output, such that no thread waits for a reader: that would keep the process from ending. On Linux a pipe is
 * opened once more, non-blocking; what cannot be opened again (a socket, a pipe elsewhere) becomes non-blocking as soon as
 * Node.js itself looks at it. A file keeps its own descriptor, because a second one would have a place of its own in it.
 *
 * @returns {number} a descriptor
 */
function openStdout() {
  try {
    const { O_WRONLY, O_NONBLOCK } = fs.constants;
    const state = fs.fstatSync(STDOUT);
    if (process.platform === 'linux' && state.isFIFO()) {
      return fs.openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK);
    }
    if (state.isFIFO() || state.isSocket()) touch();
  } catch {
    touch();
  }
  return STDOUT;
}

/** The first look at it makes a pipe or a socket non-blocking (`uv_pipe_open`). */
function touch() {
  void process.stdout;
}

class Stdout {
  constructor() {
    this.fd = openStdout();
  }

  /** @param {Buffer} bytes */
  write(bytes) {
    return writeAll(this.fd, bytes);
  }

  async close() {
    const { fd } = this;
    this.fd = STDOUT;
    if (fd !== STDOUT) fs.close(fd, () => {});
  }
}

exports.Stdout = Stdout;
exports.writeAll = writeAll;
