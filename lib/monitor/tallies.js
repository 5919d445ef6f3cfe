'use strict';

const { watch } = require('../internal/events');
const { Offenders } = require('./offenders');

/**
 * How often each event was told in this thread, by its name, practice, code and whether it blocked. One for all
 * monitors, from the first one on: metrics are of a process, not of an object in it.
 *
 * @typedef {{ event: string, practice: string, code: string | undefined, blocked: boolean, count: number }} Count
 */

/** Names and codes come from the source of hauberk; this is against a mistake there. */
const MOST = 512;

/** @type {Map<string, Count[]>} by code, or by event where there is none */
const byCode = new Map();
let size = 0;

const offenders = new Offenders();
let watching = false;

/** Begins to count; once is enough. */
function begin() {
  if (watching) return;
  watching = true;
  watch(countEvent);
}

/** @type {import('../internal/events').Watcher} */
function countEvent(event, client) {
  countOf(event).count += 1;
  if (event.blocked && client !== undefined) offenders.add(client);
}

/** @param {import('../internal/events').HauberkEvent} told @returns {Count} */
function countOf(told) {
  const key = told.code ?? told.event;
  let counts = byCode.get(key);
  if (counts === undefined) byCode.set(key, (counts = []));
  for (let i = 0; i < counts.length; i += 1) {
    const one = counts[i];
    if (one.event === told.event && one.blocked === told.blocked && one.practice === told.practice)
      return one;
  }
  const { event, practice, code, blocked } = told;
  const made = { event, practice, code, blocked, count: 0 };
  if (size < MOST) {
    size += 1;
    counts.push(made);
  }
  return made;
}

/** @returns {Count[]} */
function eventCounts() {
  return [...byCode.values()].flat().map((one) => ({ ...one }));
}

module.exports = { begin, eventCounts, offenders };
