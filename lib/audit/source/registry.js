'use strict';

const { failure } = require('../../internal/project/failure');
const { level } = require('../severity');
const { Registries } = require('./registries');

/** @typedef {import('../run').Advisory} Advisory */

const PATH = '-/npm/v1/security/advisories/bulk';
/** Bytes. All advisories of 1500 packages are about 1 MiB. */
const MAX_ANSWER = 32 * 1024 ** 2;
/** Status of a registry without the endpoint. */
const NONE = Object.freeze([404, 405, 410]);

/**
 * Asks the bulk advisory endpoint: one request with every name and version of the lockfile to the registry, and one
 * to each registry that a scope has of its own. Anything but a whole and well-formed answer is a failure.
 *
 * A scope's registry that has no such endpoint knows no advisories: its packages are asked about where all others
 * are, as npm does.
 *
 * @param {{ registry: string | undefined, timeoutMs: number, cwd: string, manager?: string }} settings
 * @param {Map<string, Set<string>>} installed
 * @returns {Promise<Advisory[]>}
 */
async function fromRegistry(settings, installed) {
  if (installed.size === 0) return [];
  const registries = new Registries(settings);
  const own = scoped(registries, installed);
  const rest = new Set([...installed.keys()].filter((name) => !own.some(({ names }) => names.has(name))));
  const answers = await Promise.all(
    own.map(async ({ registry, names }) => {
      const found = await ask(registry, names, installed, settings.timeoutMs, NONE);
      if (found === undefined) for (const name of names) rest.add(name);
      return found ?? [];
    }),
  );
  if (rest.size === 0) return answers.flat();
  const found = await ask(await registries.main(), rest, installed, settings.timeoutMs, []);
  return [...answers.flat(), ...(found ?? [])];
}

/** @param {Registries} registries @param {Map<string, Set<string>>} installed */
function scoped(registries, installed) {
  /** @type {Map<string, { registry: import('./registries').Registry, names: Set<string> }>} */
  const byBase = new Map();
  for (const name of installed.keys()) {
    const registry = registries.ofScope(name);
    if (registry === undefined) continue;
    const known = byBase.get(registry.base);
    if (known === undefined) byBase.set(registry.base, { registry, names: new Set([name]) });
    else known.names.add(name);
  }
  return [...byBase.values()];
}

/**
 * @param {import('./registries').Registry} registry
 * @param {Set<string>} names
 * @param {Map<string, Set<string>>} installed
 * @param {number} timeoutMs
 * @param {readonly number[]} without a status that says that there is no such endpoint, and is no failure
 * @returns {Promise<Advisory[] | undefined>} undefined where it has no such endpoint
 */
async function ask(registry, names, installed, timeoutMs, without) {
  const question = Object.fromEntries([...names].map((name) => [name, [...(installed.get(name) ?? [])]]));
  const text = await post(registry, JSON.stringify(question), timeoutMs, without);
  return text === undefined ? undefined : advisories(parse(text), installed);
}

/**
 * @param {import('./registries').Registry} registry
 * @param {string} body
 * @param {number} timeoutMs
 * @param {readonly number[]} without
 * @returns {Promise<string | undefined>}
 */
async function post({ base, authorization, withheld }, body, timeoutMs, without) {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(new URL(PATH, base), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
      body,
      signal,
      redirect: 'manual',
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      if (without.includes(response.status)) return undefined;
      throw failure(refusal(response.status, { sent: authorization !== undefined, withheld }));
    }
    return await whole(response);
  } catch (error) {
    if (/** @type {{ code?: unknown }} */ (error).code === 'ERR_HAUBERK_AUDIT_FAILED') throw error;
    if (signal.aborted) throw failure(`the registry did not answer within ${timeoutMs} ms`, error);
    const cause = /** @type {{ cause?: { code?: string } }} */ (error).cause;
    throw failure(`the registry could not be reached${cause?.code ? ` (${cause.code})` : ''}`, error);
  }
}

/** @param {number} status @param {{ sent: boolean, withheld: boolean }} credentials */
function refusal(status, { sent, withheld }) {
  if (NONE.includes(status)) {
    return `the registry has no bulk advisory endpoint (status ${status}): use another registry, or --db DIR`;
  }
  if (status === 401 || status === 403) {
    if (sent) return `the registry refuses the credentials that are configured for it (status ${status})`;
    if (withheld) {
      return `the registry wants credentials (status ${status}), which are not sent without TLS: use https`;
    }
    return `the registry wants credentials (status ${status}): put them into .npmrc, or use --db DIR`;
  }
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
