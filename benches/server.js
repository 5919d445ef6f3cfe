'use strict';

/**
 * A whole guarded app on `guard.createServer` and on `http.createServer`, beside the same app without a guard: CPU
 * per request through an in-process stream, and requests per second over loopback sockets. One process per
 * variant, taking turns, so that no variant pays for another's garbage or shapes.
 *
 * `ROUNDS=5 REQUESTS=3000` makes it shorter; `VARIANTS='bare, http;guard, classes'` runs only these.
 */

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const http = require('node:http');
const net = require('node:net');
const { median, format } = require('./harness/compare');
const { Pipeline, requestBytes } = require('./harness/pipeline');

const { classesOf } = require('../lib/internal/express-classes');

const LIMIT = { ratelimit: { limit: 50_000_000, burst: 50_000_000 } };
const GET = requestBytes('GET /notes');
const WARM_UP = 10_000;
const REQUESTS = Number(process.env.REQUESTS ?? 6000);
const CONNECTIONS = 16;
const ROUNDS = Number(process.env.ROUNDS ?? 11);

/** What stands in front of the handler, and what makes the server. */
const VARIANTS = {
  'bare, http': [() => undefined, http.createServer],
  'bare, classes': [() => undefined, withClasses],
  'headers, http': [() => require('..').headers({ preset: 'api' }), http.createServer],
  'headers, classes': [() => require('..').headers({ preset: 'api' }), withClasses],
  'headers as helmet, http': [() => require('..').headers({ preset: 'helmet' }), http.createServer],
  'helmet, http': [() => require('helmet')(), http.createServer],
  'guard, http': [() => require('..')(LIMIT), http.createServer],
  'guard, classes': [() => require('..')(LIMIT), withClasses],
};

function withClasses(app) {
  return http.createServer(classesOf(app), app);
}

/** @param {string} name */
function build(name) {
  const [make, createServer] = VARIANTS[name];
  const app = require('express')();
  const front = make();
  if (front !== undefined) app.use(front);
  app.get('/notes', (_req, res) => res.json({ ok: true, notes: ['a', 'b'] }));
  if (front?.errors) app.use(front.errors);
  return createServer(app);
}

/** Serves rounds on request, in its own process. @param {string} name */
async function worker(name) {
  // One server for both: a second application in the process would change what V8 knows of the first.
  const server = build(name);
  const pipeline = new Pipeline(server);
  const answer = await pipeline.request(GET);
  await pipeline.run(GET, WARM_UP);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  process.send?.({ answer, port: /** @type {any} */ (server.address()).port });
  process.on('message', async () => {
    const before = process.cpuUsage();
    await pipeline.run(GET, REQUESTS);
    const { user, system } = process.cpuUsage(before);
    process.send?.({ ns: ((user + system) * 1000) / REQUESTS });
  });
}

/** Requests per second over connections that each have one request on the way. @param {number} port */
async function load(port) {
  let left = REQUESTS;
  const start = process.hrtime.bigint();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, () => {
      const socket = net.connect(port, '127.0.0.1').setNoDelay(true);
      socket.on('data', () => {
        left -= 1;
        if (left < CONNECTIONS) socket.end();
        else socket.write(GET);
      });
      socket.write(GET);
      return new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
    }),
  );
  return (REQUESTS - left) / (Number(process.hrtime.bigint() - start) / 1e9);
}

async function main() {
  const wanted = process.env.VARIANTS?.split(';') ?? Object.keys(VARIANTS);
  const names = Object.keys(VARIANTS).filter((name) => wanted.includes(name));
  const workers = names.map((name) => ({
    name,
    port: 0,
    child: spawn(process.execPath, [__filename, name], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
    cpu: /** @type {number[]} */ ([]),
    rate: /** @type {number[]} */ ([]),
  }));
  const reply = (/** @type {any} */ child) => new Promise((resolve) => child.once('message', resolve));
  for (const one of workers) {
    const { answer, port } = /** @type {any} */ (await reply(one.child));
    assert.match(answer, /^HTTP\/1\.1 200 /, one.name);
    assert.match(answer, /\{"ok":true,"notes":\["a","b"\]\}$/, one.name);
    one.port = port;
    await load(port);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let i = 0; i < workers.length; i += 1) {
      const one = workers[(i + round) % workers.length];
      const pending = reply(one.child);
      one.child.send('round');
      one.cpu.push(/** @type {any} */ (await pending).ns);
      one.rate.push(await load(one.port));
    }
  }
  for (const { child } of workers) child.kill();
  console.log(`\nGET of a JSON answer (Node.js ${process.version}, median of ${ROUNDS} rounds)`);
  for (const { name, cpu, rate } of workers) {
    const perSecond = `${Math.round(median(rate))}/s`;
    console.log(
      `  ${name.padEnd(36)} ${format(median(cpu)).padStart(12)} (least ${format(Math.min(...cpu))}) ${perSecond.padStart(12)}`,
    );
  }
}

if (process.argv[2] === undefined) main();
else worker(process.argv[2]);
