'use strict';

/**
 * Runs the smoke suite (`__test__/smoke/`) with a target's binary on that target's Node.js: on this machine where it is of
 * that kind, else under qemu, musl's loader or wine. The package is laid out as npm would install it, so the loader
 * finds the binary by itself.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { ROOT, inCache, say, seconds } = require('./work');
const { binaryOf } = require('./targets');
const places = require('./places');

const SUITE = '__test__/smoke/native.test.js';

/** Not every version of Node.js reports in this form by itself. */
const REPORT = '--test-reporter=tap';

/** Minutes: an emulated processor is some twenty times slower. */
const PATIENCE_MS = 30 * 60_000;

/** How each target is run; what is not here is not. @type {Readonly<Record<string, () => places.Place>>} */
const PLACES = Object.freeze({
  'linux-x64-musl': () => places.musl('x64'),
  'linux-arm64-gnu': () => places.emulated('arm64'),
  'linux-arm64-musl': () => places.musl('arm64'),
  'linux-arm-gnueabihf': () => places.emulated('arm'),
  'win32-x64-msvc': () => places.windows(),
});

/** Whether this machine is of that kind. @param {Readonly<import('./targets').Target>} target */
function isHere(target) {
  const glibc = /** @type {any} */ (process.report?.getReport())?.header?.glibcVersionRuntime !== undefined;
  return (
    target.os === process.platform &&
    target.cpu === process.arch &&
    (target.libc === undefined || (target.libc === 'glibc') === glibc)
  );
}

/**
 * The package and the platform package, as npm lays them out, with the smoke suite in it.
 *
 * @param {Readonly<import('./targets').Target>} target
 * @param {string} binary
 */
function stage(target, binary) {
  const folder = inCache('stage', target.name);
  fs.rmSync(folder, { recursive: true, force: true });
  for (const name of ['package.json', 'index.js', 'lib', 'native/binding.js', '__test__/smoke']) {
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  const platform = path.join(folder, 'node_modules', '@hauberk', target.name);
  fs.cpSync(path.join(ROOT, 'npm', target.name), platform, { recursive: true });
  fs.copyFileSync(binary, path.join(platform, binaryOf(target)));
  return folder;
}

/**
 * @param {Readonly<import('./targets').Target>} target
 * @param {string} binary
 * @returns {{ by: string, passed?: number }} `passed` is missing where it was not executed
 */
function execute(target, binary) {
  const here = isHere(target);
  if (!here && PLACES[target.name] === undefined) return { by: 'not executed: static checks only' };
  if (!here && process.platform !== 'linux') return { by: 'not executed: needs Linux' };
  const folder = stage(target, binary);
  const start = Date.now();
  say(`${target.name}: running the smoke suite …`);
  const done = here ? onThisMachine(target, folder) : elsewhere(target, folder);
  const [passed, failed] = ['pass', 'fail'].map((word) =>
    Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(done.said)?.[1] ?? 0),
  );
  if (!done.ok || failed > 0 || passed === 0) {
    const file = inCache('logs', `smoke-${target.name}.log`);
    fs.writeFileSync(file, done.said);
    const lines = done.said.split('\n').filter((line) => /^not ok|error:/.test(line));
    throw new Error(`${target.name}: the smoke suite failed (${done.why}); ${file}\n${lines.join('\n')}`);
  }
  say(`${target.name}: ${passed} tests passed in ${seconds(start)}`);
  return { by: done.by, passed };
}

/** @param {Readonly<import('./targets').Target>} target @param {string} folder */
function onThisMachine(target, folder) {
  const done = spawnSync(process.execPath, [REPORT, path.join(folder, SUITE)], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    maxBuffer: 1e8,
    env: { ...process.env, HAUBERK_SMOKE_TARGET: target.name },
  });
  return {
    ok: done.status === 0,
    why: done.signal ?? `exit code ${done.status}`,
    said: `${done.stdout}${done.stderr}`,
    by: `Node.js ${process.version}`,
  };
}

/** @param {Readonly<import('./targets').Target>} target @param {string} folder */
function elsewhere(target, folder) {
  const place = PLACES[target.name]();
  const version = places.versionOf(place);
  const suite = place.windows ? `Z:\\hauberk\\${SUITE.replaceAll('/', '\\')}` : `/hauberk/${SUITE}`;
  // Wine passes what a Unix environment holds on; a process of Windows starts another as itself.
  const env = {
    ...place.env,
    HAUBERK_SMOKE_TARGET: target.name,
    ...(place.windows ? {} : { HAUBERK_SMOKE_NODE: JSON.stringify(place.node) }),
  };
  const done = places.inside({ ...place, env }, [...place.node, REPORT, suite], folder, PATIENCE_MS);
  return { ...done, by: `Node.js ${version} under ${place.by}` };
}

module.exports = { execute };
