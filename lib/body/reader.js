'use strict';

const { watch, unwatch, coarseNow } = require('./clock');

const READER = Symbol('hauberk.reader');

/**
 * Reads one request body into memory, within limits of size and time.
 *
 * The listeners are three shared functions that find their reader on the request: a small body costs no
 * closure and no timer.
 *
 * @typedef {'large' | 'slow' | 'aborted' | 'length'} Failure
 * @typedef {object} Reading
 * @property {number} limit bytes on the wire
 * @property {number} idleMs between two pieces
 * @property {number} timeoutMs in all
 */
class Reader {
  /**
   * @param {any} req
   * @param {Reading} reading
   * @param {number} expected Content-Length, or -1
   * @param {(reader: Reader, failure: Failure | undefined, bytes: Buffer | undefined) => void} done called once
   */
  constructor(req, reading, expected, done) {
    this.req = req;
    this.reading = reading;
    this.expected = expected;
    this.done = done;
    this.received = 0;
    /** @type {Buffer | undefined} */
    this.first = undefined;
    /** @type {Buffer[] | undefined} */
    this.rest = undefined;
    this.open = true;
    // What the caller puts here travels with the reader.
    this.context = /** @type {any} */ (undefined);
    this.res = /** @type {any} */ (undefined);
    this.resolve = /** @type {any} */ (undefined);
    this.media = /** @type {any} */ (undefined);
    this.encoding = '';
    this.started = watch(this);
    this.last = this.started;
    req[READER] = this;
    req.on('data', onData);
    req.on('end', onEnd);
    req.on('close', onClose);
  }

  /** @param {Buffer | string} piece a string where somebody has called `req.setEncoding` */
  take(piece) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece, this.req.readableEncoding) : piece;
    this.received += chunk.length;
    if (this.received > this.reading.limit) return this.finish('large');
    this.last = coarseNow();
    if (this.first === undefined) this.first = chunk;
    else if (this.rest === undefined) this.rest = [chunk];
    else this.rest.push(chunk);
  }

  end() {
    if (this.expected >= 0 && this.received !== this.expected) return this.finish('length');
    const first = this.first ?? Buffer.alloc(0);
    this.finish(
      undefined,
      this.rest === undefined ? first : Buffer.concat([first, ...this.rest], this.received),
    );
  }

  /** @param {number} now */
  tick(now) {
    const { idleMs, timeoutMs } = this.reading;
    if (now - this.last >= idleMs || now - this.started >= timeoutMs) this.finish('slow');
  }

  /**
   * @param {Failure | undefined} failure
   * @param {Buffer} [bytes]
   */
  finish(failure, bytes) {
    this.open = false;
    this.first = undefined;
    this.rest = undefined;
    unwatch(this);
    this.done(this, failure, bytes);
  }
}

/** @this {any} @param {Buffer | string} chunk */
function onData(chunk) {
  const reader = this[READER];
  if (reader.open) reader.take(chunk);
}

/** @this {any} */
function onEnd() {
  const reader = this[READER];
  if (reader.open) reader.end();
}

/** @this {any} */
function onClose() {
  const reader = this[READER];
  if (reader.open) reader.finish('aborted');
}

exports.Reader = Reader;
