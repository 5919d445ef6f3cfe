'use strict';

const options = require('../../internal/options');

/**
 * Where browsers send reports to.
 *
 * @param {unknown} value
 * @param {string} path
 * @returns {string}
 */
function reportUrl(value, path) {
  const expected = 'an https URL, or a path that begins with one "/"';
  if (typeof value !== 'string' || !/^[!#-[\]-~]{1,2048}$/.test(value))
    throw options.invalid(path, expected, value);
  if (/^\/(?![/\\])/.test(value)) return value;
  if (!/^https:\/\/[^/]/i.test(value) || !URL.canParse(value)) throw options.invalid(path, expected, value);
  return value;
}

exports.reportUrl = reportUrl;
