'use strict';

const { spawn } = require('node:child_process');

/**
 * Variants measured in processes of their own, in turn: whatever else the machine does meets all of them. The file
 * is started once for each, with the variant's name, and calls `answerRounds` there.
 *
 * @param {{ file: string, names: readonly string[], flags?: readonly string[], rounds: number, check: (answer: string, name: string) => void }} how
 *   `check` throws where a variant does not do what is measured
 * @returns {Promise<{ name: string, samples: number[] }[]>} nanoseconds of processor time for one request, by round
 */
async function measureRounds({ file, names, flags = [], rounds, check }) {
  const workers = names.map((name) => ({
    name,
    child: spawn(process.execPath, [...flags, file, name], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
    samples: /** @type {number[]} */ ([]),
  }));
  const reply = (/** @type {any} */ child) => new Promise((resolve) => child.once('message', resolve));
  for (const { child, name } of workers) check(/** @type {any} */ (await reply(child)).answer, name);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < workers.length; i += 1) {
      const one = workers[(i + round) % workers.length];
      const pending = reply(one.child);
      one.child.send('round');
      one.samples.push(/** @type {any} */ (await pending).ns);
    }
  }
  for (const { child } of workers) child.kill();
  return workers.map(({ name, samples }) => ({ name, samples }));
}

/**
 * The other side: sends what the variant answers, and measures a round whenever it is asked to.
 *
 * @param {import('./pipeline').Pipeline} pipeline
 * @param {Buffer} bytes of one request
 * @param {{ warmUp: number, requests: number }} how
 */
async function answerRounds(pipeline, bytes, { warmUp, requests }) {
  const answer = await pipeline.request(bytes);
  await pipeline.run(bytes, warmUp);
  process.send?.({ answer });
  process.on('message', async () => {
    const before = process.cpuUsage();
    await pipeline.run(bytes, requests);
    const { user, system } = process.cpuUsage(before);
    process.send?.({ ns: ((user + system) * 1000) / requests });
  });
}

module.exports = { measureRounds, answerRounds };
