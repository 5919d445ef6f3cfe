'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs/promises');
const path = require('node:path');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { Worker } = require('node:worker_threads');
const passwords = require('../../lib/passwords');

const CHEAP = { memoryKiB: 64, passes: 1 };
const LIB = path.join(__dirname, '../../lib/passwords');
const refused = (what) => ({ name: 'HauberkError', code: `ERR_HAUBERK_PASSWORDS_${what}` });

/** Runs a script in a process of its own; fails where that crashes or does not end by itself. */
async function script(body, ...args) {
  const source = `const passwords = require(${JSON.stringify(LIB)});\n${body}`;
  const options = { timeout: 60_000, killSignal: 'SIGKILL' };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', source, ...args], options);
  return stdout.trim();
}

/** Waits for something that the pool does by itself; fails where it does not within 20 s. */
async function until(holds) {
  const limit = Date.now() + 20_000;
  while (!holds()) {
    assert.ok(Date.now() < limit, `not within 20 s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Keeps every thread of the pool busy; gives a function that waits for the end. */
async function occupy() {
  const { threads } = passwords.stats();
  const jobs = Array.from({ length: threads }, () => passwords.hash('pw', { memoryKiB: 65_536, passes: 4 }));
  await until(() => passwords.stats().running === threads);
  return () => Promise.all(jobs);
}

test('attack: 500 logins at once stay within the memory budget and all get their answer', async () => {
  const hash = await passwords.hash('pw');
  const before = passwords.stats().done.verify;
  // However busy the machine is: the usual deadline is 30 s.
  const deadlineMs = 600_000;
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, i) =>
      passwords.verify(hash, i % 2 === 0 ? 'pw' : 'wrong', { deadlineMs }),
    ),
  );
  answers.forEach((answer, i) => assert.equal(answer, i % 2 === 0));
  const { memory, done } = passwords.stats();
  assert.equal(done.verify, before + 500);
  assert.ok(memory.peak <= memory.budget, `${memory.peak} of ${memory.budget}`);
});

test('file reads go on while hashes are in flight', async () => {
  let hashed = 0;
  const flood = Promise.all(Array.from({ length: 32 }, () => passwords.hash('pw').then(() => (hashed += 1))));
  let reads = 0;
  while (hashed < 32) {
    await fs.readFile(__filename);
    reads += 1;
    if (reads === 10) assert.ok(hashed < 32, 'ten reads come through before 32 hashes are done');
  }
  await flood;
  assert.ok(reads >= 10);
});

test('a signal that is aborted already: nothing is begun', async () => {
  const before = passwords.stats().done.hash;
  const reason = new Error('the client left');
  const error = await passwords.hash('pw', { signal: AbortSignal.abort(reason) }).catch((caught) => caught);
  assert.equal(error.code, 'ERR_HAUBERK_PASSWORDS_ABORTED');
  assert.equal(error.cause, reason);
  assert.equal(passwords.stats().done.hash, before);
});

test('a signal while the work waits takes it out of the queue', async () => {
  const end = await occupy();
  const before = passwords.stats();
  const controller = new AbortController();
  const waiting = passwords.verify(null, 'pw', { signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, refused('ABORTED'));
  assert.equal(passwords.stats().refused.aborted, before.refused.aborted + 1);
  await end();
  assert.equal(passwords.stats().done.verify, before.done.verify);
});

test('a signal while the work runs rejects at once; the work ends unheard', async () => {
  const before = passwords.stats().done.hash;
  const controller = new AbortController();
  const running = passwords.hash('pw', { memoryKiB: 131_072, passes: 4, signal: controller.signal });
  await until(() => passwords.stats().running === 1);
  controller.abort();
  await assert.rejects(running, refused('ABORTED'));
  assert.equal(passwords.stats().done.hash, before, 'it still runs');
  await until(() => passwords.stats().done.hash === before + 1);
});

test('a signal after the end does nothing, and no listener stays', async () => {
  const { getEventListeners } = require('node:events');
  const controller = new AbortController();
  const hash = await passwords.hash('pw', { ...CHEAP, signal: controller.signal });
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  controller.abort();
  assert.equal(await passwords.verify(hash, 'pw'), true);
});

test('work that was not begun before its deadline is not begun', async () => {
  const end = await occupy();
  const before = passwords.stats();
  const error = await passwords.verify(null, 'pw', { deadlineMs: 1 }).catch((caught) => caught);
  assert.equal(error.code, 'ERR_HAUBERK_PASSWORDS_DEADLINE');
  assert.equal(error.status, 503);
  assert.equal(passwords.stats().refused.expired, before.refused.expired + 1);
  await end();
  assert.equal(passwords.stats().done.verify, before.done.verify);
});

test('a full queue says busy, with status 503, and takes work again afterwards', async (t) => {
  t.after(() => passwords.configure({ queue: 4096 }));
  passwords.configure({ queue: 3 });
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.hash('pw')));
  const busy = results.filter(({ reason }) => reason?.code === 'ERR_HAUBERK_PASSWORDS_BUSY');
  assert.ok(busy.length >= 40 - 3 - passwords.stats().threads - 3, `${busy.length}`);
  assert.ok(busy.every(({ reason }) => reason.status === 503 && reason.expose === false));
  assert.equal(
    results.length - busy.length,
    results.filter(({ value }) => value?.startsWith('$argon2id$')).length,
  );
  assert.ok(passwords.stats().refused.busy >= busy.length);
  assert.match(await passwords.hash('pw', CHEAP), /^\$argon2id\$/);
});

test('work larger than the whole memory budget is refused; smaller work waits for its turn', async () => {
  const said = await script(`
    passwords.configure({ memoryMiB: 20, threads: 4 });
    const code = (promise) => promise.then(() => 'done', (error) => error.code);
    (async () => {
      const said = [await code(passwords.hash('pw', { memoryKiB: 20484 })), await code(passwords.hash('pw', { memoryKiB: 20480, passes: 1 }))];
      try { passwords.hashSync('pw', { memoryKiB: 20484 }); } catch (error) { said.push(error.code); }
      await Promise.all(Array.from({ length: 12 }, () => passwords.hash('pw')));
      const { memory, done } = passwords.stats();
      console.log(said.join(' '), done.hash, memory.peak <= memory.budget);
    })();`);
  const refusal = 'ERR_HAUBERK_PASSWORDS_TOO_COSTLY';
  assert.equal(said, `${refusal} done ${refusal} 13 true`);
});

test('hash and verify take turns', async () => {
  const said = await script(`
    passwords.configure({ threads: 1 });
    const order = [];
    const hash = passwords.hashSync('pw', ${JSON.stringify(CHEAP)});
    const all = [];
    for (let i = 0; i < 20; i += 1) all.push(passwords.hash('pw').then(() => order.push('h')));
    for (let i = 0; i < 4; i += 1) all.push(passwords.verify(hash, 'pw').then(() => order.push('v')));
    Promise.all(all).then(() => console.log(order.join('')));`);
  assert.ok(said.lastIndexOf('v') < 12, `four logins are not behind twenty registrations: ${said}`);
});

test(
  'memory goes back to the system, and threads end, when there has been nothing to do',
  { timeout: 30_000 },
  async () => {
    await (
      await occupy()
    )();
    assert.ok(passwords.stats().memory.held > 0);
    await until(() => passwords.stats().alive === 0);
    assert.equal(passwords.stats().memory.held, 0);
    assert.equal(await passwords.verify(await passwords.hash('pw', CHEAP), 'pw'), true);
  },
);

test('a process ends by itself after its last answer, and waits for it', async () => {
  const said = await script(`passwords.hash('pw').then((hash) => console.log(hash.slice(0, 9)));`);
  assert.equal(said, '$argon2id');
  assert.equal(await script(`passwords.hash('pw'); process.on('exit', () => console.log('exit'));`), 'exit');
});

test('process.exit() with work in flight is clean', async () => {
  assert.equal(
    await script(`
      for (let i = 0; i < 50; i += 1) passwords.hash('pw').catch(() => {});
      setTimeout(() => { console.log('bye'); process.exit(0); }, 30);`),
    'bye',
  );
});

const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const passwords = require(${JSON.stringify(LIB)});
  (async () => {
    if (workerData === 'flood') {
      for (let i = 0; i < 40; i += 1) passwords.hash('pw').catch(() => {});
      parentPort.postMessage('flooding');
      return;
    }
    const hash = await passwords.hash(workerData);
    parentPort.postMessage([await passwords.verify(hash, workerData), await passwords.verify(hash, 'x')]);
  })();`;

/** @returns {Promise<any>} the first message */
const firstMessage = (worker) =>
  new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));

test('several environments at once get their own answers', async () => {
  const workers = ['one', 'two', 'three'].map((name) => new Worker(WORKER, { eval: true, workerData: name }));
  const exits = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  const mine = passwords.verify(await passwords.hash('main', CHEAP), 'main');
  for (const message of await Promise.all(workers.map(firstMessage)))
    assert.deepEqual(message, [true, false]);
  assert.equal(await mine, true);
  assert.deepEqual(await Promise.all(exits), [0, 0, 0], 'workers end by themselves');
});

test('worker.terminate() with work in flight: no crash, nothing left of it, others go on', async () => {
  for (let round = 0; round < 5; round += 1) {
    const worker = new Worker(WORKER, { eval: true, workerData: 'flood' });
    assert.equal(await firstMessage(worker), 'flooding');
    const mine = passwords.hash('pw', CHEAP);
    await worker.terminate();
    const { waiting, running, threads } = passwords.stats();
    assert.ok(waiting.hash + waiting.verify <= 1, JSON.stringify(waiting));
    assert.ok(running <= threads);
    assert.match(await mine, /^\$argon2id\$/);
  }
  await until(() => passwords.stats().running === 0);
  const { memory, alive } = passwords.stats();
  assert.ok(memory.held <= memory.budget && alive > 0);
  // The whole budget is there again.
  assert.match(await passwords.hash('pw', { memoryKiB: 262_144, passes: 1 }), /m=262144/);
});

test('a process whose workers alone used it survives their end', async () => {
  const said = await script(
    `
    const { Worker } = require('node:worker_threads');
    (async () => {
      for (let i = 0; i < 4; i += 1) {
        const worker = new Worker(process.argv[1], { eval: true, workerData: i % 2 ? 'flood' : 'pw' });
        await new Promise((resolve) => worker.once('message', resolve));
        await worker.terminate();
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      console.log('alive');
    })();`,
    WORKER,
  );
  assert.equal(said, 'alive');
});
