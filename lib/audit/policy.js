'use strict';

const path = require('node:path');
const { HauberkError } = require('../internal/fault');
const { boolean, list, oneOf, parse, string } = require('../internal/options');
const { LIMITS, parseJson, readText } = require('../internal/project/files');
const { LEVELS } = require('./severity');
const { parseYaml } = require('../internal/project/yaml');

/**
 * @typedef {object} Exception
 * @property {string | undefined} advisory id or alias of an advisory, or a lockfile rule
 * @property {string | undefined} package name, or name@range
 * @property {string | undefined} path names from a direct dependency down, `*` one name, `**` any number
 * @property {string} reason
 * @property {string} expires last day it holds, UTC
 */

const text = string({ pattern: /\S/, expected: 'a text' });
const reason = string({ pattern: /\S.{3,}/s, expected: 'a text that says why' });

/** @param {import('../internal/options').Check} check @returns {import('../internal/options').Check} */
const required = (check) => (value, at) => {
  if (value === undefined) throw new HauberkError('ERR_HAUBERK_AUDIT_POLICY', `${at} is missing`);
  return check(value, at);
};

/** @param {unknown} value @param {string} at */
function day(value, at) {
  const match = typeof value === 'string' ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) : null;
  const time = match ? new Date(`${value}T00:00:00Z`) : undefined;
  // 2027-02-30 becomes a day of March where it is not refused.
  if (time && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(String(value))) return value;
  throw new HauberkError('ERR_HAUBERK_AUDIT_POLICY', `${at} must be a day, such as 2027-01-31`);
}

/** @param {unknown} value @param {string} at */
function exception(value, at) {
  const one = parse(at, value, {
    advisory: text,
    package: packageSpec,
    path: text,
    reason: required(reason),
    expires: required(day),
  });
  if (one.advisory === undefined && one.package === undefined && one.path === undefined) {
    throw new HauberkError('ERR_HAUBERK_AUDIT_POLICY', `${at} names no advisory, package or path`);
  }
  return one;
}

/** @param {unknown} value @param {string} at */
function packageSpec(value, at) {
  const spec = text(value, at);
  if (spec === undefined) return undefined;
  const range = rangeOf(spec);
  if (range !== undefined && require('semver').validRange(range) === null) {
    throw new HauberkError('ERR_HAUBERK_AUDIT_POLICY', `${at} has a range that is none`);
  }
  return spec;
}

/** @param {string} spec */
function rangeOf(spec) {
  const at = spec.indexOf('@', 1);
  return at === -1 ? undefined : spec.slice(at + 1);
}

/** YAML's "true" is text here. @param {unknown} value @param {string} at */
function flag(value, at) {
  return boolean()(value === 'true' ? true : value === 'false' ? false : value, at);
}

/**
 * @param {string} file JSON where its name ends so, else YAML
 * @returns {{ level?: string, production?: boolean, exceptions: Exception[] }}
 * @throws HauberkError `ERR_HAUBERK_AUDIT_POLICY`
 */
function load(file) {
  try {
    const raw = readText(file, LIMITS.manifest);
    const input = /\.json$/i.test(file) ? parseJson(raw, file) : parseYaml(raw, file);
    return parse(path.basename(file), input ?? {}, {
      level: oneOf(LEVELS),
      production: flag,
      exceptions: list(exception, []),
    });
  } catch (error) {
    const { code, message } = /** @type {HauberkError} */ (error);
    if (typeof code !== 'string' || !code.startsWith('ERR_HAUBERK_')) throw error;
    // One code for all that is wrong with the file: the caller's options are right.
    throw new HauberkError('ERR_HAUBERK_AUDIT_POLICY', `policy: ${message}`, { cause: error });
  }
}

/**
 * @param {Exception} one
 * @param {{ id: string, aliases: string[], rule: string, package: string, version: string | undefined, paths: string[][], pathsComplete: boolean }} finding
 */
function covers(one, finding) {
  const ids = [finding.id, finding.rule, ...finding.aliases].map((id) => id.toLowerCase());
  if (one.advisory !== undefined && !ids.includes(one.advisory.toLowerCase())) return false;
  if (one.package !== undefined && !isPackage(one.package, finding)) return false;
  if (one.path === undefined) return true;
  // Every way to the package must be excepted: one that is not is still open.
  const pattern = one.path.split('>').map((name) => name.trim());
  return (
    finding.pathsComplete &&
    finding.paths.length > 0 &&
    finding.paths.every((chain) => onPath(pattern, chain))
  );
}

/** @param {string} spec @param {{ package: string, version: string | undefined }} finding */
function isPackage(spec, finding) {
  const range = rangeOf(spec);
  if (range === undefined) return spec === finding.package;
  if (spec.slice(0, -range.length - 1) !== finding.package || finding.version === undefined) return false;
  return require('semver').satisfies(finding.version, range, { includePrerelease: true });
}

/** @param {string[]} pattern @param {string[]} chain @returns {boolean} */
function onPath(pattern, chain) {
  // Row by row, as a text is matched with stars: no pattern takes more than its length times the chain's.
  let row = [true, ...chain.map(() => false)];
  for (const word of pattern) {
    const next = [word === '**' && row[0]];
    for (let i = 1; i <= chain.length; i += 1) {
      next.push(
        word === '**' ? row[i] || next[i - 1] : row[i - 1] && (word === '*' || word === chain[i - 1]),
      );
    }
    row = next;
  }
  return row[chain.length];
}

module.exports = { load, covers };
