'use strict';

/**
 * The limiter beside rate-limiter-flexible and express-rate-limit in memory, and beside rate-limit-redis.
 *
 * node --expose-gc benches/ratelimit.js          everything
 * node --expose-gc benches/ratelimit.js --fleet  the part with Redis
 */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const express = require('express');
const { rateLimit } = require('express-rate-limit');
const { RateLimiterMemory } = require('rate-limiter-flexible');
const ratelimit = require('../lib/ratelimit');
const { Limiter } = require('../lib/ratelimit/limiter');
const { parse } = require('../lib/ratelimit/options');
const { compare } = require('./harness/compare');
const { Pipeline, requestBytes } = require('./harness/pipeline');
const { fleet } = require('./harness/fleet');

const CLIENTS = 5_000_000;
const HOUR = 3_600_000;
const PLENTY = 100_000_000;

async function main() {
  await sameResults();
  await decisions();
  await inAnApp();
  await fleet(ratelimit);
  require('./ratelimit/cluster').run();
  require('./ratelimit/growth').run();
  floods();
}

/** Each admits the same number of 1000 requests of one client. */
async function sameResults() {
  const ours = ratelimit({ limit: 100, windowMs: HOUR });
  const theirs = new RateLimiterMemory({ points: 100, duration: 3600 });
  let [admitted, admittedByThem] = [0, 0];
  for (let i = 0; i < 1000; i += 1) {
    if (ours.consume('one').allowed) admitted += 1;
    await theirs.consume('one').then(
      () => (admittedByThem += 1),
      () => {},
    );
  }
  assert.deepEqual([admitted, admittedByThem], [100, 100]);
}

async function decisions() {
  const ours = ratelimit({ limit: PLENTY, windowMs: HOUR });
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-bench-'));
  const machine = ratelimit({ limit: PLENTY, windowMs: HOUR, scope: 'machine', name: 'bench', directory });
  fs.rmSync(directory, { recursive: true });
  // What the middleware does: the client is kept on its connection, and with it the place of its key.
  const limiter = new Limiter(parse({ limit: PLENTY, windowMs: HOUR }));
  const theirs = new RateLimiterMemory({ points: PLENTY, duration: 3600 });
  const keys = Array.from({ length: 1024 }, (_, i) => `203.0.${i >> 8}.${i & 255}`);
  const clients = keys.map((key) => ({ address: key, key, masked: key, print: undefined }));
  // A string that V8 has not seen: it is built anew and has no hash yet.
  const fresh = (/** @type {number} */ i) => `203.0.${(i >> 8) & 3}.${i & 255}`;
  for (const [title, keyOf] of /** @type {const} */ ([
    ['decision, cached key string', (/** @type {number} */ i) => keys[i & 1023]],
    ['decision, fresh key string', fresh],
  ])) {
    await compare(
      title,
      [
        {
          name: 'hauberk consume',
          result: () => ours.consume('check').allowed,
          run(times) {
            let left = 0;
            for (let i = 0; i < times; i += 1) left += ours.consume(keyOf(i)).remaining;
            return left;
          },
        },
        {
          name: 'hauberk consume, scope machine',
          result: () => machine.consume('check').allowed,
          run(times) {
            let left = 0;
            for (let i = 0; i < times; i += 1) left += machine.consume(keyOf(i)).remaining;
            return left;
          },
        },
        {
          name: 'hauberk, key kept on the connection',
          result: () => limiter.chargeClient(clients[0], 1),
          run(times) {
            let left = 0;
            for (let i = 0; i < times; i += 1) {
              left += limiter.decision(limiter.chargeClient(clients[i & 1023], 1)).remaining;
            }
            return left;
          },
        },
        {
          name: 'rate-limiter-flexible consume',
          result: async () => (await theirs.consume('check')).remainingPoints >= 0,
          async run(times) {
            for (let i = 0; i < times; i += 1) await theirs.consume(keyOf(i));
          },
        },
        {
          name: '(building the key alone)',
          result: () => true,
          run(times) {
            let length = 0;
            for (let i = 0; i < times; i += 1) length += keyOf(i).length;
            return length;
          },
        },
      ],
      { check: (result) => assert.equal(result, true) },
    );
  }
}

