'use strict';

const { failure } = require('../../internal/project/failure');
const { LIMITS, parseJson, readText, walk } = require('../../internal/project/files');
const { cvss3, level, levelOfScore } = require('../severity');
const { affects, fixOf } = require('./range');

/** @typedef {import('../run').Advisory} Advisory */

/**
 * A folder of OSV records, one JSON file each, at any depth. A file that cannot be read or understood stops the
 * audit: it may hold the advisory that matters.
 *
 * @param {string} folder
 * @param {Map<string, Set<string>>} installed versions by name
 * @returns {Advisory[]}
 */
function fromFolder(folder, installed) {
  /** @type {Advisory[]} */
  const found = [];
  let records = 0;
  for (const file of walk(folder, (name) => name.endsWith('.json'))) {
    const record = parseJson(readText(file, LIMITS.advisory), file);
    if (
      typeof record?.id !== 'string' ||
      (record.affected !== undefined && !Array.isArray(record.affected))
    ) {
      throw failure(`${file} is no OSV record`);
    }
    const ofNpm = (record.affected ?? []).filter(
      (/** @type {any} */ one) => one?.package?.ecosystem === 'npm',
    );
    if (ofNpm.length === 0) continue;
    records += 1;
    if (record.withdrawn === undefined) found.push(...matches(record, ofNpm, installed, file));
  }
  if (records === 0) throw failure(`${folder} holds no OSV record about an npm package`);
  return found;
}

/**
 * @param {any} record
 * @param {any[]} affected
 * @param {Map<string, Set<string>>} installed
 * @param {string} file
 */
function matches(record, affected, installed, file) {
  /** @type {Map<string, Advisory>} */
  const found = new Map();
  for (const one of affected) {
    for (const version of installed.get(one.package.name) ?? []) {
      const key = `${one.package.name}@${version}`;
      try {
        if (!found.has(key) && affects(version, one)) found.set(key, advisory(record, one, version));
      } catch (error) {
        throw failure(`${file}: ${/** @type {Error} */ (error).message}`, error);
      }
    }
  }
  return found.values();
}

/** @param {any} record @param {any} affected @param {string} version @returns {Advisory} */
function advisory(record, affected, version) {
  const page = (record.references ?? []).find((/** @type {any} */ one) => one?.type === 'ADVISORY');
  return {
    source: 'osv',
    id: record.id,
    aliases: (record.aliases ?? []).filter((/** @type {unknown} */ one) => typeof one === 'string'),
    package: affected.package.name,
    version,
    severity: severityOf(record, affected),
    title: String(record.summary ?? record.details ?? record.id)
      .split('\n', 1)[0]
      .slice(0, 200),
    url: typeof page?.url === 'string' ? page.url : undefined,
    fix: fixOf(version, affected.ranges ?? []),
  };
}

/** @param {any} record @param {any} affected */
function severityOf(record, affected) {
  // A package that is itself the attack.
  if (record.id.startsWith('MAL-')) return 'critical';
  const word = affected.database_specific?.severity ?? record.database_specific?.severity;
  if (typeof word === 'string') return level(word);
  const vectors = [...(affected.severity ?? []), ...(record.severity ?? [])];
  const scores = vectors.map((one) => cvss3(one?.score)).filter((score) => score !== undefined);
  return scores.length > 0 ? levelOfScore(Math.max(...scores)) : level(undefined);
}

module.exports = { fromFolder };
