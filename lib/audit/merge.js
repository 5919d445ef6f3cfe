'use strict';

const { rank } = require('./severity');

/** @typedef {import('./run').Advisory} Advisory */
/** @typedef {Omit<Advisory, 'source'> & { sources: Advisory['source'][] }} Merged */

/**
 * What several sources say about the same weakness of the same version becomes one: they share an id or an alias.
 * The highest severity holds.
 *
 * @param {Advisory[]} advisories
 * @returns {Merged[]}
 */
function merge(advisories) {
  /** @type {Map<string, Merged[]>} */
  const byVersion = new Map();
  for (const { source, ...one } of advisories) {
    const key = `${one.package}@${one.version}`;
    const list = byVersion.get(key) ?? [];
    byVersion.set(key, list);
    const ids = new Set([one.id, ...one.aliases]);
    const same = list.find((known) => [known.id, ...known.aliases].some((id) => ids.has(id)));
    if (same === undefined) list.push({ ...one, aliases: [...one.aliases], sources: [source] });
    else join(same, source, one);
  }
  return [...byVersion.values()].flat();
}

/** @param {Merged} same @param {Advisory['source']} source @param {Omit<Advisory, 'source'>} one */
function join(same, source, one) {
  if (!same.sources.includes(source)) same.sources.push(source);
  same.aliases = [...new Set([...same.aliases, one.id, ...one.aliases])].filter((id) => id !== same.id);
  if (rank(one.severity) > rank(same.severity)) same.severity = one.severity;
  same.fix ??= one.fix;
  same.url ??= one.url;
}

module.exports = { merge };
