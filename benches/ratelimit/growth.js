'use strict';

/**
 * What a decision costs as clients grow in number, and how many active clients a flood of new keys leaves
 * in the table. Draws docs/images/ratelimit-growth.svg.
 *
 * node benches/ratelimit/growth.js
 */

const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const ratelimit = require('../../lib/ratelimit');
const { median } = require('../harness/compare');

const HOUR = 3_600_000;
const MIB = 2 ** 20;
const COUNTS = [1e3, 1e4, 1e5, 5e5, 1e6, 2e6, 5e6];
const SLOTS = (96 * MIB) / 16;
const SVG = path.join(__dirname, '../../docs/images/ratelimit-growth.svg');

/** Each contestant in a process of its own, so that nobody pays for another's memory. */
function run() {
  console.log(
    `\ncost of a decision by number of clients   (Node.js ${process.version}, ns of CPU, fresh key strings)`,
  );
  const lines = Object.keys(CONTESTANTS).map((name) => {
    const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', __filename, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`the growth of ${name} failed`);
    const costs = /** @type {number[]} */ (JSON.parse(stdout));
    console.log(
      `  ${name.padEnd(36)} ${costs.map((ns, i) => `${short(COUNTS[i])}: ${ns.toFixed(0)}`).join('   ')}`,
    );
    return { name, costs };
  });
  fs.writeFileSync(SVG, draw(lines));
  survivors();
}

/** @type {Record<string, () => (key: string) => unknown>} */
const CONTESTANTS = {
  'hauberk, 96 MiB'() {
    const limiter = ratelimit({ limit: 100_000_000, windowMs: HOUR, slots: SLOTS });
    return (key) => limiter.consume(key);
  },
  'rate-limiter-flexible'() {
    const { RateLimiterMemory } = require('rate-limiter-flexible');
    const limiter = new RateLimiterMemory({ points: 100_000_000, duration: 3600 });
    return (key) => limiter.consume(key);
  },
};

/** @param {string} name */
async function measure(name) {
  const decide = CONTESTANTS[name]();
  const keyOf = (/** @type {number} */ i) => `${i & 255}.${(i >> 8) & 255}.${i >> 16}.1`;
  const costs = [];
  let made = 0;
  for (const count of COUNTS) {
    for (; made < count; made += 1) await decide(keyOf(made));
    const rounds = [];
    for (let round = 0; round < 9; round += 1) {
      // CPU time, not the clock's: others on the machine must not bend the line.
      const before = process.cpuUsage();
      // All over the clients there are, in an order that no cache foresees.
      for (let i = 0; i < 100_000; i += 1) await decide(keyOf(((i + round * 100_000) * 7_368_787) % count));
      const { user, system } = process.cpuUsage(before);
      rounds.push(((user + system) * 1000) / 100_000);
    }
    costs.push(median(rounds));
  }
  console.log(JSON.stringify(costs));
  process.exit(0);
}

/** Active clients have half of their units left; then come 5 million keys, each once. */
function survivors() {
  console.log('\n100 000 active clients (half of 200 units spent) in a flood of 5 million new keys');
  for (const slots of [2 ** 19, 2 ** 20, 2 ** 21]) {
    const limiter = ratelimit({ limit: 600, windowMs: HOUR, burst: 200, slots });
    for (let i = 0; i < 100_000; i += 1) limiter.consume(`active-${i}`, 100);
    let slowest = 0;
    for (let i = 0; i < 5_000_000;) {
      const start = process.hrtime.bigint();
      for (const end = i + 100; i < end; i += 1) limiter.consume(`f${i}`);
      slowest = Math.max(slowest, Number(process.hrtime.bigint() - start) / 1e6);
    }
    let kept = 0;
    for (let i = 0; i < 100_000; i += 1) if (limiter.get(`active-${i}`).remaining < 150) kept += 1;
    console.log(
      `  table of ${(slots * 16) / MIB} MiB`.padEnd(38) +
        ` ${(kept / 1000).toFixed(2)} % of their buckets are left   longest slice of 100 ${slowest.toFixed(1)} ms`,
    );
    limiter.close();
  }
}

const short = (/** @type {number} */ n) => (n >= 1e6 ? `${n / 1e6}M` : `${n / 1e3}k`);

/** @param {{ name: string, costs: number[] }[]} lines */
function draw(lines) {
  const [width, height, left, top, bottom] = [640, 320, 60, 40, 50];
  const most = Math.ceil(Math.max(...lines.flatMap(({ costs }) => costs)) / 1000) * 1000;
  const [low, high] = [Math.log10(COUNTS[0]), Math.log10(COUNTS[COUNTS.length - 1])];
  const x = (/** @type {number} */ n) => left + ((Math.log10(n) - low) / (high - low)) * (width - left - 20);
  const y = (/** @type {number} */ ns) => height - bottom - (ns / most) * (height - top - bottom);
  const colors = ['#0b6e4f', '#b3541e'];
  const text = (
    /** @type {number} */ at,
    /** @type {number} */ up,
    /** @type {string} */ anchor,
    /** @type {string} */ what,
  ) => `<text x="${at.toFixed(0)}" y="${up.toFixed(0)}" text-anchor="${anchor}">${what}</text>`;
  const parts = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(part * most);
    return `<line x1="${left}" x2="${width - 20}" y1="${at}" y2="${at}" stroke="#ccc"/>${text(left - 6, at + 4, 'end', String(part * most))}`;
  });
  parts.push(...COUNTS.map((n) => text(x(n), height - bottom + 18, 'middle', short(n))));
  lines.forEach(({ name, costs }, i) => {
    const points = costs.map((ns, at) => `${x(COUNTS[at]).toFixed(1)},${y(ns).toFixed(1)}`).join(' ');
    parts.push(`<polyline points="${points}" fill="none" stroke="${colors[i]}" stroke-width="2"/>`);
    parts.push(`<g fill="${colors[i]}">${text(left + 10, top + 16 * i + 20, 'start', name)}</g>`);
  });
  parts.push(text(left, 20, 'start', 'CPU ns per decision, fresh key strings'));
  parts.push(text(width / 2, height - 10, 'middle', 'clients'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

if (require.main === module) {
  if (process.argv[2] === undefined) run();
  else measure(process.argv[2]).catch((error) => (console.error(error), process.exit(1)));
}

module.exports = { run };
