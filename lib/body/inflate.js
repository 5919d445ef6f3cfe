'use strict';

const zlib = require('node:zlib');

/** @typedef {(error: (Error & { code?: string }) | null, bytes: Buffer) => void} Done */

/** @type {Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }, done: Done) => void>>} */
const METHODS = Object.freeze({
  gzip: zlib.gunzip,
  'x-gzip': zlib.gunzip,
  deflate: zlib.inflate,
  br: zlib.brotliDecompress,
});

/** @param {string} encoding lower case @returns {boolean} */
function canInflate(encoding) {
  return Object.hasOwn(METHODS, encoding);
}

/**
 * Expands a body. Stops as soon as more than `limit` bytes have come out, so a bomb costs what the limit
 * allows and no more.
 *
 * @param {Buffer} bytes
 * @param {string} encoding one that `canInflate`
 * @param {number} limit bytes after expansion
 * @param {(failure: 'large' | 'broken' | undefined, bytes: Buffer) => void} done
 */
function inflate(bytes, encoding, limit, done) {
  METHODS[encoding](bytes, { maxOutputLength: limit }, (error, expanded) => {
    if (error) done(error.code === 'ERR_BUFFER_TOO_LARGE' ? 'large' : 'broken', bytes);
    else done(undefined, expanded);
  });
}

module.exports = { canInflate, inflate };
