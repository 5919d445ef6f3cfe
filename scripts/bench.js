'use strict';

/**
 * Runs the benchmarks side by side with the peers, on Node.js 24.
 *
 * npm run bench                       all of them
 * npm run bench -- ratelimit body     only these practices
 * npm run bench -- --node=20 body     on another Node.js
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { setup } = require('./setup');
const { nodeOf } = require('./node-version');

const ROOT = path.join(__dirname, '..');
const args = process.argv.slice(2);
const major = Number(args.find((arg) => arg.startsWith('--node='))?.slice('--node='.length) ?? 24);
const words = args.filter((arg) => !arg.startsWith('--'));
const known = fs
  .readdirSync(path.join(ROOT, 'benches'))
  .filter((name) => name.endsWith('.js'))
  .map((name) => path.basename(name, '.js'));

for (const word of words) {
  if (!known.includes(word)) {
    console.error(`no benchmark ${word}; there are: ${known.join(', ')}`);
    process.exit(2);
  }
}

setup();
const node = nodeOf(major);
let failed = false;
for (const name of words.length > 0 ? words : known) {
  const done = spawnSync(node, ['--expose-gc', path.join('benches', `${name}.js`)], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (done.status !== 0) {
    console.error(`benchmark ${name} failed`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
