'use strict';

/**
 * A limiter that several processes share: a worker of a cluster asks hauberk's table of the machine, and
 * rate-limiter-flexible's cluster limiter, which asks the primary by message.
 */

const cluster = require('node:cluster');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { RateLimiterCluster, RateLimiterClusterMaster } = require('rate-limiter-flexible');
const ratelimit = require('../../lib/ratelimit');
const { compare } = require('../harness/compare');

const PLENTY = 100_000_000;
const HOUR = 3_600_000;

/** In a process of its own, because it becomes the primary of a cluster. */
function run() {
  const { status } = spawnSync(process.execPath, [__filename], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the cluster bench failed');
}

function lead() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-bench-'));
  new RateLimiterClusterMaster();
  const worker = cluster.fork({ DIRECTORY: directory });
  worker.on('exit', (code) => {
    fs.rmSync(directory, { recursive: true });
    process.exit(code ?? 1);
  });
}

async function work() {
  const directory = process.env.DIRECTORY;
  const ours = ratelimit({ limit: PLENTY, windowMs: HOUR, scope: 'machine', name: 'bench', directory });
  const theirs = new RateLimiterCluster({
    keyPrefix: 'bench',
    points: PLENTY,
    duration: 3600,
    timeoutMs: 10_000,
  });
  for (const flying of [1, 64]) {
    await compare(
      `across processes, ${flying} in flight`,
      [
        {
          name: 'hauberk, scope machine',
          run(times) {
            let left = 0;
            for (let i = 0; i < times; i += 1) left += ours.consume('one').remaining;
            return left;
          },
        },
        {
          name: 'rate-limiter-flexible cluster',
          async run(times) {
            for (let i = 0; i < times; i += flying) {
              await Promise.all(Array.from({ length: flying }, () => theirs.consume('one')));
            }
          },
        },
      ],
      { rounds: 9 },
    );
  }
  process.exit(0);
}

if (require.main === module) {
  if (cluster.isPrimary) lead();
  else work().catch((error) => (console.error(error), process.exit(1)));
}

module.exports = { run };
