'use strict';

/**
 * The response fields, in the order in which they are sent (helmet's). The Content-Security-Policy comes
 * before all of them; it has a file of its own, ../policy.js.
 *
 * @typedef {(given: unknown, path: string) => string} Configure makes the value from the option's object
 *
 * @typedef {object} Field
 * @property {string} option
 * @property {string} [alias] an older name of the option
 * @property {string} [madeOf] the option whose object the field is made of too; then it has no option of its own
 * @property {string} name as it is sent
 * @property {string} [reportOnly] the field that only reports, where there is one
 * @property {string} [standard] the value for `true`; absent: `true` says nothing
 * @property {{ helmet?: string, site?: string, api?: string }} sets the value in each set; absent: not sent
 * @property {boolean} [httpsOnly]
 * @property {Configure} [configure] absent: the option is only on or off
 */

/** @type {readonly Field[]} */
const FIELDS = Object.freeze([
  require('./cross-origin-embedder-policy'),
  require('./cross-origin-opener-policy'),
  require('./cross-origin-resource-policy'),
  require('./origin-agent-cluster'),
  require('./referrer-policy'),
  require('./strict-transport-security'),
  require('./x-content-type-options'),
  require('./x-dns-prefetch-control'),
  require('./x-download-options'),
  require('./x-frame-options'),
  require('./x-permitted-cross-domain-policies'),
  require('./x-xss-protection'),
  require('./permissions-policy'),
  require('./reporting-endpoints'),
  require('./cross-origin-embedder-policy-report-only'),
  require('./cross-origin-opener-policy-report-only'),
  require('./nel').nel,
  require('./nel').reportTo,
]);

exports.FIELDS = FIELDS;
