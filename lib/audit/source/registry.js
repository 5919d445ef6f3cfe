'use strict';

const { execFile } = require('node:child_process');
const { failure } = require('../../internal/project/failure');
const { level } = require('../severity');

/** @typedef {import('../run').Advisory} Advisory */

const PATH = '-/npm/v1/security/advisories/bulk';
/** Bytes. All advisories of 1500 packages are about 1 MiB. */
const MAX_ANSWER = 32 * 1024 ** 2;

/**
 * Asks the registry's bulk advisory endpoint: one request with every name and version of the lockfile. Anything
 * but a whole and well-formed answer is a failure.
 *
 * @param {{ registry: string | undefined, timeoutMs: number, cwd: string }} settings
 * @param {Map<string, Set<string>>} installed
 * @returns {Promise<Advisory[]>}
 */
async function fromRegistry({ registry, timeoutMs, cwd }, installed) {
  if (installed.size === 0) return [];
  const base = registry ?? (await configured(cwd, timeoutMs));
  const url = new URL(PATH, base.endsWith('/') ? base : `${base}/`);
  const question = Object.fromEntries([...installed].map(([name, versions]) => [name, [...versions]]));
  const answer = parse(await post(url, JSON.stringify(question), timeoutMs));
  return advisories(answer, installed);
}

/** @param {string} cwd @param {number} timeout @returns {Promise<string>} */
function configured(cwd, timeout) {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const options = { cwd, timeout, windowsHide: true, shell: windows };
    execFile(windows ? 'npm.cmd' : 'npm', ['config', 'get', 'registry'], options, (error, stdout) => {
      const said = String(stdout).trim();
      if (!error && URL.canParse(said) && /^https?:/.test(said)) resolve(said);
      else
        reject(
          failure(
            'npm does not say which registry to ask: give --registry URL, or --db DIR to work offline',
            error,
          ),
        );
    });
  });
}

/** @param {URL} url @param {string} body @param {number} timeoutMs */
async function post(url, body, timeoutMs) {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body,
      signal,
      redirect: 'manual',
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw failure(refusal(response.status));
    }
    return await whole(response);
  } catch (error) {
    if (/** @type {{ code?: unknown }} */ (error).code === 'ERR_HAUBERK_AUDIT_FAILED') throw error;
    if (signal.aborted) throw failure(`the registry did not answer within ${timeoutMs} ms`, error);
    const cause = /** @type {{ cause?: { code?: string } }} */ (error).cause;
    throw failure(`the registry could not be reached${cause?.code ? ` (${cause.code})` : ''}`, error);
  }
}

/** @param {number} status */
function refusal(status) {
  if ([404, 405, 410].includes(status)) {
    return `the registry has no bulk advisory endpoint (status ${status}): use another registry, or --db DIR`;
  }
  if (status === 401 || status === 403)
    return `the registry wants credentials (status ${status}): use --db DIR`;
  return `the registry answered with status ${status}`;
}

/** @param {Response} response */
async function whole(response) {
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER)
      throw failure(`the registry's answer is larger than ${MAX_ANSWER / 1024 ** 2} MiB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure("the registry's answer is not JSON", error);
  }
}

/** @param {any} answer by package name @param {Map<string, Set<string>>} installed */
function advisories(answer, installed) {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw malformed('is no object');
  /** @type {Advisory[]} */
  const found = [];
  for (const [name, list] of Object.entries(answer)) {
    if (!Array.isArray(list)) throw malformed('holds something that is no list of advisories');
    for (const one of list) found.push(...matches(name, one, installed.get(name) ?? new Set()));
  }
  return found;
}

/** @param {string} name @param {any} one @param {Set<string>} versions @returns {Advisory[]} */
function matches(name, one, versions) {
  const semver = require('semver');
  const range = one?.vulnerable_versions;
  const identified = ['string', 'number'].includes(typeof one?.id) || typeof one?.url === 'string';
  if (!identified || typeof range !== 'string' || semver.validRange(range, { loose: true }) === null) {
    throw malformed('holds an advisory without an id or a range of versions');
  }
  const url = typeof one.url === 'string' ? one.url : undefined;
  // eslint-disable-next-line security/detect-unsafe-regex -- of fixed length
  const ghsa = /GHSA(-[0-9a-z]{4}){3}/.exec(url ?? '')?.[0];
  const affected = [...versions].filter((version) =>
    semver.satisfies(version, range, { includePrerelease: true, loose: true }),
  );
  return affected.map((version) => ({
    source: 'registry',
    id: ghsa ?? String(one.id ?? url),
    aliases: ghsa === undefined || one.id === undefined ? [] : [String(one.id)],
    package: name,
    version,
    severity: level(one.severity),
    title: String(one.title ?? 'no title').slice(0, 200),
    url,
    fix: undefined,
  }));
}

/** @param {string} what */
const malformed = (what) => failure(`the registry's answer ${what}`);

module.exports = { fromRegistry };
