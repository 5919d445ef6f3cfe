'use strict';

const native = require('../internal/native').body;

/**
 * Fetching the arguments of a native call costs several times the scan of a small text. A small text is
 * copied into memory that the core knows, and scanned by a call without arguments.
 */
const SMALL = 2048;
const memory = new ArrayBuffer(8 + SMALL);
const head = new Uint32Array(memory, 0, 2);
const text = new Uint8Array(memory, 8);
// False where this module was loaded before on this thread, as test runners do.
const shared = native.share(new Uint8Array(memory));

/**
 * @param {Buffer} bytes a JSON text
 * @param {number} limits from `native.body.register`
 * @returns {number} 0 when all is well and the text is ASCII; see src/body/native.rs
 */
function scanJson(bytes, limits) {
  if (!shared || bytes.length > SMALL) return native.scanJson(bytes, limits);
  text.set(bytes);
  head[0] = bytes.length;
  head[1] = limits;
  return native.scanShared();
}

module.exports = { scanJson };
