'use strict';

/* eslint-disable security/detect-non-literal-fs-filename -- the path is the operator's */

const fs = require('node:fs');
const { writeAll } = require('./descriptor');

/** How often the path is compared with what is open. */
const LOOK_MS = 1000;
/** Only the process's own user may read: a log names clients. */
const FILE_MODE = 0o600;

/**
 * A file that is begun anew when it is full.
 *
 * 1. Lines are appended. Where the next ones would make it larger than `maxBytes`, `<path>.4` becomes `<path>.5`, and so
 *    on, `<path>` becomes `<path>.1`, and a new file is begun; what is older than `files` goes.
 * 2. Once a second the path is compared with what is open: a file that was deleted, or moved by another program or
 *    another process of the application, is opened anew.
 * 3. What fails (a full disk, a folder that is gone) rejects; the next write begins with opening it again.
 */
class LogFile {
  /** @param {{ path: string, maxBytes: number, files: number }} settings */
  constructor({ path, maxBytes, files }) {
    this.path = path;
    this.maxBytes = maxBytes;
    this.files = files;
    /** @type {fs.promises.FileHandle | undefined} */
    this.handle = undefined;
    this.size = 0;
    this.lookedAt = 0;
  }

  /** @param {Buffer} bytes whole lines */
  async write(bytes) {
    try {
      await this.#ready(bytes.length);
      const handle = /** @type {fs.promises.FileHandle} */ (this.handle);
      await writeAll(handle.fd, bytes);
      this.size += bytes.length;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** What is left when the process ends. @param {Buffer} bytes */
  writeNow(bytes) {
    if (this.handle !== undefined) fs.writeSync(this.handle.fd, bytes);
    else fs.appendFileSync(this.path, bytes, { mode: FILE_MODE });
  }

  async close() {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close().catch(() => {});
  }

  /** @param {number} more bytes that come next */
  async #ready(more) {
    const now = Date.now();
    if (this.handle !== undefined && (now - this.lookedAt >= LOOK_MS || now < this.lookedAt)) {
      this.lookedAt = now;
      if (!(await this.#isOurs())) await this.close();
    }
    if (this.handle === undefined) await this.#open();
    if (this.size === 0 || this.size + more <= this.maxBytes) return;
    // Another process may have begun a new file since: then there is nothing to rename.
    if (await this.#isOurs()) await this.#rotate();
    await this.close();
    await this.#open();
  }

  async #isOurs() {
    const open = await /** @type {fs.promises.FileHandle} */ (this.handle).stat();
    const there = await fs.promises.stat(this.path).catch(() => undefined);
    return there !== undefined && there.ino === open.ino && there.dev === open.dev;
  }

  async #open() {
    const handle = await fs.promises.open(this.path, 'a', FILE_MODE);
    this.handle = handle;
    this.size = (await handle.stat()).size;
    this.lookedAt = Date.now();
  }

  async #rotate() {
    if (this.files === 0) return void (await fs.promises.rm(this.path, { force: true }));
    for (let i = this.files - 1; i >= 0; i -= 1) {
      const from = i === 0 ? this.path : `${this.path}.${i}`;
      await fs.promises.rename(from, `${this.path}.${i + 1}`).catch(absent);
    }
  }
}

/** @param {NodeJS.ErrnoException} error */
function absent(error) {
  if (error.code !== 'ENOENT') throw error;
}

exports.LogFile = LogFile;
