'use strict';

const { spawn, spawnSync } = require('node:child_process');
const net = require('node:net');

/** Why a test cannot run here, or undefined. */
const missing =
  spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server is not installed';

/**
 * A free port below those that the system gives to connections and to whoever asks for any: a server that was
 * stopped finds it free when it starts again.
 *
 * @returns {Promise<number>}
 */
async function freePort() {
  for (;;) {
    const port = 22_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * A Redis server on a free loopback port until the test ends. `stop(signal)` ends it, `start()` starts it
 * again on the same port, `kill(signal)` sends a signal.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ started?: boolean, port?: number, args?: string[], cwd?: string }} [options]
 */
async function redisServer(t, { started = true, port, args = [], cwd } = {}) {
  const at = port ?? (await freePort());
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  const server = {
    port: at,
    async start() {
      const flags = [
        '--port',
        String(at),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        ...args,
      ];
      child = spawn('redis-server', flags, { stdio: 'ignore', cwd });
      await until(() => answers(at));
    },
    kill: (/** @type {NodeJS.Signals} */ signal) => child?.kill(signal),
    async stop(/** @type {NodeJS.Signals} */ signal = 'SIGTERM') {
      const gone = child;
      child = undefined;
      if (gone === undefined || gone.exitCode !== null || gone.signalCode !== null) return;
      const ended = new Promise((resolve) => gone.once('exit', resolve));
      gone.kill('SIGCONT');
      gone.kill(signal);
      await ended;
    },
  };
  t.after(() => server.stop('SIGKILL'));
  if (started) await server.start();
  return server;
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(500, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(String(data).startsWith('+PONG'));
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(false));
  });
}

/** @param {() => boolean | Promise<boolean>} what @param {number} [ms] */
async function until(what, ms = 10_000) {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not happen in time');
}

/** The clients that we support; `open` connects where `connect` is not false. */
const clients = [
  ...['redis4', 'redis5', 'redis'].map((name) => ({
    name: name === 'redis' ? 'node-redis 6' : `node-redis ${name.at(-1)}`,
    /** @param {import('node:test').TestContext} t @param {number} port */
    open(t, port) {
      const client = require(name).createClient({ url: `redis://127.0.0.1:${port}` });
      client.connect().catch(() => {});
      t.after(() => (client.destroy ? client.destroy() : client.disconnect().catch(() => {})));
      return client;
    },
  })),
  ...['ioredis5', 'ioredis'].map((name) => ({
    name: name === 'ioredis' ? 'ioredis 6' : 'ioredis 5',
    /** @param {import('node:test').TestContext} t @param {number} port */
    open(t, port) {
      const { Redis } = require(name);
      const client = new Redis(port, '127.0.0.1');
      t.after(() => client.disconnect());
      return client;
    },
  })),
];

module.exports = { missing, freePort, redisServer, until, clients };
