'use strict';

const options = require('../../internal/options');

/**
 * As policy-of, for a header that can name where it reports to: `{ policy, reportTo }`.
 *
 * @param {readonly string[]} values
 * @param {string} fallback
 * @returns {import('./index').Configure}
 */
function reportingPolicyOf(values, fallback) {
  const shape = {
    policy: options.oneOf(values, fallback),
    reportTo: options.string({
      pattern: /^[a-z*][a-z\d_.*-]{0,63}$/,
      expected: 'a name of reportingEndpoints',
    }),
  };
  return (given, path) => {
    const { policy, reportTo } = options.parse(path, given, shape);
    return reportTo === undefined ? policy : `${policy}; report-to="${reportTo}"`;
  };
}

exports.reportingPolicyOf = reportingPolicyOf;
