'use strict';

/**
 * What can be measured without being on a request: who has something registers it here, who monitors reads it.
 *
 * @typedef {object} TableState
 * @property {string} name
 * @property {'ratelimit' | 'bans'} kind
 * @property {number} slots
 * @property {number | undefined} used
 * @property {number} lost
 */

/** @type {Set<WeakRef<{ state: () => TableState | undefined }>>} */
const tables = new Set();

/** A registered table that nobody holds any more is no reason to keep its place. */
const gone = new FinalizationRegistry((/** @type {WeakRef<any>} */ place) => tables.delete(place));

/** @param {{ state: () => TableState | undefined }} table */
function addTable(table) {
  const place = new WeakRef(table);
  tables.add(place);
  gone.register(table, place);
}

/**
 * The tables that are open, each name once: several handles may share one.
 *
 * @returns {TableState[]}
 */
function tableStates() {
  /** @type {Map<string, TableState>} */
  const states = new Map();
  for (const place of tables) {
    const state = place.deref()?.state();
    if (state !== undefined) states.set(`${state.kind} ${state.name}`, state);
  }
  return [...states.values()];
}

/** @type {(() => any) | undefined} */
let passwords;

/** @param {() => any} stats of the pool of passwords */
function setPasswords(stats) {
  passwords = stats;
}

/** @returns {any} undefined while the practice is not loaded */
function passwordStats() {
  return passwords?.();
}

module.exports = { addTable, tableStates, setPasswords, passwordStats };
