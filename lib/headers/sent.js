'use strict';

/**
 * The head of a response as it was written to the socket. Node.js keeps its text in `_header`, which is not documented,
 * though packages have read it since the first versions (on-finished, morgan). What is public knows only the fields
 * that were set, not those that were handed to `writeHead`; it is asked where there is no text (HTTP/2).
 *
 * @param {any} res
 * @returns {[string, string][] | undefined} names in lower case, in order; undefined where no head was written
 */
function readHead(res) {
  if (typeof res._header === 'string') {
    const lines = res._header.split('\r\n\r\n', 1)[0].split('\r\n').slice(1);
    return lines.map((/** @type {string} */ line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    });
  }
  if (!res.headersSent) return undefined;
  return Object.entries(res.getHeaders()).flatMap(([name, value]) =>
    [value].flat().map((one) => /** @type {[string, string]} */ ([name, String(one)])),
  );
}

exports.readHead = readHead;
