'use strict';

/* eslint-disable security/detect-non-literal-fs-filename -- starts the file that the
   user named, and only where the user named one; without a shell */

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { failure } = require('../failure');

const PRELOAD = path.join(__dirname, 'preload.js');
const MAX_OUTPUT = 4096;
const STOP_MS = 2000;
const DRAIN_MS = 500;

/**
 * @typedef {object} Started
 * @property {string} url
 * @property {number | undefined} uid of the process once it listens; undefined on Windows
 * @property {any} report of `guard.report()`, where the application has a guard
 * @property {string[]} notes
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a file in a process of its own. Whatever port it asks for, it gets a free one of the loopback address.
 *
 * @param {string} file relative to the current folder, or to the root
 * @param {{ root: string, startTimeoutMs: number }} settings
 * @returns {Promise<Started>}
 * @throws HauberkError `ERR_HAUBERK_DOCTOR_FAILED`
 */
async function start(file, { root, startTimeoutMs }) {
  const place = find(file, root);
  const child = spawn(process.execPath, ['--require', PRELOAD, place], {
    cwd: path.resolve(root),
    env: { ...process.env, PORT: '0', HAUBERK_DOCTOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => (output = (output + chunk).slice(-MAX_OUTPUT)));
  }
  const gone = ending(child);
  const stop = async () => {
    if (child.connected) child.disconnect();
    child.kill();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  };
  try {
    const message = await listening(child, gone, file, startTimeoutMs, () => output);
    return { ...message, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Node.js emits `close` only where nobody disconnected; what was written last has a moment to arrive.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
async function ending(child) {
  const drained = Promise.all(
    [child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once('close', resolve))),
  );
  await new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  let timer;
  const moment = new Promise((resolve) => (timer = setTimeout(resolve, DRAIN_MS)));
  await Promise.race([drained, moment]);
  clearTimeout(timer);
}

/** @param {string} file @param {string} root */
function find(file, root) {
  for (const place of [path.resolve(root, file), path.resolve(file)]) {
    if (fs.statSync(place, { throwIfNoEntry: false })?.isFile()) return place;
  }
  throw failure(`${file} does not exist`);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<unknown>} gone
 * @param {string} file
 * @param {number} timeoutMs
 * @param {() => string} output
 * @returns {Promise<Omit<Started, 'stop'>>}
 */
function listening(child, gone, file, timeoutMs, output) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(failure(`${file} did not listen within ${timeoutMs} ms${last(output())}`)),
      timeoutMs,
    );
    const end = (/** @type {() => void} */ then) => {
      clearTimeout(timer);
      then();
    };
    child.once('error', (error) => end(() => reject(failure(`${file} could not be started`, error))));
    gone.then(() => end(() => reject(failure(`${file} ended before it listened${last(output())}`))));
    child.on('message', (/** @type {any} */ message) => {
      if (message?.hauberkDoctor !== true) return;
      if (message.problem !== undefined) return end(() => reject(failure(`${file} ${message.problem}`)));
      const { protocol, port, uid, report } = message;
      const notes =
        report === undefined ? [`${file} has no hauberk guard that could be asked for its report`] : [];
      return end(() => resolve({ url: `${protocol}://127.0.0.1:${port}/`, uid, report, notes }));
    });
  });
}

/** The line of the output that says most. @param {string} output */
function last(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const line =
    lines.find((one) => /^(?:\w*Error\b|\[?ERR_)/.test(one)) ??
    lines.findLast((one) => one !== '' && !one.startsWith('at '));
  return line === undefined ? '' : `: ${line.slice(0, 300)}`;
}

module.exports = { start };
