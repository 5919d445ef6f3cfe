'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');

/** The reason to skip a test that has to start as root, or false. */
const notRoot =
  process.getuid?.() === 0 && process.platform === 'linux' ? false : 'the tests do not run as root on Linux';

/**
 * Runs a program in a process of its own and gives what it wrote to stdout as JSON. `hauberk`, `assert`, `fs` and
 * `tasks()` (the status of each of its threads) are there for it; it ends with `done(result)`.
 *
 * @param {string} program
 * @param {{ env?: Record<string, string>, args?: string[] }} [options]
 * @returns {Promise<{ result: any, code: number | null, signal: string | null, stderr: string }>}
 */
function run(program, { env = {}, args = [] } = {}) {
  const head = `
    const hauberk = require(${JSON.stringify(ROOT)});
    const fs = require('node:fs');
    const assert = require('node:assert/strict');
    const code = (work) => { try { work(); return 'worked'; } catch (error) { return error.code; } };
    const tasks = () => fs.readdirSync('/proc/self/task').map((task) => {
      const text = fs.readFileSync('/proc/self/task/' + task + '/status', 'latin1');
      const field = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(text)[1].trim();
      return {
        uids: field('Uid').split(/\\s+/).map(Number), gids: field('Gid').split(/\\s+/).map(Number),
        groups: field('Groups').split(/\\s+/).filter(Boolean).map(Number),
        permitted: BigInt('0x' + field('CapPrm')).toString(), effective: BigInt('0x' + field('CapEff')).toString(),
        inheritable: BigInt('0x' + field('CapInh')).toString(), ambient: BigInt('0x' + field('CapAmb')).toString(),
        bounding: BigInt('0x' + field('CapBnd')).toString(), nnp: field('NoNewPrivs'),
      };
    });
    const done = (result) => { fs.writeSync(1, JSON.stringify(result)); process.exit(0); };
  `;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, '-e', head + program], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      let result;
      try {
        result = JSON.parse(stdout);
      } catch {
        result = stdout;
      }
      resolve({ result, code, signal, stderr });
    });
  });
}

module.exports = { notRoot, run };
