'use strict';

/**
 * Runs the JavaScript tests on every runtime that users have, and prints what passed: Node.js 20, 22, 24 and 26, Bun
 * and Deno, each from the registry's package of it.
 *
 * npm run matrix                             everything
 * npm run matrix -- body sanitize            only the tests whose path contains one of the words
 * npm run matrix -- --on=bun,deno headers    only these runtimes
 *
 * What is known to differ on Bun and Deno stands in scripts/matrix-known.js with its reason; anything else that fails
 * is a failure. The output of each runtime is kept in .cache/matrix/.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const KNOWN = require('./matrix-known');
const { nodeOf } = require('./node-version');
const { binary } = require('./rehearse/tools');

const ROOT = path.join(__dirname, '..');
const OUT = path.join(ROOT, '.cache', 'matrix');
/** For one file of tests. */
const MOST_MS = 300_000;

const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith('--'));
const on = args
  .find((arg) => arg.startsWith('--on='))
  ?.slice('--on='.length)
  .split(',');

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {() => string} executable
 * @property {string[]} args before the file
 * @property {Record<string, RegExp>} counts where its summary says how many passed, failed and were left out
 */

/** @type {readonly Runtime[]} */
const RUNTIMES = Object.freeze([
  ...[20, 22, 24, 26].map((major) => ({
    name: `node${major}`,
    executable: () => nodeOf(major),
    args: ['--test', '--test-reporter=tap'],
    counts: { passed: /^# pass (\d+)$/m, failed: /^# fail (\d+)$/m, skipped: /^# skipped (\d+)$/m },
  })),
  {
    name: 'bun',
    executable: () => binary('bun'),
    args: ['test', '--timeout=120000'],
    counts: { passed: /^ *(\d+) pass$/m, failed: /^ *(\d+) fail$/m, skipped: /^ *(\d+) skip$/m },
  },
  {
    name: 'deno',
    executable: () => binary('deno'),
    args: ['test', '-A', '--no-check'],
    counts: { passed: /(\d+) passed/, failed: /(\d+) failed/, skipped: /(\d+) ignored/ },
  },
]);

/** @returns {string[]} */
function files() {
  return fs
    .readdirSync(path.join(ROOT, '__test__'), { recursive: true })
    .map((name) => path.join('__test__', String(name)))
    .filter((name) => /\.test\.m?js$/.test(name))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .sort();
}

/** @param {Runtime} runtime @param {string[]} list */
function runAll(runtime, list) {
  const executable = runtime.executable();
  const known = KNOWN[runtime.name] ?? {};
  const total = { passed: 0, failed: 0, skipped: 0, known: 0 };
  /** @type {string[]} */
  const broken = [];
  const start = performance.now();
  const log = path.join(OUT, `${runtime.name}.txt`);
  fs.writeFileSync(log, '');
  for (const file of list) {
    const done = runFile(runtime, executable, file);
    fs.appendFileSync(log, `=== ${file}: ${done.status}\n${done.text}\n`);
    const differs = Object.hasOwn(known, file.split(path.sep).join('/'));
    total.passed += done.passed;
    total.skipped += done.skipped;
    if (differs) total.known += 1;
    else if (!done.ok) {
      total.failed += Math.max(1, done.failed);
      broken.push(file);
    }
    process.stdout.write(done.ok ? '.' : differs ? 'k' : 'F');
  }
  process.stdout.write('\n');
  const seconds = (performance.now() - start) / 1000;
  return { name: runtime.name, version: versionOf(executable), ...total, broken, seconds };
}

/** @param {Runtime} runtime @param {string} executable @param {string} file */
function runFile({ args: own, counts }, executable, file) {
  const { status, stdout, stderr } = spawnSync(executable, [...own, `./${file}`], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: MOST_MS,
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, NODE_ENV: 'test', NO_COLOR: '1' },
  });
  const text = `${stdout}${stderr}`;
  const count = (/** @type {string} */ what) => Number(counts[what].exec(text)?.[1] ?? 0);
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  return { status, text, passed, failed, skipped, ok: status === 0 && passed + skipped > 0 };
}

/** @param {string} executable */
function versionOf(executable) {
  const { stdout } = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? '?';
}

function main() {
  const list = files();
  const runtimes = RUNTIMES.filter(({ name }) => on === undefined || on.includes(name));
  if (list.length === 0 || runtimes.length === 0) {
    console.error(`nothing to run; runtimes: ${RUNTIMES.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  fs.mkdirSync(OUT, { recursive: true });
  const rows = runtimes.map((runtime) => {
    console.log(`${runtime.name}: ${list.length} files`);
    return runAll(runtime, list);
  });
  console.log(`\n${list.length} files of tests on ${process.platform}-${process.arch}`);
  const head = ['runtime', 'version', 'passed', 'failed', 'skipped', 'known to differ', 'seconds'];
  const cells = rows.map((row) =>
    [
      row.name,
      row.version,
      row.passed,
      row.failed,
      row.skipped,
      `${row.known} files`,
      row.seconds.toFixed(0),
    ].map(String),
  );
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  for (const row of [head, ...cells])
    console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`);
  for (const { name, broken } of rows) for (const file of broken) console.log(`  ${name} failed: ${file}`);
  process.exit(rows.some(({ broken }) => broken.length > 0) ? 1 : 0);
}

main();