async function inAnApp() {
  const bytes = requestBytes('GET /');
  const contestant = (/** @type {string} */ name, /** @type {any} */ layer) => {
    const app = express();
    app.disable('x-powered-by');
    app.set('etag', false);
    if (layer) app.use(layer);
    app.get('/', (_req, res) => res.end('ok'));
    const pipeline = new Pipeline(app);
    return {
      name,
      run: (/** @type {number} */ times) => pipeline.run(bytes, times),
      result: () => pipeline.request(bytes),
    };
  };
  const theirs = (/** @type {boolean} */ told) =>
    rateLimit({
      windowMs: HOUR,
      limit: PLENTY,
      standardHeaders: told ? 'draft-8' : false,
      legacyHeaders: false,
      validate: false,
    });
  const ours = (/** @type {any} */ fields) => ratelimit({ windowMs: HOUR, limit: PLENTY, fields });
  for (const [told, fields] of /** @type {const} */ ([
    [true, 'draft-8'],
    [false, false],
  ])) {
    await compare(
      `in an app, ${told ? 'with draft-8 fields' : 'without fields'}`,
      [
        contestant('hauberk', ours(fields)),
        contestant('express-rate-limit', theirs(told)),
        contestant('bare Express', undefined),
      ],
      {
        baseline: 'bare Express',
        rounds: 15,
        roundMs: 200,
        check(result) {
          assert.match(String(result), /^HTTP\/1\.1 200/);
          assert.equal(/^ratelimit: .*; r=\d+; t=\d+/im.test(String(result)), told);
          assert.equal(/^ratelimit-policy: .*; q=100000000; w=3600/im.test(String(result)), told);
        },
      },
    );
  }
}

/** Each contestant in a process of its own, so that nobody pays for another's garbage. */
function floods() {
  console.log(`\n${CLIENTS / 1e6} million clients, one request each   (Node.js ${process.version})`);
  for (const name of Object.keys(FLOODS)) {
    const done = spawnSync(process.execPath, ['--expose-gc', __filename, '--flood', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (done.status !== 0) throw new Error(`the flood of ${name} failed`);
    const { memory, pause } = JSON.parse(done.stdout);
    const perClient = ((memory * 2 ** 20) / CLIENTS).toFixed(0);
    console.log(
      `  ${name.padEnd(36)} ${memory.toFixed(0).padStart(6)} MiB more resident (${perClient} B a client)` +
        `   longest pause ${pause.toFixed(1)} ms`,
    );
  }
}

/** @type {Record<string, () => (key: string) => unknown>} */
const FLOODS = {
  hauberk() {
    const limiter = ratelimit({ limit: 100, windowMs: HOUR });
    return (key) => limiter.consume(key);
  },
  'express-rate-limit MemoryStore'() {
    const { MemoryStore } = require('express-rate-limit');
    const store = new MemoryStore();
    store.init(/** @type {any} */ ({ windowMs: HOUR }));
    return (key) => store.increment(key);
  },
  'rate-limiter-flexible'() {
    const limiter = new RateLimiterMemory({ points: 100, duration: 3600 });
    return (key) => limiter.consume(key);
  },
};

/**
 * Sends the clients in slices of 100; the longest slice is the longest time that a request would have had
 * to wait.
 *
 * @param {string} name
 */
async function measureFlood(name) {
  const decide = FLOODS[name]();
  for (let i = 0; i < 10_000; i += 1) await decide(`warm-${i % 100}`);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = 0;
  let pause = 0;
  for (let i = 0; i < CLIENTS;) {
    const start = process.hrtime.bigint();
    for (const end = i + 100; i < end; i += 1) await decide(`${i & 255}.${(i >> 8) & 255}.${i >> 16}.1`);
    pause = Math.max(pause, Number(process.hrtime.bigint() - start) / 1e6);
    if (i % 100_000 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  console.log(JSON.stringify({ memory: (most - before) / 2 ** 20, pause }));
  // Thousands of timers are left in some of the contestants.
  process.exit(0);
}

/** @param {unknown} error */
function fail(error) {
  console.error(error);
  process.exit(1);
}

const flood = process.argv.indexOf('--flood');
if (process.argv.includes('--fleet')) fleet(ratelimit).catch(fail);
else if (flood < 0) main().catch(fail);
else measureFlood(process.argv[flood + 1]).catch(fail);
