'use strict';

const { fail, pass, warn } = require('../../verdict');

const GOOD = 100;
const FAIR = 80;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/observatory',
  kind: 'live',
  weight: 3,
  why: 'The score of the HTTP Observatory sums up what the headers of a response stop.',
  fix: 'app.use(hauberk()) before the routes',
  docs: 'headers.md',
  look({ live }) {
    if (live === undefined) throw new Error('a live check without a server');
    const { score, grade, response, tests } = live.observatory;
    const lost = tests
      .filter(({ modifier }) => modifier < 0)
      .map(({ test, modifier, what }) => `${response}: ${modifier} ${test}: ${what}`);
    const what = `HTTP Observatory arithmetic: ${score} (${grade}), the lowest, on ${response}`;
    return score >= GOOD ? pass(what, lost) : score >= FAIR ? warn(what, lost) : fail(what, lost);
  },
};
