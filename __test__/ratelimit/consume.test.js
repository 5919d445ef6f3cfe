'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { Worker } = require('node:worker_threads');
const ratelimit = require('../../lib/ratelimit');

const HOUR = 3_600_000;
const code = (name) => (error) => error.code === name;

test('a decision tells what is left and when', () => {
  const limiter = ratelimit({ limit: 3, windowMs: HOUR });
  const first = limiter.consume('k');
  assert.deepEqual(first, { allowed: true, limit: 3, remaining: 2, resetMs: HOUR / 3, retryAfterMs: 0 });
  assert.equal(limiter.consume('k', 2).remaining, 0);
  const refused = limiter.consume('k');
  assert.equal(refused.allowed, false);
  assert.equal(refused.remaining, 0);
  assert.ok(refused.retryAfterMs > HOUR / 3 - 60_000 && refused.retryAfterMs <= HOUR / 3);
  assert.ok(refused.resetMs > HOUR - 60_000 && refused.resetMs <= HOUR);
});

test('get charges nothing, reset makes the bucket full, keys are apart', () => {
  const limiter = ratelimit({ limit: 1, windowMs: HOUR });
  for (let i = 0; i < 5; i += 1) assert.equal(limiter.get('k').allowed, true);
  assert.equal(limiter.consume('k').allowed, true);
  assert.equal(limiter.get('k').allowed, false);
  assert.equal(limiter.consume('l').allowed, true);
  limiter.reset('k');
  assert.equal(limiter.consume('k').allowed, true);
  assert.equal(limiter.consume('k').allowed, false);
});

test('negative decrement: no cost gives units back', () => {
  const limiter = ratelimit({ limit: 5, windowMs: HOUR });
  for (const cost of [
    -1,
    -0.1,
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    1.5,
    6,
    2 ** 32,
    2 ** 32 + 1,
    '1',
    null,
    {},
    [],
    1n,
    true,
  ]) {
    assert.throws(() => limiter.consume('k', cost), code('ERR_HAUBERK_ARGUMENT'), String(cost));
  }
  assert.equal(limiter.get('k').remaining, 5);
});

test('a key that is no usable string throws', () => {
  const limiter = ratelimit({ limit: 5, windowMs: HOUR });
  for (const key of [
    undefined,
    null,
    NaN,
    1,
    true,
    {},
    [],
    ['k'],
    () => 'k',
    Promise.resolve('k'),
    Symbol('k'),
    '',
    '\ud800',
    'a\ufffdb',
    'x'.repeat(1025),
    '\u20ac'.repeat(342),
    new String('k'),
  ]) {
    for (const call of ['consume', 'get', 'reset']) {
      assert.throws(() => limiter[call](key), code('ERR_HAUBERK_RATELIMIT_KEY'));
    }
  }
  assert.equal(limiter.consume('x'.repeat(1024)).allowed, true);
  assert.equal(limiter.consume('x'.repeat(1024)).remaining, 3);
  assert.equal(limiter.consume(`${'x'.repeat(1023)}y`).remaining, 4);
  assert.equal(limiter.consume('a\0b').remaining, 4);
  assert.equal(limiter.consume('\uff01\u20ac').remaining, 4);
  assert.equal(limiter.consume('a\0c').remaining, 4);
});

test('window edge: no second burst', async () => {
  const limiter = ratelimit({ limit: 5, windowMs: 1000 });
  const start = performance.now();
  const edge = start + 925;
  while (performance.now() < edge) await new Promise((resolve) => setTimeout(resolve, 5));
  let admitted = 0;
  const from = performance.now();
  while (performance.now() < from + 150) if (limiter.consume('k').allowed) admitted += 1;
  // A burst of 5, and one unit each 200 ms of the time that this really took.
  assert.ok(admitted >= 5 && admitted <= 5 + Math.ceil((performance.now() - from) / 200), String(admitted));
});

test('after retryAfterMs the same request passes', async () => {
  const limiter = ratelimit({ limit: 20, windowMs: 1000, burst: 1 });
  limiter.consume('k');
  const { allowed, retryAfterMs } = limiter.consume('k');
  assert.ok(!allowed && retryAfterMs > 0 && retryAfterMs <= 50);
  await new Promise((resolve) => setTimeout(resolve, retryAfterMs + 2));
  assert.equal(limiter.consume('k').allowed, true);
});

test('names: the same name and policy share, another policy does not, another size throws', () => {
  const one = ratelimit({ name: 'shared', limit: 2, windowMs: HOUR });
  const same = ratelimit({ name: 'shared', limit: 2, windowMs: HOUR });
  const other = ratelimit({ name: 'shared', limit: 3, windowMs: HOUR });
  one.consume('k');
  assert.equal(same.consume('k').remaining, 0);
  assert.equal(other.consume('k').remaining, 2);
  assert.throws(
    () => ratelimit({ name: 'shared', limit: 2, windowMs: HOUR, slots: 2048 }),
    code('ERR_HAUBERK_RATELIMIT_TABLE'),
  );
});

