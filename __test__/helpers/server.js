'use strict';

const http = require('node:http');
const net = require('node:net');

/** The two supported versions of Express: `for (const { name, express } of expresses)`. */
const expresses = [
  { name: 'Express 4', express: require('express4') },
  { name: 'Express 5', express: require('express') },
];

/**
 * Serves an app on a free loopback port until the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {http.RequestListener} app
 * @returns {Promise<{ url: string, port: number, server: http.Server }>}
 */
async function serve(t, app) {
  const server = http.createServer(app);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, port, server };
}

/**
 * Sends bytes as they are and gives all bytes that came back until the server closed the connection.
 *
 * @param {number} port
 * @param {string | Buffer | (string | Buffer)[]} bytes
 * @param {{ timeout?: number }} [options] ms after which it fails
 * @returns {Promise<string>}
 */
function raw(port, bytes, { timeout = 20_000 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    /** @type {Buffer[]} */
    const chunks = [];
    socket.setTimeout(timeout, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) =>
      chunks.length > 0 ? resolve(Buffer.concat(chunks).toString()) : reject(error),
    );
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    for (const part of Array.isArray(bytes) ? bytes : [bytes]) socket.write(part);
  });
}

module.exports = { expresses, serve, raw };
