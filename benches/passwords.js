'use strict';

/**
 * passwords beside argon2, @node-rs/argon2, node:crypto (where it has argon2), bcrypt, @node-rs/bcrypt and bcryptjs:
 * one hash alone; 64 in flight with nothing beside them: hashes per second; and 64 in flight while file reads, name
 * look-ups and loopback HTTP requests are made: what these wait, the delay of the event loop, and the growth of
 * resident memory. What is beside the hashes goes before ours and not before the peers', so hashes per second are
 * compared without it.
 *
 * Each contestant runs in a process of its own, so that the memory is its own.
 */

const crypto = require('node:crypto');
const dns = require('node:dns');
const fs = require('node:fs');
const http = require('node:http');
const { execFileSync } = require('node:child_process');
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const { compare, median, format } = require('./harness/compare');

const PASSWORD = 'correct horse battery staple';
const IN_FLIGHT = 64;
const FLOOD_NS = 2e9;
const THROUGHPUT_NS = 6e9;
const FLOODS = 3;
const ANSWERS = 400;

const hauberk = require('../lib/passwords');

/** @type {Record<string, { ours: boolean, hash: () => Promise<string>, verify?: (hash: string) => Promise<boolean> }>} */
const ARGON2 = {
  hauberk: {
    ours: true,
    hash: () => hauberk.hash(PASSWORD),
    verify: (hash) => hauberk.verify(hash, PASSWORD),
  },
  argon2: lazy('argon2', (peer) => ({
    hash: () => peer.hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 }),
    verify: (hash) => peer.verify(hash, PASSWORD),
  })),
  '@node-rs/argon2': lazy('@node-rs/argon2', (peer) => ({
    hash: () => peer.hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 }),
    verify: (hash) => peer.verify(hash, PASSWORD),
  })),
  ...('argon2' in crypto ? { 'node:crypto': { ours: false, hash: cryptoHash } } : {}),
};

/** bcrypt and its peers at one cost; the names say it, because floods look them up by name. */
function bcryptFamily(cost) {
  const peer = (name) =>
    lazy(name, (module) => ({
      hash: () => module.hash(PASSWORD, cost),
      verify: (hash) => module.compare(PASSWORD, hash),
    }));
  return {
    [`hauberk bcrypt ${cost}`]: {
      ours: true,
      hash: () => hauberk.hash(PASSWORD, { algorithm: 'bcrypt', cost }),
      verify: (hash) => hauberk.verify(hash, PASSWORD),
    },
    [`bcrypt ${cost}`]: peer('bcrypt'),
    [`@node-rs/bcrypt ${cost}`]: peer('@node-rs/bcrypt'),
    [`bcryptjs ${cost}`]: peer('bcryptjs'),
  };
}

const BCRYPT_10 = bcryptFamily(10);
const BCRYPT_12 = bcryptFamily(12);

/** A peer is loaded where it runs, not in the others' processes. */
function lazy(name, make) {
  let made;
  const get = () => (made ??= make(require(name)));
  return { ours: false, hash: () => get().hash(), verify: (hash) => get().verify(hash) };
}

/** node:crypto gives bytes only; here they become the same PHC string as everybody's. */
function cryptoHash() {
  const nonce = crypto.randomBytes(16);
  const parameters = { message: PASSWORD, nonce, parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 };
  const text = (bytes) => bytes.toString('base64').replace(/=+$/, '');
  return new Promise((resolve, reject) => {
    crypto.argon2('argon2id', parameters, (error, tag) =>
      error ? reject(error) : resolve(`$argon2id$v=19$m=19456,t=2,p=1$${text(nonce)}$${text(tag)}`),
    );
  });
}

/** Equal results: each one's hash is verified by ours, and ours by each. */
async function checkEqual(family) {
  const ours = await Object.values(family)[0].hash();
  for (const [name, one] of Object.entries(family)) {
    if (!(await hauberk.verify(await one.hash(), PASSWORD)))
      throw new Error(`${name}: its hash does not verify`);
    if (one.verify && !(await one.verify(ours))) throw new Error(`${name}: does not verify our hash`);
  }
}

async function single(title, family) {
  const contestants = Object.entries(family).map(([name, one]) => ({
    name,
    run: async (times) => {
      for (let i = 0; i < times; i += 1) await one.hash();
    },
  }));
  await compare(title, contestants, { rounds: 9, roundMs: 120 });
}

