'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const ratelimit = require('../../lib/ratelimit');
const { clients, missing, redisServer, until } = require('../helpers/redis');

const HOUR = 3_600_000;
const LIMIT = 200;
const SHARE = 0.5;
/** How long Redis is gone. `benches/ratelimit/outage.js` has the long form, with times. */
const SECONDS = Number(process.env.HAUBERK_OUTAGE_SECONDS ?? 15);

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Of the substitute only the share is left. */
const inService = async (made) => (await made.get(`new-${Math.random()}`)).remaining === LIMIT;

/**
 * Asks for one key all the time until `done` says so; waits for each decision, so that what hangs is seen.
 *
 * @returns {Promise<number>} how many were admitted
 */
async function hammer(made, done) {
  let admitted = 0;
  while (!done()) {
    const answers = await Promise.all(Array.from({ length: 5 }, () => made.consume('hot')));
    admitted += answers.filter(({ allowed }) => allowed).length;
    await sleep(10);
  }
  return admitted;
}

// All at once, so that the test takes one outage. A rejection that nobody handles fails the file.
test(`Redis frozen and away for ${SECONDS} s under load: every decision is made meanwhile, within the share`, async (t) => {
  if (missing) return t.skip(missing);
  const all = clients.flatMap((client) => ['frozen', 'away'].map((how) => ({ ...client, how })));
  // All of them end before the test does: what starts a server later would never be stopped.
  const settled = await Promise.allSettled(
    all.map(async ({ name, open, how }) => {
      const server = await redisServer(t);
      const own = `${name.replace(' ', '-')}-${how}`;
      const made = ratelimit({ redis: open(t, server.port), name: own, limit: LIMIT, windowMs: HOUR });
      t.after(() => made.close());
      await until(() => inService(made), 60_000);
      if (how === 'frozen') server.kill('SIGSTOP');
      else await server.stop('SIGTERM');
      const began = performance.now();
      // Ends while the server is still gone: no decision can have waited for it.
      const admitted = await hammer(made, () => performance.now() - began > SECONDS * 1000);
      const hours = (performance.now() - began) / HOUR;
      if (how === 'frozen') server.kill('SIGCONT');
      else await server.start();
      await until(() => inService(made), 60_000);
      return { what: `${name}, ${how}`, admitted, share: SHARE * LIMIT * (1 + hours) };
    }),
  );
  for (const outcome of settled) {
    if (outcome.status === 'rejected') throw outcome.reason;
    const { what, admitted, share } = outcome.value;
    // What Redis itself admitted before the store counted as away is at most three rounds of five.
    assert.ok(admitted > 0 && admitted <= share + 1 + 15, `${what}: ${admitted} of ${share}`);
  }
});
