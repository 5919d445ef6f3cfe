'use strict';

/** @typedef {(error: (Error & { code?: string }) | null, bytes: Buffer) => void} Done */

/** @type {Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }, done: Done) => void>>} */
const METHODS = Object.freeze({
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: (bytes, options, done) => zlib().inflate(bytes, options, done),
  br: (bytes, options, done) => zlib().brotliDecompress(bytes, options, done),
});

/** @type {typeof import('node:zlib') | undefined} */
let loaded;

/** It takes ms to load, and most servers never see a compressed body. */
function zlib() {
  return (loaded ??= require('node:zlib'));
}

/** @param {Buffer} bytes @param {{ maxOutputLength: number }} options @param {Done} done */
function gunzip(bytes, options, done) {
  zlib().gunzip(bytes, options, done);
}

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
