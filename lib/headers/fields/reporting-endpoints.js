'use strict';

const options = require('../../internal/options');
const { reportUrl } = require('./report-url');

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
        return `${name}="${reportUrl(target, `${path}.${name}`)}"`;
      })
      .join(', ');
  },
};
