'use strict';

/** From harmless to worst; npm's words. */
const LEVELS = Object.freeze(['info', 'low', 'moderate', 'high', 'critical']);

/** @param {string} level */
const rank = (level) => LEVELS.indexOf(level);

/**
 * The word of a source in npm's words. One that is not known counts as `high`: what nobody rated may be anything.
 *
 * @param {unknown} word
 */
function level(word) {
  const lower = typeof word === 'string' ? word.toLowerCase() : '';
  if (lower === 'medium') return 'moderate';
  if (lower === 'none') return 'info';
  return LEVELS.includes(lower) ? lower : 'high';
}

/** @type {Record<string, Record<string, number>>} */
const WEIGHTS = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};

/**
 * The base score of a CVSS 3.0 or 3.1 vector (FIRST, CVSS v3.1 specification, section 7.1), or undefined.
 *
 * @param {unknown} vector
 * @returns {number | undefined}
 */
function cvss3(vector) {
  if (typeof vector !== 'string' || !/^CVSS:3\.[01]\//.test(vector) || vector.length > 200) return undefined;
  const metric = Object.fromEntries(vector.split('/').map((part) => part.split(':')));
  const changed = metric.S === 'C';
  const privileges = changed ? { N: 0.85, L: 0.68, H: 0.5 } : { N: 0.85, L: 0.62, H: 0.27 };
  const pr = privileges[/** @type {'N'} */ (metric.PR)];
  const [av, ac, ui, c, i, a] = ['AV', 'AC', 'UI', 'C', 'I', 'A'].map((name) => WEIGHTS[name][metric[name]]);
  if ([pr, av, ac, ui, c, i, a].includes(/** @type {any} */ (undefined))) return undefined;
  const base = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  if (impact <= 0) return 0;
  const sum = impact + 8.22 * av * ac * pr * ui;
  return roundUp(Math.min(changed ? 1.08 * sum : sum, 10));
}

/** To one decimal, upwards; in whole numbers as the specification's appendix A says. @param {number} score */
function roundUp(score) {
  const whole = Math.round(score * 100000);
  return whole % 10000 === 0 ? whole / 100000 : (Math.floor(whole / 10000) + 1) / 10;
}

/** CVSS's qualitative scale, section 5. @param {number} score */
function levelOfScore(score) {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'moderate';
  return score > 0 ? 'low' : 'info';
}

module.exports = { LEVELS, rank, level, cvss3, levelOfScore };
