'use strict';

/**
 * Times several ways of doing the same work in one process: first each contestant's result is checked,
 * then they take turns, so that a machine that changes its speed changes it for all; the medians and the
 * ratio to hauberk are printed. Nothing is collected by force in between: that throws away shapes and code
 * which a running server keeps, and would measure their coming back.
 *
 * @typedef {object} Contestant
 * @property {string} name ours starts with `hauberk`
 * @property {(times: number) => unknown} run does the work `times` times; may be async
 * @property {() => unknown} [result] what the check sees
 */

const ROUNDS = 15;
const ROUND_MS = 120;

/**
 * @param {string} title
 * @param {Contestant[]} contestants the first is ours
 * @param {{ check?: (result: unknown, name: string) => void, unit?: string, rounds?: number, roundMs?: number, baseline?: string }} [options]
 *   `baseline` names a contestant whose time is subtracted from the others before the ratio
 */
async function compare(title, contestants, options = {}) {
  const { check, rounds = ROUNDS, roundMs = ROUND_MS, baseline } = options;
  for (const one of contestants) {
    if (check && one.name !== baseline) check(await one.result?.(), one.name);
  }
  const times = [];
  for (const one of contestants) times.push(await calibrate(one, roundMs));
  const samples = contestants.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < contestants.length; i += 1) {
      const at = (i + round) % contestants.length;
      samples[at].push((await time(contestants[at], times[at])) / times[at]);
    }
  }
  return print(title, contestants, samples.map(median), baseline);
}

/** How often to run so that one round lasts about `roundMs`; warms up on the way. */
async function calibrate(/** @type {Contestant} */ one, /** @type {number} */ roundMs) {
  let times = 1;
  for (;;) {
    const ns = await time(one, times);
    if (ns > roundMs * 1e6) return Math.max(1, Math.round((times * roundMs * 1e6) / ns));
    times = Math.max(times * 2, Math.min(times * 16, Math.ceil((times * roundMs * 1e6) / (ns + 1))));
  }
}

async function time(/** @type {Contestant} */ one, /** @type {number} */ times) {
  const start = process.hrtime.bigint();
  const pending = one.run(times);
  if (pending instanceof Promise) await pending;
  return Number(process.hrtime.bigint() - start);
}

function median(/** @type {number[]} */ values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** @returns {{ name: string, ns: number, ratio: number }[]} */
function print(title, contestants, medians, baseline) {
  const floor = baseline === undefined ? 0 : medians[contestants.findIndex((one) => one.name === baseline)];
  const ours = medians[0] - floor;
  console.log(`\n${title}   (Node.js ${process.version}, median${baseline ? `, above ${baseline}` : ''})`);
  const rows = contestants.map((one, i) => ({
    name: one.name,
    ns: medians[i] - floor,
    ratio: (medians[i] - floor) / ours,
  }));
  for (const row of rows) {
    if (row.name === baseline) {
      console.log(`  ${row.name.padEnd(36)} ${format(floor).padStart(12)}   (the floor)`);
      continue;
    }
    const against = row === rows[0] ? '' : `${row.ratio.toFixed(2)} x ours`;
    console.log(`  ${row.name.padEnd(36)} ${format(row.ns).padStart(12)}   ${against}`);
  }
  return rows;
}

function format(/** @type {number} */ ns) {
  if (Math.abs(ns) < 1e3) return `${ns.toFixed(1)} ns`;
  if (Math.abs(ns) < 1e6) return `${(ns / 1e3).toFixed(2)} us`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}

module.exports = { compare, median, format };
