'use strict';

/**
 * How long a refused client may go on sending before its connection is cut (ms). A socket that is closed
 * while bytes of the client wait unread is reset by the system, and the client may lose the answer.
 */
const LINGER_MS = 2000;

/**
 * Call before answering a request whose body is not read to its end: after the answer the server closes
 * its side, throws away what still comes, and cuts the connection at the body's end or after LINGER_MS.
 *
 * @param {any} req
 */
function linger(req) {
  const { socket } = req;
  req.resume();
  if (!socket || socket.destroyed || Object.hasOwn(socket, 'destroySoon')) return;
  socket.destroySoon = () => {
    delete socket.destroySoon;
    if (req.readableEnded || req.destroyed) return socket.destroySoon();
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
    return socket.end();
  };
}

module.exports = { linger };
