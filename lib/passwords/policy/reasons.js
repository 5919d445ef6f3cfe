'use strict';

/**
 * Every reason, and its text for the user: what is wrong and what to do, never the password.
 *
 * @type {Readonly<Record<string, (more: any) => string>>}
 */
const TEXTS = Object.freeze({
  not_text: () => 'The password must be text.',
  ill_formed: () => 'The password holds broken characters. Type it again.',
  too_long: ({ max, unit }) => `The password must have at most ${max} ${unit}.`,
  too_short: ({ min, length }) =>
    `The password must have at least ${min} characters; this one has ${length}. A few words in a row are easy to remember.`,
  composition: ({ missing }) => `The password needs ${missing.map(classText).join(', ')}.`,
  common: () => 'This is one of the most common passwords, which attackers try first.',
  context: () => 'The password is mostly made of your name, your address or the name of this service.',
  weak: ({ warning, suggestions }) =>
    ['The password is easy to guess.', ...(warning ? [warning] : []), ...suggestions].join(' '),
  breached: () => 'This password is known from a data breach. Do not use it anywhere.',
  breach_unknown: () => 'The password could not be checked against known breaches. Try again in a moment.',
});

/** @param {{ name: string, least: number }} one */
function classText({ name, least }) {
  const names = { lower: 'small letter', upper: 'capital letter', digit: 'digit', symbol: 'symbol' };
  const what = names[/** @type {keyof typeof names} */ (name)];
  return least === 1 ? `a ${what}` : `${least} ${what}s`;
}

/**
 * @param {string} code
 * @param {object} more
 * @returns {any}
 */
function reason(code, more) {
  return { code, text: TEXTS[code](more), ...more };
}

module.exports = { reason, CODES: Object.freeze(Object.keys(TEXTS)) };
