'use strict';

const { PRACTICES } = require('./practices');

/**
 * 1. A check counts by its weight: whole when it passes, half when it warns, not at all when it fails.
 * 2. A skipped check counts for nothing, neither way.
 * 3. A practice has the share of its checks; the project has the mean of its practices that could be looked at, so
 *    that many small checks of one practice do not hide that another is missing.
 *
 * @param {import('./index').Check[]} checks
 */
function summarise(checks) {
  const practices = PRACTICES.map(([practice, title]) =>
    one(
      practice,
      title,
      checks.filter((check) => check.practice === practice),
    ),
  );
  const scores = practices.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const score = scores.length === 0 ? 0 : Math.round(scores.reduce((a, b) => a + b, 0) / scores.length);
  const green = practices.every(({ status }) => status === 'pass');
  return { score: !green && score === 100 ? 99 : score, green, practices };
}

/**
 * @param {import('./index').Practice} practice
 * @param {string} title
 * @param {import('./index').Check[]} checks
 * @returns {import('./index').PracticeReport}
 */
function one(practice, title, checks) {
  const count = (/** @type {string} */ status) => checks.filter((check) => check.status === status).length;
  const weigh = (/** @type {string} */ status) =>
    checks.filter((check) => check.status === status).reduce((sum, { weight }) => sum + weight, 0);
  const all = weigh('pass') + weigh('warn') + weigh('fail');
  const [pass, warn, fail, skip] = ['pass', 'warn', 'fail', 'skip'].map(count);
  const status = fail > 0 ? 'fail' : warn > 0 ? 'warn' : pass > 0 ? 'pass' : 'skip';
  const score = all === 0 ? undefined : Math.round((100 * (weigh('pass') + weigh('warn') / 2)) / all);
  return { practice, title, status, score, pass, warn, fail, skip };
}

module.exports = { summarise };
