'use strict';

const { ORIGIN, reflectsCredentials } = require('../../live/look');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/cors-live',
  kind: 'live',
  weight: 3,
  why: 'Any site could read what a signed-in user can.',
  fix: "List the origins: cors({ origin: ['https://app.example'], credentials: true })",
  docs: 'eslint.md#no-cors-reflection',
  look({ live }) {
    const answer = live?.answers.origin;
    if (answer === undefined || answer.error !== undefined) return skip(`no answer: ${answer?.error}`);
    if (reflectsCredentials(answer))
      return fail('a foreign origin may read, with credentials', [
        `Origin: ${ORIGIN} was answered with Access-Control-Allow-Credentials: true`,
      ]);
    return pass('a foreign origin may not read with credentials');
  },
};
