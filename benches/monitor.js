'use strict';

/**
 * What monitoring costs, as CPU per request; bytes are fed through an in-process stream into a real `http` server, one
 * process per variant, taking turns.
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
const { median, format } = require('./harness/compare');

const ROUNDS = Number(process.env.ROUNDS ?? 21);
const REQUESTS = 15_000;
/** A flood lasts longer than the second that a sample is of. */
const FLOOD = 120_000;
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
else if (process.argv[2] === 'allocation') allocation();
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
  await pipeline.request(bytes);
  const answer = await pipeline.request(bytes);
  await pipeline.run(bytes, WARM_UP);
  process.send?.({ answer });
  process.on('message', async () => {
    const before = process.cpuUsage();
    const times = name.startsWith('blocked') ? FLOOD : REQUESTS;
    await pipeline.run(bytes, times);
    const { user, system } = process.cpuUsage(before);
    process.send?.({ ns: ((user + system) * 1000) / times });
  });
}

/** Bytes that the counting of a request allocates, once it is compiled. */
function allocation() {
  const { Context } = require('../lib/internal/context');
  const { came, answered } = require('../lib/monitor/requests');
  const { ALLOWED, counts, slotOf } = require('../lib/internal/tally');
  const context = new Context();
  const slots = ['privileges', 'headers', 'ratelimit', 'cookies', 'csrf', 'body', 'query'].map(slotOf);
  const work = (/** @type {number} */ times) => {
    for (let i = 0; i < times; i += 1) {
      context.cameAt = 0;
      came(context);
      for (let j = 0; j < slots.length; j += 1) counts[slots[j] + ALLOWED] += 1;
      answered(200, context);
    }
  };
  for (let i = 0; i < 20; i += 1) work(50_000);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = process.hrtime.bigint();
  work(1_000_000);
  const ns = Number(process.hrtime.bigint() - start) / 1e6;
  const bytes = (process.memoryUsage().heapUsed - before) / 1e6;
  console.log(JSON.stringify({ bytes, ns }));
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
  const workers = Object.keys(VARIANTS).map((name) => ({
    name,
    child: spawn(process.execPath, [__filename, name], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    samples: /** @type {number[]} */ ([]),
  }));
  const reply = (/** @type {any} */ child) => new Promise((resolve) => child.once('message', resolve));
  for (const { child, name } of workers) {
    const { answer } = /** @type {any} */ (await reply(child));
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${VARIANTS[name].status} `), name);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let i = 0; i < workers.length; i += 1) {
      const one = workers[(i + round) % workers.length];
      const pending = reply(one.child);
      one.child.send('round');
      one.samples.push(/** @type {any} */ (await pending).ns);
    }
  }
  for (const { child } of workers) child.kill();
  // A new space large enough that nothing is collected, or moved, while it is measured.
  const alone = await run([
    '--expose-gc',
    '--max-semi-space-size=256',
    '--min-semi-space-size=256',
    __filename,
    'allocation',
  ]);
  print(workers, alone);
}

/**
 * @param {{ name: string, samples: number[] }[]} workers
 * @param {{ bytes: number, ns: number }} alone
 */
function print(workers, alone) {
  const [node, off, on, blockedOff, blockedOn] = workers.map(({ samples }) => median(samples));
  const row = (/** @type {string} */ what, /** @type {string} */ value) =>
    console.log(`  ${what.padEnd(62)} ${value.padStart(10)}`);
  console.log(`\nMonitoring, CPU per request (Node.js ${process.version}, median of ${ROUNDS} rounds)`);
  row('node:http alone', format(node));
  row('allowed, monitoring off', format(off));
  row('allowed, monitoring on', format(on));
  row('  on over off', format(on - off));
  row('  the counting alone', format(alone.ns));
  row('  allocated by it, bytes per request', alone.bytes.toFixed(2));
  row('blocked, monitoring off', format(blockedOff));
  row('blocked by a flood, events, log and metrics on', format(blockedOn));
  row('  on over off', `${(((blockedOn - blockedOff) / blockedOff) * 100).toFixed(1)} %`);
  row('  guard and Express, blocked / allowed', ((blockedOn - node) / (on - node)).toFixed(2));
}
