'use strict';

const { invalid } = require('../../internal/options');
const { json } = require('./json');
const { sarif } = require('./sarif');
const { text } = require('./text');

/** @type {Readonly<Record<string, (report: any, options: { color?: boolean, all?: boolean }) => string>>} */
const FORMATS = Object.freeze({ text, json, sarif });

/** @param {any} report @param {unknown} name @param {{ color?: boolean, all?: boolean }} options */
function format(report, name, options) {
  if (typeof name !== 'string' || !Object.hasOwn(FORMATS, name)) {
    throw invalid('doctor.format', `one of ${Object.keys(FORMATS).join(', ')}`, name);
  }
  return FORMATS[name](report, options);
}

module.exports = { format };
