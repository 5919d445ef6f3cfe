'use strict';

/** Where the prebuild keeps its things, and how it runs programs. */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');

/** Toolchains, emulators, logs and finished binaries; may be removed at any time. */
const CACHE = path.join(ROOT, '.cache', 'prebuild');

/** @param {...string} parts */
const inCache = (...parts) => path.join(CACHE, ...parts);

/** @param {string} text */
function say(text) {
  console.log(`prebuild: ${text}`);
}

/**
 * Runs a program; what it prints goes to a log file, whose last lines are in the error where it fails.
 *
 * @param {string} log the name of the log
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options]
 */
function run(log, command, args, options = {}) {
  const file = inCache('logs', `${log}.log`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const out = fs.openSync(file, 'a');
  fs.writeSync(out, `$ ${command} ${args.join(' ')}\n`);
  const done = spawnSync(command, args, { ...options, stdio: ['ignore', out, out] });
  fs.closeSync(out);
  if (done.status === 0) return;
  const why = done.error?.message ?? done.signal ?? `exit code ${done.status}`;
  const tail = fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
  throw new Error(`${path.basename(command)} failed (${why}); the end of ${file}:\n${tail}`);
}

/**
 * Does a piece of set-up once: again when `key` (versions, a format) is another one.
 *
 * @template T
 * @param {string} folder below the cache; emptied before `work`
 * @param {string} key
 * @param {string} what for the progress
 * @param {(folder: string) => T} work
 */
function once(folder, key, what, work) {
  const place = inCache(folder);
  const stamp = path.join(place, '.stamp');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === key) return place;
  const start = Date.now();
  say(`${what} …`);
  fs.rmSync(place, { recursive: true, force: true });
  fs.mkdirSync(place, { recursive: true });
  work(place);
  fs.writeFileSync(stamp, key);
  say(`${what}: ${seconds(start)}`);
  return place;
}

/** @param {number} start */
const seconds = (start) => `${((Date.now() - start) / 1000).toFixed(0)} s`;

/** The output of a program, trimmed. @param {string} command @param {readonly string[]} args */
function ask(command, args, env = process.env) {
  const done = spawnSync(command, args, { encoding: 'utf8', env });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${done.stderr ?? done.error}`);
  return done.stdout.trim();
}

module.exports = { ROOT, CACHE, inCache, say, run, once, ask, seconds };
