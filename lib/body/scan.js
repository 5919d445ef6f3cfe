'use strict';

const native = require('../internal/native').body;

const { scanJson: scanView } = native.functions();

/**
 * The desk: memory that the native core reads (src/body/desk.rs). A short text is copied there, because a call
 * without arguments and the copy together cost less than a call with a view.
 */
const SHORT = 1024;
const TEXT_AT = 64;
const memory = new ArrayBuffer(TEXT_AT + SHORT + 64);
const head = new Uint32Array(memory, 0, 2);
const text = new Uint8Array(memory, TEXT_AT, SHORT);
new Uint8Array(memory, TEXT_AT - 16, 16).fill(0x20);
const { scan: scanDesk } = native.deskFunctions(new Uint8Array(memory));

/**
 * Judges the bytes of a JSON text.
 *
 * @param {Uint8Array} bytes
 * @param {number} limits from `native.body.register`
 * @returns {number | undefined} `undefined` when all is well and the text is ASCII, else the number that
 *   src/body/native.rs explains
 */
function scanShort(bytes, limits) {
  if (!(bytes instanceof Uint8Array) || bytes.length > SHORT || limits >>> 0 !== limits) {
    return scanView(bytes, limits);
  }
  text.set(bytes);
  head[0] = bytes.length;
  head[1] = limits;
  return /** @type {() => number | undefined} */ (scanDesk)();
}

module.exports = { scanJson: scanDesk === undefined ? scanView : scanShort };
