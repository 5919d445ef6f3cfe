'use strict';

/**
 * Runs the tests: JavaScript, then Rust.
 *
 * node scripts/test.js                 everything (this is `npm test`)
 * node scripts/test.js ratelimit body  only the JavaScript tests whose path contains one of the words
 *
 * Options: --no-setup (the clone is ready), --no-rust, --no-skips (a skipped test is a failure, as in CI).
 * A run that finds no test fails.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const flags = process.argv.slice(2).filter((arg) => arg.startsWith('--'));
const words = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));

if (!flags.includes('--no-setup')) require('./setup').setup();

const passed = javascript() && (words.length > 0 || flags.includes('--no-rust') || rust());
process.exit(passed ? 0 : 1);

function javascript() {
  const files = list();
  if (files.length === 0) return fail('no test file matches');
  const tap = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-test-')), 'out.tap');
  const reporters = [
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=tap', `--test-reporter-destination=${tap}`],
  ];
  const done = spawnSync(process.execPath, ['--test', ...reporters, ...files], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'test' },
  });
  const report = fs.readFileSync(tap, 'utf8');
  fs.rmSync(path.dirname(tap), { recursive: true });
  if (done.status !== 0) return fail('a JavaScript test failed');
  if (count(report, 'tests') === 0) return fail('no JavaScript test ran');
  const skips = count(report, 'skipped') + count(report, 'todo');
  if (skips > 0 && flags.includes('--no-skips')) return fail(`${skips} tests were skipped`);
  return true;
}

function list() {
  return fs
    .readdirSync(path.join(ROOT, '__test__'), { recursive: true })
    .map((name) => path.join('__test__', String(name)))
    .filter((name) => name.endsWith('.test.js') || name.endsWith('.test.mjs'))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .sort();
}

/** @param {string} report @param {string} what */
function count(report, what) {
  return Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(report)?.[1] ?? 0);
}

function rust() {
  const done = spawnSync('cargo', ['test', '--locked'], { cwd: ROOT, stdio: 'inherit' });
  return done.status === 0 || fail('a Rust test failed');
}

/** @param {string} why */
function fail(why) {
  console.error(`hauberk test: ${why}`);
  return false;
}
