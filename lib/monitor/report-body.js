'use strict';

/**
 * Reads a body of reports, at most so many bytes of it, or takes what another reader has made of it.
 *
 * @param {any} req
 * @param {{ maxBytes: number, timeoutMs: number }} settings
 * @param {(status: number, detail: string, body?: unknown) => void} done called once; a status of 0 is success
 */
function readBody(req, { maxBytes, timeoutMs }, done) {
  const parsed = alreadyRead(req);
  if (parsed !== undefined) return finish(parsed, maxBytes, done);
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return done(413, 'The report is too large.');
  if (req.headers['content-encoding'] !== undefined)
    return done(415, 'Reports are taken as they are, not compressed.');
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  const timer = setTimeout(() => end(408, 'The report came too slowly.'), timeoutMs);
  timer.unref();

  /** @param {number} status @param {string} detail */
  function end(status, detail) {
    clearTimeout(timer);
    req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    // What is still to come has nobody to fail in front of.
    req.on('error', () => {});
    if (status !== 0) {
      req.pause();
      return done(status, detail);
    }
    return finish(Buffer.concat(chunks), maxBytes, done);
  }
  const onData = (/** @type {Buffer} */ chunk) => {
    size += chunk.length;
    if (size > maxBytes) return end(413, 'The report is too large.');
    return chunks.push(chunk);
  };
  const onEnd = () => end(0, '');
  const onClose = () => end(400, 'The report was cut off.');
  req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
}

/**
 * What `express.json({ type: ... })`, `express.raw` or the guard's body left.
 *
 * @param {any} req
 */
function alreadyRead(req) {
  const { body } = req;
  if (Buffer.isBuffer(body) || typeof body === 'string') return body;
  // On Express 4 an unread body is `{}` once some parser has looked at the request.
  if (typeof body === 'object' && body !== null && (Array.isArray(body) || Object.keys(body).length > 0)) {
    return body;
  }
  return req.readableEnded ? Buffer.alloc(0) : undefined;
}

/**
 * @param {any} given
 * @param {number} maxBytes
 * @param {(status: number, detail: string, body?: unknown) => void} done
 */
function finish(given, maxBytes, done) {
  if (!Buffer.isBuffer(given) && typeof given !== 'string') return done(0, '', given);
  if (given.length > maxBytes) return done(413, 'The report is too large.');
  let body;
  try {
    body = JSON.parse(given.toString());
  } catch {
    return done(400, 'The report is no JSON.');
  }
  return done(0, '', body);
}

module.exports = { readBody };
