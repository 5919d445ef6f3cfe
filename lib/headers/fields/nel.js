'use strict';

const options = require('../../internal/options');
const { reportUrl } = require('./report-url');

const MONTH_SECONDS = 30 * 24 * 60 * 60;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** @type {import('../../internal/options').Check} */
function url(value, path) {
  if (value === undefined) throw options.invalid(path, 'given: where browsers send reports', value);
  return reportUrl(value, path);
}

/** @param {number} fallback @returns {import('../../internal/options').Check} */
function share(fallback) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value >= 0 && value <= 1) return value;
    throw options.invalid(path, 'a share from 0 to 1', value);
  };
}

const SHAPE = Object.freeze({
  url,
  maxAge: options.integer({ min: 0, max: YEAR_SECONDS, unit: 's', default: MONTH_SECONDS }),
  includeSubDomains: options.boolean(false),
  successFraction: share(0),
  failureFraction: share(1),
});

/** The name that both fields use for the group of endpoints. */
const GROUP = 'nel';

/** @param {unknown} given @param {string} path */
const parse = (given, path) => options.parse(path, given, SHAPE);

/**
 * Connections that failed (W3C Network Error Logging, 4.1). Browsers take it over HTTPS only, and not for addresses.
 */
const nel = {
  option: 'nel',
  name: 'NEL',
  reportOnly: 'NEL',
  sets: {},
  httpsOnly: true,
  configure(/** @type {unknown} */ given, /** @type {string} */ path) {
    const { maxAge, includeSubDomains, successFraction, failureFraction } = parse(given, path);
    return JSON.stringify({
      report_to: GROUP,
      max_age: maxAge,
      ...(includeSubDomains && { include_subdomains: true }),
      ...(successFraction !== 0 && { success_fraction: successFraction }),
      ...(failureFraction !== 1 && { failure_fraction: failureFraction }),
    });
  },
};

/** Where those reports go: browsers do not look for the group in Reporting-Endpoints, which lives with a page. */
const reportTo = {
  option: 'nelReportTo',
  madeOf: 'nel',
  name: 'Report-To',
  reportOnly: 'Report-To',
  sets: {},
  httpsOnly: true,
  configure(/** @type {unknown} */ given, /** @type {string} */ path) {
    const { url: target, maxAge, includeSubDomains } = parse(given, path);
    return JSON.stringify({
      group: GROUP,
      max_age: maxAge,
      ...(includeSubDomains && { include_subdomains: true }),
      endpoints: [{ url: target }],
    });
  },
};

module.exports = { nel, reportTo };