/** What is probed while hashes are in flight; each gives a promise. */
function probes() {
  const server = http.createServer((_, res) => res.end('ok')).listen(0, '127.0.0.1');
  const agent = new http.Agent({ keepAlive: true });
  const request = () =>
    new Promise((resolve, reject) => {
      const { port } = /** @type {any} */ (server.address());
      http
        .get({ port, host: '127.0.0.1', agent }, (res) => res.resume().on('end', resolve))
        .on('error', reject);
    });
  const run = {
    read: () => fs.promises.readFile(__filename),
    lookup: () => dns.promises.lookup('localhost'),
    http: request,
  };
  return { run, close: () => (agent.destroy(), server.close()) };
}

/** The p50 of each probe in ns while `busy()`. */
async function waits(run, busy) {
  const times = Object.fromEntries(Object.keys(run).map((name) => [name, []]));
  do {
    for (const [name, probe] of Object.entries(run)) {
      const start = process.hrtime.bigint();
      await probe();
      times[name].push(Number(process.hrtime.bigint() - start));
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  } while (busy());
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

/** Keeps 64 hashes in flight while `beside(elapsed, made)` runs; its result, and hashes per second meanwhile. */
async function whileFull(one, beside) {
  let done = 0;
  let over = false;
  const again = async () => {
    while (!over) {
      await one.hash();
      done += 1;
    }
  };
  const all = Array.from({ length: IN_FLIGHT }, again);
  // The first 64 only fill the pipeline.
  while (done < IN_FLIGHT) await new Promise((resolve) => setTimeout(resolve, 5));
  const [start, from] = [process.hrtime.bigint(), done];
  const elapsed = () => Number(process.hrtime.bigint() - start);
  const result = await beside(elapsed, () => done - from);
  const perSecond = ((done - from) * 1e9) / elapsed();
  over = true;
  await Promise.all(all);
  return { result, perSecond };
}

/** In a process of its own: hashes per second with nothing beside them, over no less than another 64. */
async function throughput(one) {
  await one.hash();
  const full = await whileFull(one, async (elapsed, made) => {
    while (elapsed() < THROUGHPUT_NS || made() < IN_FLIGHT)
      await new Promise((resolve) => setTimeout(resolve, 5));
  });
  return full.perSecond;
}

/** In a process of its own: what else happens in it waits while 64 hashes are in flight all the time. */
async function flood(one) {
  await one.hash();
  let left = 150;
  const { run, close } = probes();
  const idle = await waits(run, () => (left -= 1) > 0);
  const before = process.memoryUsage().rss;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const { result: wait, perSecond } = await whileFull(one, async (elapsed) => {
    delay.enable();
    const times = await waits(run, () => elapsed() < FLOOD_NS);
    delay.disable();
    return times;
  });
  close();
  // The highest that the process ever had; Node.js gives it in KiB.
  const growth = process.resourceUsage().maxRSS * 1024 - before;
  const p99 = delay.percentile(99) - 5e6;
  const ratio = (name) => wait[name] / idle[name];
  const times = { read: ratio('read'), lookup: ratio('lookup'), http: ratio('http') };
  return { perSecond, idle: idle.read, wait: wait.read, ...times, p99, growth };
}

/** Each one's results of several rounds, in turns, so that a machine that changes its speed changes it for all. */
function inTurns(flag, names) {
  const runs = names.map(() => /** @type {any[]} */ ([]));
  for (let round = 0; round < FLOODS; round += 1) {
    names.forEach((name, i) => {
      const text = execFileSync(process.execPath, [__filename, flag, name], { encoding: 'utf8' });
      runs[i].push(JSON.parse(text));
    });
  }
  return runs;
}

function printThroughput(title, names) {
  console.log(`\n${title}: ${IN_FLIGHT} in flight, nothing beside them   (Node.js ${process.version})`);
  const rates = inTurns('--throughput', names).map(median);
  names.forEach((name, i) => {
    const ratio = i === 0 ? '' : `${(rates[0] / rates[i]).toFixed(2)} x by ours`;
    console.log(`  ${name.padEnd(18)} ${`${rates[i].toFixed(1)}/s`.padStart(9)}   ${ratio}`);
  });
}

function printFloods(title, names) {
  console.log(`\n${title}: ${IN_FLIGHT} in flight, other work beside them   (Node.js ${process.version})`);
  const runs = inTurns('--flood', names);
  const middle = (i, field) => median(runs[i].map((run) => run[field]));
  const results = names.map((name, i) => ({
    name,
    perSecond: middle(i, 'perSecond'),
    idle: middle(i, 'idle'),
    wait: middle(i, 'wait'),
    lookup: middle(i, 'lookup'),
    http: middle(i, 'http'),
    p99: middle(i, 'p99'),
    growth: middle(i, 'growth'),
  }));
  for (const { name, perSecond, idle, wait, lookup, http, p99, growth } of results) {
    const speed = `${perSecond.toFixed(1)}/s`.padStart(9);
    console.log(
      `  ${name.padEnd(18)} ${speed}   readFile p50 ${format(wait)} (idle ${format(idle)}, ` +
        `${(wait / idle).toFixed(1)} x), lookup ${lookup.toFixed(1)} x, http ${http.toFixed(1)} x, loop p99 ${format(p99)}   +${(growth / 2 ** 20).toFixed(0)} MiB`,
    );
  }
}

/** 1000 hashes at once: the work memory that was held at most, of the budget. */
async function queueOfThousand() {
  const start = performance.now();
  await Promise.all(Array.from({ length: 1000 }, () => hauberk.hash(PASSWORD)));
  const { peak, budget } = hauberk.stats().memory;
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  console.log(
    `\n1000 hashes queued: ${((performance.now() - start) / 1e3).toFixed(1)} s, work memory at most ` +
      `${mib(peak)} of ${mib(budget)}, resident at most ${mib(process.resourceUsage().maxRSS * 1024)}`,
  );
}

/**
 * Whether the times of answers for known and unknown users come from one distribution: the two-sample statistic of
 * Kolmogorov and Smirnov, and the value that chance passes in one of twenty runs.
 */
async function unknownUser() {
  const stored = await hauberk.hash(PASSWORD);
  const times = { known: /** @type {number[]} */ ([]), unknown: /** @type {number[]} */ ([]) };
  for (let i = 0; i < 2 * ANSWERS; i += 1) {
    const who = i % 2 === 0 ? 'known' : 'unknown';
    const start = process.hrtime.bigint();
    await hauberk.verify(who === 'known' ? stored : null, 'wrong');
    times[who].push(Number(process.hrtime.bigint() - start));
  }
  const share = (all, limit) => all.filter((time) => time <= limit).length / all.length;
  const gaps = [...times.known, ...times.unknown].map((time) =>
    Math.abs(share(times.known, time) - share(times.unknown, time)),
  );
  const [known, unknown] = [median(times.known), median(times.unknown)].map(format);
  console.log(
    `\nverify of a wrong password, ${ANSWERS} each in turns: known user ${known}, unknown ${unknown}; ` +
      `Kolmogorov-Smirnov D ${Math.max(...gaps).toFixed(3)}, 5 % limit ${(1.358 * Math.sqrt(2 / ANSWERS)).toFixed(3)}`,
  );
}

async function main() {
  await checkEqual(ARGON2);
  await checkEqual(BCRYPT_10);
  await single('argon2id 19456 KiB, 2 passes, 1 lane: one at a time', ARGON2);
  await single('bcrypt cost 10: one at a time', BCRYPT_10);
  await unknownUser();
  const families = {
    'argon2id 19456 KiB, 2 passes, 1 lane': ARGON2,
    'bcrypt cost 10': BCRYPT_10,
    'bcrypt cost 12': BCRYPT_12,
  };
  for (const [title, family] of Object.entries(families)) printThroughput(title, Object.keys(family));
  for (const [title, family] of Object.entries(families)) printFloods(title, Object.keys(family));
  await queueOfThousand();
  console.log('\n', hauberk.stats());
}

const [flag, name] = process.argv.slice(2);
if (flag === '--flood' || flag === '--throughput') {
  const one = { ...ARGON2, ...BCRYPT_10, ...BCRYPT_12 }[name];
  (flag === '--flood' ? flood : throughput)(one).then((result) => console.log(JSON.stringify(result)));
} else {
  main();
}
