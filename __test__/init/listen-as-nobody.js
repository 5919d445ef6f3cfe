'use strict';

/**
 * Preloaded into an application: it listens on a free port, becomes nobody where it was started as root (the guard that
 * init writes refuses to serve as root), and says the port.
 */

const fs = require('node:fs');
const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function listenOnFreePort(...args) {
  const callback = args.find((arg) => typeof arg === 'function');
  this.once('listening', () => {
    if (process.getuid?.() === 0 && process.env.STAY_ROOT !== '1') {
      process.setgroups([65534]);
      process.setgid(65534);
      process.setuid(65534);
    }
    fs.writeSync(1, `listens on ${this.address().port}\n`);
  });
  return listen.call(this, 0, '127.0.0.1', callback);
};
