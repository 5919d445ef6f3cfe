'use strict';

/**
 * The form of an answer, by RFC 9110 section 12.5.1: the most specific range decides a form's quality,
 * the best quality wins, and problem+json wins a tie.
 *
 * @typedef {'json' | 'html' | 'text'} Form
 */

/** @type {readonly { form: Form, types: readonly string[] }[]} */
const FORMS = Object.freeze([
  { form: 'json', types: ['application/problem+json', 'application/json'] },
  { form: 'html', types: ['text/html'] },
  { form: 'text', types: ['text/plain'] },
]);

/**
 * @param {unknown} accept the Accept field
 * @returns {Form} `json` also where nothing fits: an error in another form is better than none
 */
function negotiate(accept) {
  if (typeof accept !== 'string' || accept === '' || accept === '*/*') return 'json';
  const ranges = accept.slice(0, 1024).toLowerCase().split(',', 32).map(readRange);
  /** @type {Form} */
  let best = 'json';
  let bestQuality = 0;
  for (const { form, types } of FORMS) {
    const quality = Math.max(...types.map((type) => qualityOf(type, ranges)));
    if (quality > bestQuality) [best, bestQuality] = [form, quality];
  }
  return best;
}

/** @param {string} text */
function readRange(text) {
  const [range, ...parameters] = text.split(';').map((part) => part.trim());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { range, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/**
 * @param {string} type
 * @param {{ range: string, quality: number }[]} ranges
 */
function qualityOf(type, ranges) {
  const wanted = [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*'];
  for (const range of wanted) {
    const found = ranges.find((one) => one.range === range);
    if (found) return found.quality;
  }
  return 0;
}

module.exports = { negotiate };
