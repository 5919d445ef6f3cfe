'use strict';

/**
 * Preloaded into the application that `--app` names. The first server that listens does so on a free port of the
 * loopback address, and is told to the doctor; a file that only exports an application gets a server.
 */

const http = require('node:http');
const net = require('node:net');
const { pathToFileURL } = require('node:url');
const { applicationOf, reportOf } = require('./find');

const main = process.argv[1];
const { listen } = net.Server.prototype;
let listened = false;

/** @param {Record<string, unknown>} message */
function tell(message) {
  if (process.connected) process.send?.({ hauberkDoctor: true, ...message });
}

/** @this {net.Server} @param {any[]} args */
function listenOnLoopback(...args) {
  // Named pipes and handles are left alone.
  if (listened || typeof args[0]?.path === 'string' || args[0]?.fd !== undefined)
    return Reflect.apply(listen, this, args);
  listened = true;
  const callback = args.find((arg) => typeof arg === 'function');
  this.once('listening', () => {
    // One turn later a guard that drops privileges has done so.
    setImmediate(() => {
      const { port } = /** @type {net.AddressInfo} */ (this.address());
      const secure = typeof (/** @type {any} */ (this).setSecureContext) === 'function';
      tell({
        port,
        protocol: secure ? 'https' : 'http',
        uid: process.getuid?.(),
        report: reportOf(this.listeners('request')),
      });
    });
  });
  return Reflect.apply(listen, this, [0, '127.0.0.1', ...(callback ? [callback] : [])]);
}

/** What the file exports, once it has run. */
async function serveExport() {
  if (listened) return;
  try {
    const exported = await import(pathToFileURL(main).href);
    const app = await applicationOf(exported);
    if (listened) return;
    if (app === undefined) tell({ problem: 'neither listens nor exports an application' });
    else if (app instanceof net.Server) app.listen(0);
    else http.createServer(app).listen(0);
  } catch (error) {
    tell({
      problem: `failed: ${error instanceof Error ? error.message : 'it threw what is no error'}`.slice(
        0,
        500,
      ),
    });
  }
}

net.Server.prototype.listen = /** @type {any} */ (listenOnLoopback);
process.once('disconnect', () => process.exit());
// The doctor's channel alone must not keep a file from ending that only exports.
process.channel?.unref();
process.once('beforeExit', () => void serveExport());