test('early close: what is charged later throws, closing twice does nothing, the name is free again', () => {
  const limiter = ratelimit({ name: 'closing', limit: 1, windowMs: HOUR });
  limiter.consume('k');
  limiter.close();
  limiter.close();
  for (const call of ['consume', 'get', 'reset']) {
    assert.throws(() => limiter[call]('k'), code('ERR_HAUBERK_RATELIMIT_TABLE'));
  }
  const next = ratelimit({ name: 'closing', limit: 1, windowMs: HOUR, slots: 4096 });
  assert.equal(next.consume('k').allowed, true);
});

test('a flood of clients does not free the one that is out of units', () => {
  const limiter = ratelimit({ limit: 10, windowMs: HOUR, slots: 1024 });
  limiter.consume('attacker', 10);
  for (let i = 0; i < 200_000; i += 1) limiter.consume(`client-${i}`);
  assert.equal(limiter.consume('attacker').allowed, false);
});

test('worker threads share one table and admit exactly the limit', async () => {
  const LIMIT = 10_000;
  const lib = path.join(__dirname, '../../lib/ratelimit');
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const limiter = require(workerData.lib)({ name: 'workers', limit: ${LIMIT}, windowMs: ${1000 * HOUR} });
    parentPort.once('message', () => {
      let admitted = 0;
      for (let i = 0; i < ${LIMIT}; i += 1) {
        if (limiter.consume('one').allowed) admitted += 1;
        limiter.consume('other-' + i % 977);
      }
      parentPort.postMessage(admitted);
    });
    parentPort.postMessage('ready');
  `;
  // Keeps the table between the threads' lives.
  const own = ratelimit({ name: 'workers', limit: LIMIT, windowMs: 1000 * HOUR });
  const workers = Array.from({ length: 4 }, () => new Worker(source, { eval: true, workerData: { lib } }));
  const message = (worker) =>
    new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await Promise.all(workers.map(message));
  const answers = workers.map(message);
  for (const worker of workers) worker.postMessage('go');
  const admitted = (await Promise.all(answers)).reduce((sum, one) => sum + one, 0);
  await Promise.all(workers.map((worker) => worker.terminate()));
  assert.equal(admitted, LIMIT);
  assert.equal(own.consume('one').allowed, false);
});

test('limiters without a name are told apart by their place, alike in every thread', async () => {
  const lib = path.join(__dirname, '../../lib/ratelimit');
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const make = require(workerData.lib);
    const two = [make({ limit: 77, windowMs: ${HOUR} }), make({ limit: 77, windowMs: ${HOUR} })];
    parentPort.postMessage([two[0].consume('k').remaining, two[1].consume('k').remaining]);
    parentPort.once('message', () => process.exit());
  `;
  const first = new Worker(source, { eval: true, workerData: { lib } });
  const message = (worker) =>
    new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  assert.deepEqual(await message(first), [76, 76]);
  const second = new Worker(source, { eval: true, workerData: { lib } });
  assert.deepEqual(await message(second), [75, 75]);
  for (const worker of [first, second]) {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('end');
    await ended;
  }
});

test('limiters without a name and of another size in another thread have a table of their own', async () => {
  const lib = path.join(__dirname, '../../lib/ratelimit');
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const make = require(workerData.lib);
    const sizes = Array.from({ length: 64 }, () => make({ limit: 78, windowMs: ${HOUR}, slots: 2048 }));
    parentPort.postMessage(sizes.map((limiter) => limiter.consume('k').remaining));
  `;
  const own = Array.from({ length: 64 }, () => ratelimit({ limit: 78, windowMs: HOUR, slots: 1024 }));
  const remaining = await new Promise((resolve, reject) =>
    new Worker(source, { eval: true, workerData: { lib } }).once('message', resolve).once('error', reject),
  );
  assert.deepEqual(new Set(remaining), new Set([77]));
  for (const limiter of own) limiter.close();
});

test('a closed table gives its memory back, and the next one is resident only as far as it is used', (t) => {
  if (process.platform !== 'linux') return t.skip('reads /proc');
  const lib = path.join(__dirname, '../../lib/ratelimit');
  const source = `
    const make = require(${JSON.stringify(lib)});
    const mib = () => Number(/VmRSS:\\s+(\\d+)/.exec(require('node:fs').readFileSync('/proc/self/status'))[1]) / 1024;
    const open = () => Array.from({ length: 32 }, () => make());
    const before = mib();
    const close = (limiters) => limiters.forEach((limiter) => limiter.close());
    close(open());
    const [second, last] = [open(), make()];
    close(second);
    const limiters = [...open(), last];
    console.log(mib() - before, limiters.length);
  `;
  const out = execFileSync(process.execPath, ['-e', source], { encoding: 'utf8' });
  // 32 tables of 16 MiB are 512 MiB; what is measured is Node.js's own memory.
  assert.ok(Number.parseFloat(out) < 100, out);
});
