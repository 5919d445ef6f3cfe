'use strict';

/**
 * What it costs to have hauberk at all: packages and bytes that an installation brings, and the time until a
 * program goes on, beside ten usual packages for the same work. One process per variant and round, taking turns,
 * so that nothing is warm that would be cold at a start.
 */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { median } = require('./harness/compare');
const { weigh } = require('./harness/weight');
const { pack } = require('../scripts/pack');

const ROOT = path.join(__dirname, '..');
const ROUNDS = 21;

const TEN = Object.freeze([
  ...['express', 'helmet', 'express-rate-limit', 'express-validator', 'express-session'],
  ...['csrf-csrf', 'cookie-parser', 'cors', 'bcrypt', 'sanitize-html'],
]);

/** Each with hauberk as it is installed: from its tarball. @type {Readonly<Record<string, (hauberk: string) => void>>} */
const VARIANTS = Object.freeze({
  "require('hauberk')": (hauberk) => void require(hauberk),
  "require('hauberk'), hauberk()": (hauberk) => void require(hauberk)(),
  'the same, and every name of every practice': (hauberk) => useAll(require(hauberk)),
  express: () => void require('express'),
  'express, hauberk()': (hauberk) => {
    require('express');
    require(hauberk)();
  },
  'ten usual packages, express among them': () => TEN.forEach((name) => void require(name)),
});

if (process.argv[2] === undefined) main();
else measure(process.argv[2], process.argv[3]);

/** @param {any} hauberk */
function useAll(hauberk) {
  hauberk();
  for (const name of Object.keys(hauberk))
    for (const part of Object.keys(hauberk[name])) void hauberk[name][part];
}

/** In a process of its own. @param {string} variant @param {string} hauberk */
function measure(variant, hauberk) {
  const files = Object.keys(require.cache).length;
  const before = process.cpuUsage();
  const start = performance.now();
  VARIANTS[variant](hauberk);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const loaded = Object.keys(require.cache).length - files;
  console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, files: loaded }));
  process.exit(0);
}

function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-start-'));
  try {
    const packed = pack(path.join(folder, 'pack'));
    const place = install(folder, packed);
    printWeight(place, packed);
    printTimes(path.join(place, 'node_modules', 'hauberk'));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {{ main: string, platform: string }} packed
 * @returns {string} a project with hauberk
 */
function install(folder, { main, platform }) {
  const place = path.join(folder, 'project');
  fs.mkdirSync(place);
  fs.writeFileSync(path.join(place, 'package.json'), '{ "private": true }\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', main, platform];
  execFileSync(npm, args, { cwd: place, stdio: 'ignore', shell: process.platform === 'win32' });
  return place;
}

/** @param {string} hauberk */
function printTimes(hauberk) {
  const names = Object.keys(VARIANTS);
  /** @type {{ ms: number, cpu: number, files: number }[][]} */
  const samples = names.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (let i = 0; i < names.length; i += 1) {
      const at = (i + round) % names.length;
      const sample = JSON.parse(execFileSync(process.execPath, [__filename, names[at], hauberk]).toString());
      // The first of each reads the files from the disk.
      if (round > 0) samples[at].push(sample);
    }
  }
  console.log(`\nstart   (Node.js ${process.version}, median of ${ROUNDS} processes; least in brackets)`);
  names.forEach((name, i) => {
    const ms = samples[i].map((one) => one.ms);
    const cpu = samples[i].map((one) => one.cpu);
    const time = `${median(ms).toFixed(1)} ms (${Math.min(...ms).toFixed(1)})`;
    const work = `CPU ${median(cpu).toFixed(1)} ms (${Math.min(...cpu).toFixed(1)})`;
    const files = `${samples[i][0].files} modules`;
    console.log(`  ${name.padEnd(44)} ${time.padStart(18)}   ${work.padStart(22)}   ${files.padStart(11)}`);
  });
}

/** @param {string} place @param {{ main: string, platform: string }} packed */
function printWeight(place, { main, platform }) {
  const sizes = [main, platform].reduce((sum, file) => sum + fs.statSync(file).size, 0);
  console.log('\ninstalled   (each package once, with all it needs)');
  print('hauberk', weigh(['hauberk'], place));
  print('  of that the binary', weigh([`@hauberk/${targetOf(platform)}`], place));
  console.log(`  its two tarballs: ${mb(sizes)}`);
  print('ten usual packages', weigh(TEN, ROOT));
  print('the same without express', weigh(TEN.slice(1), ROOT));
}

/** @param {string} tarball */
function targetOf(tarball) {
  return path.basename(tarball).replace(/^hauberk-(.*)-\d+\.\d+\.\d+.*$/, '$1');
}

/** @param {string} name @param {{ packages: number, bytes: number }} weight */
function print(name, { packages, bytes }) {
  console.log(`  ${name.padEnd(44)} ${String(packages).padStart(4)} packages   ${mb(bytes).padStart(9)}`);
}

/** @param {number} bytes */
function mb(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
