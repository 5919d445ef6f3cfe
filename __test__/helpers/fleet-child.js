'use strict';

/**
 * One process of a fleet: `node fleet-child.js survive|hammer <client> <port> [options as JSON]`. With `limits` in
 * place of `limit` the requests take these limits in turn.
 */

const ratelimit = require('../../lib/ratelimit');

const [what, name, port, options = '{"limit":1000}'] = process.argv.slice(2);

function open() {
  if (name.startsWith('ioredis')) return new (require(name).Redis)(Number(port), '127.0.0.1');
  const client = require(name).createClient({ url: `redis://127.0.0.1:${port}` });
  client.connect().catch(() => {});
  return client;
}

const { limits, ...given } = JSON.parse(options);
const limiter = ratelimit({
  redis: open(),
  name: 'children',
  ...(options.includes('policies') ? {} : { windowMs: 24 * 3_600_000 }),
  deadlineMs: 10_000,
  ...given,
  ...(limits === undefined ? {} : { limit: () => 1 }),
});

async function main() {
  while ((await limiter.get('other', limits && 1000)).remaining !== 1000)
    await new Promise((resolve) => setTimeout(resolve, 20));
  if (what === 'survive') {
    console.log('ready');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    for (let i = 0; i < 20; i += 1) await limiter.consume('a');
    console.log('survived');
  } else {
    let admitted = 0;
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => limiter.consume('hammered', 1, limits?.[i % limits.length])),
      );
      admitted += answers.filter(({ allowed }) => allowed).length;
    }
    console.log(`admitted ${admitted}`);
  }
  process.exit(0);
}

main();
