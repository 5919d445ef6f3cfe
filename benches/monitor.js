'use strict';

/**
 * What monitoring costs, as CPU per request; bytes are fed through an in-process stream into a real `http` server, one
 * process per variant, taking turns. The least of the rounds counts: what else runs on the machine only adds.
 *
 * 1. Allowed requests, monitoring on over off: at most 300 ns, and nothing allocated.
 * 2. A blocked request costs at most half of what guard and Express cost an allowed one.
 * 3. Under a flood of one client, events, log and metrics add at most 5 % to a blocked request.
 */

const { spawn } = require('node:child_process');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { format } = require('./harness/compare');
const { measureRounds, answerRounds } = require('./harness/rounds');

const ROUNDS = Number(process.env.ROUNDS ?? 21);
const REQUESTS = 5000;
/** A flood lasts for about the second that a sample is of. */
const FLOOD = 30_000;
const WARM_UP = 30_000;
const MANY = { limit: 50_000_000, burst: 50_000_000 };
const ONE = { limit: 1, windowMs: 24 * 3_600_000, burst: 1 };

const BODY = { name: 'newcomer', email: 'newcomer@example.org', text: 'x'.repeat(130), tags: ['a', 'b'] };

/** @type {Record<string, { ratelimit?: any, monitor?: any, status: number }>} */
const VARIANTS = {
  node: { status: 200 },
  'allowed, off': { ratelimit: MANY, monitor: false, status: 200 },
  'allowed, on': { ratelimit: MANY, monitor: true, status: 200 },
  'blocked, off': { ratelimit: ONE, monitor: false, status: 429 },
  'blocked, on': { ratelimit: ONE, monitor: 'log', status: 429 },
};

if (process.argv[2] === undefined) main();
else if (process.argv[2] === 'alone') alone();
else worker(process.argv[2]);

/** @param {string} name */
function build(name) {
  const { ratelimit, monitor } = VARIANTS[name];
  if (ratelimit === undefined) {
    const answer = JSON.stringify({ ok: true, name: BODY.name });
    return (/** @type {any} */ req, /** @type {any} */ res) => {
      req.on('data', () => {});
      req.on('end', () => {
        res.setHeader('Content-Type', 'application/json; charset=utf-8');
        res.setHeader('Content-Length', Buffer.byteLength(answer));
        res.end(answer);
      });
    };
  }
  const app = require('express')();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-bench-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const guard = require('..')({
    ratelimit,
    monitor: monitor === 'log' ? { log: path.join(folder, 'events.log') } : monitor,
  });
  app.use(guard);
  app.post('/notes', (/** @type {any} */ req, /** @type {any} */ res) =>
    res.json({ ok: true, name: req.body.name }),
  );
  app.use(guard.errors);
  return app;
}

/** Serves rounds on request, in its own process. @param {string} name */
async function worker(name) {
  const { Pipeline, requestBytes } = require('./harness/pipeline');
  const pipeline = new Pipeline(build(name));
  const bytes = requestBytes('POST /notes', BODY);
  // Where the limit is 1, from the second request on they are blocked.
  await pipeline.request(bytes);
  const requests = name.startsWith('blocked') ? FLOOD : REQUESTS;
  await answerRounds(pipeline, bytes, { warmUp: WARM_UP, requests });
}

/** What counting an allowed request, and telling a blocked one, costs alone: least time, and bytes allocated. */
function alone() {
  const { Context } = require('../lib/internal/context');
  const { publish } = require('../lib/internal/events');
  const { came, answered } = require('../lib/monitor/requests');
  const { ALLOWED, counts, slotOf } = require('../lib/internal/tally');
  const context = new Context();
  const slots = ['privileges', 'headers', 'ratelimit', 'cookies', 'csrf', 'body', 'query'].map(slotOf);
  const allowed = measure(() => {
    context.cameAt = 0;
    came(context);
    for (let j = 0; j < slots.length; j += 1) counts[slots[j] + ALLOWED] += 1;
    answered(200, context);
  });
  const client = { address: '203.0.113.7', key: '203.0.113.7', masked: '203.0.113.0/24' };
  const blocked = () =>
    publish(
      {
        event: 'excess_rate_limit_exceeded',
        practice: 'ratelimit',
        code: 'ERR_HAUBERK_RATELIMIT_EXCEEDED',
        blocked: true,
        detail: 'Too many requests; try again later.',
        requestId: 'adfd034a4b32054844faf0fd02577d7f',
        client: client.masked,
        time: Date.now(),
      },
      client,
    );
  const nobody = measure(blocked);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-bench-'));
  const monitor = require('../lib/monitor')({ log: path.join(folder, 'events.log') });
  const told = measure(blocked);
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  console.log(JSON.stringify({ ns: allowed.ns, bytes: allowed.bytes, told: told.ns - nobody.ns }));
  return monitor.close();
}

/** @param {() => void} work */
function measure(work) {
  const times = 20_000;
  const round = () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i += 1) work();
    return Number(process.hrtime.bigint() - start) / times;
  };
  for (let i = 0; i < 30; i += 1) round();
  let ns = Infinity;
  for (let i = 0; i < 60; i += 1) ns = Math.min(ns, round());
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 20; i += 1) round();
  return { ns, bytes: (process.memoryUsage().heapUsed - before) / (20 * times) };
}

/** @param {string[]} args */
function run(args) {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('close', () => resolve(JSON.parse(text)));
  });
}

async function main() {
  const workers = await measureRounds({
    file: __filename,
    names: Object.keys(VARIANTS),
    rounds: ROUNDS,
    check: (answer, name) => assert.match(answer, new RegExp(`^HTTP/1\\.1 ${VARIANTS[name].status} `), name),
  });
  // A new space large enough that nothing is collected, or moved, while it is measured.
  const parts = await run([
    '--expose-gc',
    '--max-semi-space-size=256',
    '--min-semi-space-size=256',
    __filename,
    'alone',
  ]);
  print(workers, parts);
}

/**
 * @param {{ name: string, samples: number[] }[]} workers
 * @param {{ bytes: number, ns: number, told: number }} parts
 */
function print(workers, parts) {
  const [node, off, on, blockedOff, blockedOn] = workers.map(({ samples }) => Math.min(...samples));
  const row = (/** @type {string} */ what, /** @type {string} */ value) =>
    console.log(`  ${what.padEnd(62)} ${value.padStart(10)}`);
  console.log(`\nMonitoring, CPU per request (Node.js ${process.version}, least of ${ROUNDS} rounds)`);
  row('node:http alone', format(node));
  row('allowed, monitoring off', format(off));
  row('allowed, monitoring on', format(on));
  row('  on over off', format(on - off));
  row('  the counting alone', format(parts.ns));
  row('  allocated by it, bytes per request', parts.bytes.toFixed(2));
  row('blocked, monitoring off', format(blockedOff));
  row('blocked by a flood, events, log and metrics on', format(blockedOn));
  row('  on over off', `${(((blockedOn - blockedOff) / blockedOff) * 100).toFixed(1)} %`);
  row('  the telling alone, of a flood', format(parts.told));
  row('  guard and Express, blocked / allowed', ((blockedOn - node) / (on - node)).toFixed(2));
}
