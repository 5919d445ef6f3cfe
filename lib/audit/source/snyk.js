'use strict';

const { execFile } = require('node:child_process');
const path = require('node:path');
const { failure } = require('../../internal/project/failure');
const { LIMITS, exists, parseJson, readText } = require('../../internal/project/files');
const { level } = require('../severity');

/** @typedef {import('../run').Advisory} Advisory */

/**
 * What `snyk test --json` said: from a file, or, for `run`, by running it. Snyk sends the list of dependencies
 * to its service and needs an account.
 *
 * @param {{ snyk: string, cwd: string, production: boolean, timeoutMs: number }} settings
 * @returns {Promise<Advisory[]>}
 */
async function fromSnyk(settings) {
  const { snyk } = settings;
  const text = snyk === 'run' ? await run(settings) : readText(snyk, LIMITS.snyk);
  const what = snyk === 'run' ? 'the output of snyk' : snyk;
  const output = parseJson(text, what);
  const projects = Array.isArray(output) ? output : [output];
  if (projects.length === 0) throw failure(`${what} holds no project`);
  return projects.flatMap((project) => advisories(project, what));
}

/** @param {any} project @param {string} what @returns {Advisory[]} */
function advisories(project, what) {
  if (typeof project?.error === 'string')
    throw failure(`snyk could not test: ${project.error.split('\n', 1)[0].slice(0, 200)}`);
  if (!Array.isArray(project?.vulnerabilities)) throw failure(`${what} is no output of "snyk test --json"`);
  return project.vulnerabilities.map((/** @type {any} */ one) => {
    const name = one?.packageName ?? one?.moduleName ?? one?.name;
    if (typeof one?.id !== 'string' || typeof name !== 'string' || typeof one.version !== 'string') {
      throw failure(`${what} holds a vulnerability without an id, a package or a version`);
    }
    const { CVE = [], GHSA = [] } = one.identifiers ?? {};
    const from = Array.isArray(one.from) ? one.from.slice(1).map(String) : [];
    return {
      source: 'snyk',
      id: one.id,
      aliases: [...GHSA, ...CVE].map(String),
      package: name,
      version: one.version,
      severity: level(one.severity),
      title: String(one.title ?? 'no title').slice(0, 200),
      url: typeof one.url === 'string' ? one.url : undefined,
      fix: fixOf(one),
      path: from.map((/** @type {string} */ step) => step.replace(/(.)@[^@]*$/, '$1')),
    };
  });
}

/**
 * `fixedIn` has a version for each line of releases, the oldest first: the first may be older than what is installed.
 *
 * @param {any} one
 * @returns {string | undefined}
 */
function fixOf({ version, fixedIn, nearestFixedInVersion: nearest }) {
  if (typeof nearest === 'string') return nearest;
  const fixed = Array.isArray(fixedIn) ? fixedIn.map(String) : [];
  const semver = require('semver');
  const loose = { loose: true };
  if (semver.valid(version, loose) === null) return fixed[0];
  const later = fixed.filter((one) => semver.valid(one, loose) !== null && semver.gt(one, version, loose));
  return semver.sort(later, loose)[0];
}

/** @param {{ cwd: string, production: boolean, timeoutMs: number }} settings @returns {Promise<string>} */
function run({ cwd, production, timeoutMs }) {
  const windows = process.platform === 'win32';
  const local = path.join(path.resolve(cwd), 'node_modules', '.bin', windows ? 'snyk.cmd' : 'snyk');
  const program = exists(local) ? local : windows ? 'snyk.cmd' : 'snyk';
  const options = { cwd, timeout: timeoutMs, maxBuffer: LIMITS.snyk, windowsHide: true, shell: windows };
  return new Promise((resolve, reject) => {
    execFile(
      windows ? `"${program}"` : program,
      ['test', '--json', ...(production ? [] : ['--dev'])],
      options,
      (error, stdout) => {
        const code = /** @type {{ code?: unknown } | null} */ (error)?.code ?? 0;
        if (error?.killed) reject(failure(`snyk did not answer within ${timeoutMs} ms`, error));
        else if (code === 'ENOENT')
          reject(failure('snyk is not installed: npm install --save-dev snyk', error));
        // What npm installs only fetches the program: without a network it prints nothing, with exit code 0.
        else if (String(stdout).trim() === '')
          reject(
            failure(`snyk printed nothing (exit code ${String(code)}): look at what "snyk test" says`, error),
          );
        // 0: nothing found, 1: something found; 2 and 3 say in the JSON why there is no result.
        else if (code === 0 || code === 1 || String(stdout).trim().startsWith('{')) resolve(String(stdout));
        else reject(failure(`snyk failed (exit code ${String(code)})`, error));
      },
    );
  });
}

module.exports = { fromSnyk };
