'use strict';

/**
 * How long a refused client may go on sending before its connection is cut (ms). A socket that is closed
 * while bytes of the client wait unread is reset by the system, and the client may lose the answer.
 */
const LINGER_MS = 2000;

/** Sockets whose last answer is on its way. @type {WeakSet<object>} */
const lingering = new WeakSet();

/**
 * Call before answering a request whose body is not read to its end: after the answer the server closes
 * its side, throws away what still comes, and cuts the connection at the body's end or after LINGER_MS.
 *
 * The server ends a connection by `socket.destroySoon()` in a listener of the response's `finish`. Ours stands
 * in its place while these listeners run, and at no other time.
 *
 * @param {any} req
 * @param {any} res
 */
function linger(req, res) {
  const { socket } = req;
  req.resume();
  if (!socket || socket.destroyed || lingering.has(socket)) return;
  lingering.add(socket);
  /** @type {PropertyDescriptor | undefined} */
  let own;
  res.prependOnceListener('finish', () => {
    own = Object.getOwnPropertyDescriptor(socket, 'destroySoon');
    socket.destroySoon = () => closeSlowly(req, socket);
  });
  // Registered now: a listener that is added while `finish` is emitted is not called.
  res.once('finish', () => {
    delete socket.destroySoon;
    if (own !== undefined) Object.defineProperty(socket, 'destroySoon', own);
    lingering.delete(socket);
  });
}

/** @param {any} req @param {any} socket */
function closeSlowly(req, socket) {
  const timer = setTimeout(cut, LINGER_MS);
  timer.unref();
  function cut() {
    clearTimeout(timer);
    req.off('end', cut);
    socket.off('close', cut);
    if (!socket.destroyed) socket.destroySoon();
  }
  req.once('end', cut);
  socket.once('close', cut);
  socket.end();
  // What is read already ends no more: cut once the listeners of `finish` have run.
  if (req.readableEnded || req.destroyed) process.nextTick(cut);
}

module.exports = { linger };
