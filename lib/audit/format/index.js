'use strict';

const { invalid } = require('../../internal/options');
const { json } = require('./json');
const { junit } = require('./junit');
const { sarif } = require('./sarif');
const { table } = require('./table');

/** @typedef {import('../index').Report} Report */
/** @typedef {import('../index').Finding} Finding */

/** @type {Readonly<Record<string, (result: Report | Error) => string>>} */
const FORMATS = Object.freeze({ table, json, sarif, junit });

/** @param {any} result @param {unknown} name */
function format(result, name) {
  if (typeof name !== 'string' || !Object.hasOwn(FORMATS, name)) {
    throw invalid('audit.format', `one of ${Object.keys(FORMATS).join(', ')}`, name);
  }
  return FORMATS[name](result);
}

module.exports = { format };
