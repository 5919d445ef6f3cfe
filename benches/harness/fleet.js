'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const net = require('node:net');
const { RedisStore } = require('rate-limit-redis');

const HOUR = 3_600_000;
const IN_FLIGHT = 64;
const ROUNDS = 9;
const ROUND_MS = 500;

/**
 * A limiter in Redis beside rate-limit-redis on a client of the same kind and the same server, 64 decisions
 * in flight: decisions a second, and the CPU that this process spends on each.
 *
 * @param {(options: any) => any} ratelimit
 */
async function fleet(ratelimit) {
  const server = await start();
  if (server === undefined) return console.log('\nfleet: redis-server is not installed');
  try {
    for (const name of ['redis', 'ioredis']) await besides(ratelimit, name, server.port);
  } finally {
    server.child.kill();
  }
}

/**
 * @param {(options: any) => any} ratelimit
 * @param {string} name
 * @param {number} port
 */
async function besides(ratelimit, name, port) {
  const open = async () => {
    if (name === 'ioredis') return new (require('ioredis').Redis)(port, '127.0.0.1');
    const client = require('redis').createClient({ url: `redis://127.0.0.1:${port}` });
    return client.connect();
  };
  const [ours, theirs] = [await open(), await open()];
  await new Promise((resolve) => setTimeout(resolve, 200));
  // A deadline that a busy machine does not miss: a substitute is no contestant.
  const limiter = ratelimit({
    redis: ours,
    limit: 100_000_000,
    windowMs: HOUR,
    name: `bench-${name}`,
    deadlineMs: 5000,
  });
  const empty = ratelimit({
    redis: ours,
    limit: 1,
    windowMs: HOUR,
    name: `denied-${name}`,
    deadlineMs: 5000,
  });
  const store = new RedisStore({
    sendCommand: (/** @type {string[]} */ ...args) =>
      name === 'ioredis' ? theirs.call(.../** @type {[string]} */ (args)) : theirs.sendCommand(args),
  });
  await store.init(/** @type {any} */ ({ windowMs: HOUR }));
  const contestants = [
    { name: 'hauberk', decide: (/** @type {string} */ key) => limiter.consume(key) },
    { name: 'rate-limit-redis', decide: (/** @type {string} */ key) => store.increment(key) },
    { name: 'hauberk, clients that were refused', decide: (/** @type {string} */ key) => empty.consume(key) },
  ];
  assert.equal((await limiter.consume('check')).remaining, 99_999_999);
  assert.equal((await store.increment(`check-${name}`)).totalHits, 1);
  /** @type {{ rate: number, cpu: number }[][]} */
  const samples = contestants.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (let i = 0; i < contestants.length; i += 1) {
      const at = (i + round) % contestants.length;
      const sample = await measure(contestants[at].decide);
      if (round > 0) samples[at].push(sample);
    }
  }
  console.log(`\nfleet: ${name}, ${IN_FLIGHT} in flight   (Node.js ${process.version}, median)`);
  for (const [i, one] of contestants.entries()) {
    const rate = middle(samples[i].map((sample) => sample.rate));
    const cpu = middle(samples[i].map((sample) => sample.cpu));
    console.log(`  ${one.name.padEnd(36)} ${Math.round(rate)}/s   client CPU ${cpu.toFixed(2)} us`);
  }
  limiter.close();
  empty.close();
  await Promise.all([ours.quit(), theirs.quit()]);
}

/** @param {(key: string) => Promise<unknown>} decide */
async function measure(decide) {
  let decided = 0;
  const before = process.cpuUsage();
  const start = performance.now();
  const end = start + ROUND_MS;
  const lane = async (/** @type {number} */ at) => {
    for (let i = at; performance.now() < end; i += IN_FLIGHT) {
      await decide(`203.0.${(i >> 8) & 3}.${i & 255}`);
      decided += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, at) => lane(at)));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { rate: decided / seconds, cpu: (user + system) / decided };
}

/** @param {number[]} values */
function middle(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

async function start() {
  const port = await new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = /** @type {net.AddressInfo} */ (probe.address());
      probe.close(() => resolve(free));
    });
  });
  const child = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
  const started = await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    setTimeout(() => resolve(true), 500);
  });
  return started ? { child, port } : undefined;
}

module.exports = { fleet };
