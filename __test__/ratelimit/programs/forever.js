'use strict';

/** Asks for keys until it is killed, and says so on stdout once it has begun. */
const ratelimit = require('../../../lib/ratelimit');

const [directory] = process.argv.slice(2);
const limiter = ratelimit({
  scope: 'machine',
  name: 'app',
  directory,
  slots: 1024,
  policies: [
    { name: 'hour', limit: 1_000_000, windowMs: 3_600_000 },
    { name: 'day', limit: 2_000_000, windowMs: 86_400_000 },
  ],
});
process.stdout.write('on\n');
for (let i = 0; ; i += 1) {
  limiter.consume('worker');
  limiter.consume(`key-${i % 5000}`);
}
