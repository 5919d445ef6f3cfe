'use strict';

/**
 * A worker of a cluster that asks for one key again and again. Arguments: directory, how the limiter is
 * made (JSON; with `limits` in place of `limit`, the requests take these limits in turn), how many requests,
 * how many workers. Tells the parent how many were admitted.
 */
const cluster = require('node:cluster');
const ratelimit = require('../../../lib/ratelimit');

const [directory, options, times, workers] = process.argv.slice(2);

function hammer() {
  const { limits, ...rest } = JSON.parse(options);
  const limit = limits === undefined ? {} : { limit: () => 1 };
  const limiter = ratelimit({ ...rest, ...limit, scope: 'machine', name: 'app', directory });
  let admitted = 0;
  for (let i = 0; i < Number(times); i += 1) {
    const own = limits?.[i % limits.length];
    limiter.consume(`other-${i % 50}`, 1, own);
    if (limiter.consume('one', 1, own).allowed) admitted += 1;
  }
  process.send?.(admitted, () => process.disconnect());
}

function lead() {
  cluster.setupPrimary({ args: process.argv.slice(2) });
  let total = 0;
  let left = Number(workers);
  for (let i = 0; i < left; i += 1) cluster.fork();
  cluster.on('message', (_worker, /** @type {number} */ admitted) => (total += admitted));
  cluster.on('exit', () => {
    left -= 1;
    if (left === 0) console.log(total);
  });
}

if (cluster.isPrimary) lead();
else hammer();
