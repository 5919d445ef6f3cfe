'use strict';

/**
 * A limiter in Redis under load while the server is frozen (SIGSTOP) and away (SIGTERM) for long: the worst
 * time of a decision, rejections, what was admitted against the documented share, and the time until service is
 * normal again.
 *
 * node benches/ratelimit/outage.js [seconds, default 90]
 */

const { spawn } = require('node:child_process');
const net = require('node:net');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const ratelimit = require('../../lib/ratelimit');

const HOUR = 3_600_000;
const DEADLINE_MS = 50;
const SHARE = 0.5;
const LIMIT = 1000;
/** Decisions a second. */
const RATE = 250;

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @type {Record<string, (port: number) => any>} */
const CLIENTS = {
  'node-redis 6'(port) {
    const client = require('redis').createClient({ url: `redis://127.0.0.1:${port}` });
    client.connect().catch(() => {});
    return client;
  },
  ioredis: (port) => new (require('ioredis').Redis)(port, '127.0.0.1'),
};

async function main() {
  const seconds = Number(process.argv[2] ?? 90);
  let unhandled = 0;
  process.on('unhandledRejection', () => (unhandled += 1));
  console.log(
    `Redis gone for ${seconds} s, ${RATE} decisions a second, deadline ${DEADLINE_MS} ms, share ${SHARE}`,
  );
  // All at once, so that the whole takes one outage.
  const lines = await Promise.all(
    Object.keys(CLIENTS).flatMap((name) => ['frozen', 'away'].map((how) => outage(name, how, seconds))),
  );
  for (const line of lines) console.log(line);
  console.log(`unhandled rejections: ${unhandled}`);
  process.exit(unhandled === 0 ? 0 : 1);
}

/** @param {string} name @param {string} how @param {number} seconds */
async function outage(name, how, seconds) {
  const port = await freePort();
  let server = await start(port);
  const redis = CLIENTS[name](port);
  const own = `${name.replace(' ', '-')}-${how}`;
  const limiter = ratelimit({ redis, name: own, limit: LIMIT, windowMs: HOUR, deadlineMs: DEADLINE_MS });
  await until(() => inService(limiter));
  const load = new Load(limiter);
  await sleep(1000);
  const began = performance.now();
  if (how === 'frozen') server.kill('SIGSTOP');
  else await stop(server);
  // Until here the server itself admitted.
  load.mark();
  await sleep(seconds * 1000);
  const during = load.mark();
  const passed = performance.now() - began;
  if (how === 'frozen') server.kill('SIGCONT');
  else server = await start(port);
  const returned = performance.now();
  await until(() => inService(limiter));
  const back = performance.now() - returned;
  await sleep(1000);
  load.end();
  await load.settled();
  limiter.close();
  await stop(server);
  // The one key that hammers; a bucket's worth, and what comes back in the time.
  const share = SHARE * (LIMIT + (LIMIT * passed) / HOUR);
  const over = during.admitted <= share + 1 ? 'within' : 'OVER';
  return (
    `  ${name.padEnd(14)} ${how.padEnd(7)} worst decision ${load.worst.toFixed(0)} ms (event loop late by ` +
    `${load.late().toFixed(0)} ms at most), of ${load.asked}: ${load.rejected} rejected, ` +
    `${load.asked - load.answered} unanswered; one key was admitted ${during.admitted} times, ${over} its share of ` +
    `${share.toFixed(0)}; normal service after ${back.toFixed(0)} ms`
  );
}

/** Asks all the time: every second decision for one key, the others for fifty. */
class Load {
  /** @param {any} limiter */
  constructor(limiter) {
    this.asked = 0;
    this.answered = 0;
    this.rejected = 0;
    this.worst = 0;
    this.admitted = 0;
    this.delay = monitorEventLoopDelay({ resolution: 5 });
    this.delay.enable();
    this.timer = setInterval(() => this.ask(limiter), 1000 / RATE);
  }

  /** @param {any} limiter */
  ask(limiter) {
    const hot = this.asked % 2 === 0;
    const since = performance.now();
    this.asked += 1;
    limiter.consume(hot ? 'hot' : `key-${this.asked % 50}`).then(
      (/** @type {any} */ decision) => {
        if (hot && decision.allowed) this.admitted += 1;
        this.done(since);
      },
      () => {
        this.rejected += 1;
        this.done(since);
      },
    );
  }

  /** @param {number} since */
  done(since) {
    this.answered += 1;
    this.worst = Math.max(this.worst, performance.now() - since);
  }

  /** What was admitted since the last mark. */
  mark() {
    const { admitted } = this;
    this.admitted = 0;
    return { admitted };
  }

  late() {
    return this.delay.max / 1e6;
  }

  end() {
    clearInterval(this.timer);
    this.delay.disable();
  }

  async settled() {
    await until(() => this.answered === this.asked);
  }
}

/** Of the substitute only the share is left. @param {any} limiter */
async function inService(limiter) {
  return (await limiter.get(`new-${Math.random()}`)).remaining === LIMIT;
}

/** @param {() => boolean | Promise<boolean>} what */
async function until(what) {
  for (const end = performance.now() + 30_000; performance.now() < end;) {
    if (await what()) return;
    await sleep(5);
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/** @param {number} port */
async function start(port) {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', flags, { stdio: 'ignore' });
  await until(() => answers(port));
  return child;
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(false));
  });
}

main().catch((error) => (console.error(error), process.exit(1)));
