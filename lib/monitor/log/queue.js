'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { sayOnce } = require('../../internal/events');

/**
 * Lines on their way to a log. Whoever pushes never waits.
 *
 * 1. Lines gather for a moment and are written together, one write at a time.
 * 2. While a write takes its time, lines wait, up to `bufferBytes`; what does not fit is dropped and counted.
 * 3. A write that fails loses its lines; they are counted, the operator is told once, and it is tried again after a
 *    second. Meanwhile lines wait as in 2.
 *
 * @typedef {object} Output
 * @property {(bytes: Buffer) => Promise<void>} write
 * @property {(bytes: Buffer) => void} [writeNow] when the process ends, for outputs that cannot hang
 * @property {() => Promise<void>} close
 */

const GATHER_MS = 50;
/** So many bytes are not gathered any longer. */
const ENOUGH = 64 * 1024;
const PAUSE_MS = 1000;
/** How long `close` waits for an output that does not move. */
const PATIENCE_MS = 2000;

/** @type {Set<Queue>} those with an output that can be written to when the process ends */
const open = new Set();

function writeAllNow() {
  for (const queue of open) queue.writeNow();
}

class Queue {
  /** @param {Output} output @param {number} bufferBytes */
  constructor(output, bufferBytes) {
    this.output = output;
    this.most = bufferBytes;
    /** @type {string[]} */
    this.lines = [];
    this.waitingBytes = 0;
    this.counts = { lines: 0, bytes: 0, failures: 0, backpressure: 0, failed: 0 };
    /** @type {Promise<void> | undefined} the write that is under way */
    this.writing = undefined;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    this.broken = false;
    this.closed = false;
    if (output.writeNow !== undefined) {
      if (open.size === 0) process.on('exit', writeAllNow);
      open.add(this);
    }
  }

  /** @param {string} line without its end @returns {boolean} whether it waits; else it was dropped */
  push(line) {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.closed || this.waitingBytes + bytes > this.most) {
      this.counts.backpressure += 1;
      return false;
    }
    this.lines.push(line);
    this.waitingBytes += bytes;
    if (this.writing === undefined) this.#schedule(this.waitingBytes >= ENOUGH ? 0 : GATHER_MS);
    return true;
  }

  /** @param {number} ms */
  #schedule(ms) {
    if (this.timer !== undefined) {
      if (ms > 0) return;
      clearTimeout(this.timer);
    }
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.#start();
    }, ms);
    // While it is broken, the log alone keeps no process alive.
    if (this.broken) this.timer.unref();
  }

  #start() {
    if (this.writing !== undefined || this.lines.length === 0) return;
    this.writing = this.#write().finally(() => {
      this.writing = undefined;
      if (this.lines.length > 0 && !this.closed) this.#schedule(this.broken ? PAUSE_MS : 0);
    });
  }

  async #write() {
    const { lines } = this;
    // What failed may have left half a line behind.
    const bytes = Buffer.from(`${this.broken ? '\n' : ''}${lines.join('\n')}\n`);
    this.lines = [];
    try {
      await this.output.write(bytes);
      this.broken = false;
      this.counts.lines += lines.length;
      this.counts.bytes += bytes.length;
    } catch (error) {
      this.broken = true;
      this.counts.failures += 1;
      this.counts.failed += lines.length;
      const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
      sayOnce(
        'ERR_HAUBERK_MONITOR_LOG',
        `the log of events cannot be written (${code ?? message}); what is lost is counted, and it is tried again`,
      );
    } finally {
      this.waitingBytes -= lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    }
  }

  /** Called when the process ends: what still waits goes to where writing cannot hang. */
  writeNow() {
    if (this.lines.length === 0) return;
    const bytes = Buffer.from(`${this.lines.join('\n')}\n`);
    this.lines = [];
    try {
      this.output.writeNow?.(bytes);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Writes what waits, for two seconds at most, and gives the output up. */
  async close() {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    const patience = new AbortController();
    const enough = sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.#drain(), enough]);
    patience.abort();
    open.delete(this);
    if (open.size === 0) process.off('exit', writeAllNow);
    await Promise.race([this.output.close(), sleep(PATIENCE_MS, undefined, { ref: false })]);
  }

  async #drain() {
    await this.writing;
    this.#start();
    await this.writing;
  }
}

exports.Queue = Queue;
