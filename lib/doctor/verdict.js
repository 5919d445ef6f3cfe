'use strict';

/**
 * What a check says. Evidence is where it was seen: a text, or a text with a file and a line.
 *
 * @typedef {import('./index').Evidence} Evidence
 * @typedef {{ status: import('./index').Status, what: string, evidence: Evidence[], fix?: string }} Verdict
 *
 * @typedef {object} Check one file of ./checks
 * @property {string} id `practice/name`, as the file is called
 * @property {'static' | 'live'} kind a live one is skipped without a server
 * @property {1 | 2 | 3} weight
 * @property {string} why
 * @property {string} fix
 * @property {string} docs the page, with an anchor where it has one
 * @property {(seen: Seen) => Verdict} look
 *
 * @typedef {object} Seen
 * @property {import('./project/read').Project} project
 * @property {import('./live/look').Live | undefined} live
 * @property {import('./app/start').Started | undefined} app
 * @property {import('./source/guard').Guard} guard
 */

const MAX_EVIDENCE = 20;

/** @param {import('./index').Status} status */
const say =
  (status) =>
  /** @param {string} what @param {(string | Evidence)[]} [evidence] @param {string} [fix] @returns {Verdict} */
  (what, evidence = [], fix) => ({
    status,
    what,
    evidence: evidence.slice(0, MAX_EVIDENCE).map((one) => (typeof one === 'string' ? { text: one } : one)),
    ...(fix === undefined ? {} : { fix }),
  });

module.exports = { pass: say('pass'), warn: say('warn'), fail: say('fail'), skip: say('skip') };
