'use strict';

/**
 * Preloaded into an example that may start a server: once the server listens on a free port, the example has
 * run, and the process ends well.
 */

const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function listenOnFreePort(...args) {
  const callback = args.find((arg) => typeof arg === 'function');
  this.once('listening', () => setTimeout(() => process.exit(process.exitCode ?? 0), 100));
  return listen.call(this, 0, '127.0.0.1', callback);
};
process.on('unhandledRejection', (error) => {
  console.error(error);
  process.exit(1);
});
