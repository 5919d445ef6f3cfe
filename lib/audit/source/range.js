'use strict';

/**
 * Whether an OSV record affects a version (OSV schema 1.7, "Evaluation").
 *
 * 1. A version that the list `versions` names is affected, whatever the ranges say.
 * 2. A range counts where the version is below one of its limits, or it has none.
 * 3. Its events are walked in the order of their versions; `introduced` opens, `fixed` closes at that version,
 *    `last_affected` closes behind it. The version is affected if the range is open where it stands.
 * 4. Versions are compared by SemVer precedence: a prerelease comes before its release, build metadata is ignored.
 *
 * @typedef {{ introduced?: string, fixed?: string, last_affected?: string, limit?: string }} Event
 * @typedef {{ type?: string, events?: Event[] }} Range
 */

/**
 * @param {string} version
 * @param {{ versions?: unknown, ranges?: unknown }} affected
 * @returns {boolean}
 * @throws TypeError for a record that is not one
 */
function affects(version, affected) {
  if (Array.isArray(affected.versions) && affected.versions.includes(version)) return true;
  const ranges = affected.ranges ?? [];
  if (!Array.isArray(ranges)) throw new TypeError('"ranges" is no list');
  return ranges.some((range) => within(version, range));
}

/** @param {string} version @param {Range} range */
function within(version, range) {
  // Commits of a repository say nothing about versions.
  if (range.type === 'GIT') return false;
  if (range.type !== 'SEMVER' && range.type !== 'ECOSYSTEM')
    throw new TypeError('a range has no known "type"');
  if (!Array.isArray(range.events) || range.events.length === 0)
    throw new TypeError('a range has no "events"');
  if (!belowLimit(version, range.events)) return false;
  let open = false;
  for (const event of sorted(range.events)) {
    if (event.at === undefined || compare(version, event.at) < 0) continue;
    if (event.kind === 'introduced') open = true;
    else if (event.kind === 'fixed' || compare(version, event.at) > 0) open = false;
  }
  return open;
}

/** @param {string} version @param {Event[]} events */
function belowLimit(version, events) {
  const limits = events.map((event) => event.limit).filter((limit) => limit !== undefined);
  return limits.length === 0 || limits.some((limit) => limit === '*' || compare(version, limit) < 0);
}

const KINDS = Object.freeze(['introduced', 'fixed', 'last_affected']);

/** @param {Event[]} events */
function sorted(events) {
  const list = events.map((event) => {
    const kind = KINDS.find((name) => Object.hasOwn(event, name));
    const at = kind === undefined ? undefined : event[/** @type {keyof Event} */ (kind)];
    if (kind === undefined && event.limit === undefined) throw new TypeError('an event of no known kind');
    return { kind, at };
  });
  // At one version a fix comes before a new introduction, so that what is introduced there stays open.
  const order = (/** @type {string | undefined} */ kind) => (kind === 'introduced' ? 1 : 0);
  return list
    .filter(({ at }) => at !== undefined)
    .sort(
      (a, b) =>
        compare(/** @type {string} */ (a.at), /** @type {string} */ (b.at)) || order(a.kind) - order(b.kind),
    );
}

/** `0` comes before every version. @param {string} a @param {string} b */
function compare(a, b) {
  if (a === '0' || b === '0') return a === b ? 0 : a === '0' ? -1 : 1;
  const semver = require('semver');
  const [left, right] = [a, b].map((text) => semver.parse(text, { loose: true }));
  if (left === null || right === null)
    throw new TypeError(`${JSON.stringify(left === null ? a : b)} is no version`);
  return semver.compare(left, right);
}

/** The lowest fix above a version, if the record names one. @param {string} version @param {Range[]} ranges */
function fixOf(version, ranges) {
  const fixes = ranges
    .filter((range) => range.type !== 'GIT')
    .flatMap((range) => (range.events ?? []).map((event) => event.fixed))
    .filter((fix) => fix !== undefined && compare(version, fix) < 0);
  return fixes.sort((a, b) => compare(/** @type {string} */ (a), /** @type {string} */ (b)))[0];
}

module.exports = { affects, fixOf };
