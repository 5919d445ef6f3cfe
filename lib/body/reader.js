'use strict';

const { watch, unwatch, coarseNow } = require('./clock');

const READER = Symbol('hauberk.reader');

/**
 * Reads one request body into memory, within limits of size and time.
 *
 * 1. A body that came in one packet with its head lies complete in the request by the next tick: it is
 *    taken by one `read()`, without a listener, a closure or a timer. Its `end` is emitted before the
 *    promise that tells of it goes on, so that later parsers see a request that is read.
 * 2. Any other body is collected by shared listeners that find their reader on the request, and is watched
 *    by the shared clock, which also notices that the client has gone.
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
   * @param {any} res
   * @param {import('../internal/context').Context} context
   * @param {import('./media').Media} type
   * @param {string} encoding content encoding, or '' for none
   * @param {number} expected Content-Length, or -1
   * @param {Reading} reading
   * @param {(reader: Reader, failure: Failure | undefined, bytes: Buffer | undefined) => void} done called once
   */
  constructor(req, res, context, type, encoding, expected, reading, done) {
    this.req = req;
    this.res = res;
    this.context = context;
    this.type = type;
    this.encoding = encoding;
    this.expected = expected;
    this.reading = reading;
    this.done = done;
    /** @type {(result: any) => void} */
    this.resolve = ignore;
    this.open = true;
    this.received = 0;
    /** @type {Buffer | undefined} */
    this.first = undefined;
    /** @type {Buffer[] | undefined} */
    this.rest = undefined;
    this.started = 0;
    this.last = 0;
  }

  /** Rule 1, and rule 2 where there is more to come. */
  begin() {
    const { req } = this;
    // Paused by nobody and watched by nobody: `read()` gives all that is there.
    if (req.readableFlowing === null && req.listenerCount('data') === 0) {
      const piece = req.read();
      if (piece !== null) this.take(piece);
      if (!this.open) return;
      if (req.complete && req.readableLength === 0) return this.end();
    }
    this.started = watch(this);
    this.last = this.started;
    req[READER] = this;
    req.on('data', onData);
    req.on('end', onEnd);
    if (req.isPaused()) req.resume();
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
    const bytes = this.rest === undefined ? first : Buffer.concat([first, ...this.rest], this.received);
    this.finish(undefined, bytes);
  }

  /** @param {number} now */
  tick(now) {
    const { idleMs, timeoutMs } = this.reading;
    if (this.req.destroyed) return this.finish('aborted');
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
    if (this.started !== 0) unwatch(this);
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

/** Stands for `resolve` until `read` sets it. */
function ignore() {}

/** @param {Reader} reader */
function begin(reader) {
  reader.begin();
}

/**
 * Starts a reader, once the packet that brought the head has been taken in.
 *
 * @param {Reader} reader
 * @returns {Promise<any>} what `reader.resolve` is called with
 */
function read(reader) {
  return new Promise((resolve) => {
    reader.resolve = resolve;
    process.nextTick(begin, reader);
  });
}

exports.Reader = Reader;
exports.read = read;
