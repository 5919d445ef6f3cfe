'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');

const { totp } = require('../../lib/mfa');

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const ENTRY = require.resolve('../../lib/mfa');

test('each worker thread has its answers, and may end at any time', async () => {
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    const { totp } = require(workerData.entry);
    const at = workerData.at;
    let good = 0;
    for (let i = 0; i < 2000; i += 1) {
      const time = (at * 2000 + i) * 30000;
      const verdict = totp.verify(workerData.secret, totp.generate(workerData.secret, { time }), { time });
      if (verdict.ok && verdict.drift === 0) good += 1;
    }
    parentPort.postMessage(good);
    if (at % 2) process.exit();`;
  const workers = [1, 2, 3, 4].map(
    (at) => new Worker(code, { eval: true, workerData: { entry: ENTRY, secret: SECRET, at } }),
  );
  const good = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)));
  assert.deepEqual(await Promise.all(good), [2000, 2000, 2000, 2000]);
  await Promise.all(workers.map((worker) => worker.terminate()));
  assert.equal(totp.verify(SECRET, totp.generate(SECRET, { time: 59_000 }), { time: 59_000 }).ok, true);
});

test('loaded a second time in the same thread, as test runners do, both copies have their own answers', () => {
  const files = Object.keys(require.cache).filter((file) => /[\\/]lib[\\/]mfa[\\/]/.test(file));
  const kept = files.map((file) => [file, require.cache[file]]);
  for (const file of files) delete require.cache[file];
  const { totp: second } = require('../../lib/mfa');
  assert.notEqual(second, totp);
  const code = second.generate(SECRET, { time: 59_000 });
  for (const one of [totp, second, totp]) {
    assert.equal(one.verify(SECRET, code, { time: 59_000 }).ok, true);
    assert.equal(one.verify(SECRET, '000000', { time: 59_000 }).ok, false);
  }
  for (const [file, module] of kept)
    require.cache[/** @type {string} */ (file)] = /** @type {any} */ (module);
});
