'use strict';

const options = require('../../internal/options');

/** @param {unknown} value @param {string} path */
function url(value, path) {
  const expected = 'an https URL, or a path that begins with one "/"';
  if (typeof value !== 'string' || !/^[!#-[\]-~]{1,2048}$/.test(value))
    throw options.invalid(path, expected, value);
  if (/^\/(?![/\\])/.test(value)) return value;
  if (!/^https:\/\/[^/]/i.test(value) || !URL.canParse(value)) throw options.invalid(path, expected, value);
  return value;
}

/** Where browsers send reports, by the names that `report-to` uses (W3C Reporting API, 3.3). */
module.exports = {
  option: 'reportingEndpoints',
  name: 'Reporting-Endpoints',
  reportOnly: 'Reporting-Endpoints',
  sets: {},
  configure(/** @type {unknown} */ given, /** @type {string} */ path) {
    const entries = options.isPlainObject(given) ? Object.entries(given) : [];
    if (entries.length === 0) throw options.invalid(path, 'an object of URLs by name', given);
    return entries
      .map(([name, target]) => {
        if (!/^[a-z*][a-z\d_.*-]{0,63}$/.test(name)) {
          throw options.invalid(path, 'named in small letters, digits and "_.*-"', name);
        }
        return `${name}="${url(target, `${path}.${name}`)}"`;
      })
      .join(', ');
  },
};
