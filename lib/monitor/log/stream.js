'use strict';

/**
 * A stream that the application gives. It is written to while it wants more; its errors are taken, so that a log that
 * breaks does not end the process.
 */
class LogStream {
  /** @param {import('node:stream').Writable} stream */
  constructor(stream) {
    this.stream = stream;
    /** @type {Error | undefined} */
    this.error = undefined;
    /** @type {((error?: Error) => void) | undefined} ends the write that waits */
    this.waiting = undefined;
    this.onError = (/** @type {Error} */ error) => {
      this.error = error;
      this.waiting?.(error);
    };
    this.onClose = () => this.waiting?.(new Error('the stream was closed'));
    this.onDrain = () => this.waiting?.();
    stream.on('error', this.onError);
    stream.on('close', this.onClose);
    stream.on('drain', this.onDrain);
  }

  /** @param {Buffer} bytes @returns {Promise<void>} settles when it wants more */
  write(bytes) {
    const { stream } = this;
    if (stream.destroyed || stream.writableEnded) {
      return Promise.reject(this.error ?? new Error('the stream was closed'));
    }
    return new Promise((resolve, reject) => {
      this.waiting = (error) => {
        this.waiting = undefined;
        if (error === undefined) resolve();
        else reject(error);
      };
      if (stream.write(bytes)) this.waiting();
    });
  }

  /** The stream is its owner's to end. The listener of errors stays: what was written may still fail. */
  async close() {
    this.stream.off('close', this.onClose);
    this.stream.off('drain', this.onDrain);
    this.waiting?.(new Error('the log was closed'));
  }
}

exports.LogStream = LogStream;
