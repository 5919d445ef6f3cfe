'use strict';

/**
 * Practice `audit`: the dependencies of a project against known advisories, a policy, and what a lockfile should
 * hold. Needs no native binary. The packages `semver` and `yaml` are loaded when an audit runs, and not before.
 */

/** @param {unknown} [options] */
async function audit(options) {
  const settings = require('./options').settingsOf(options);
  return require('./run').run(settings);
}

/** @param {unknown} result @param {unknown} [format] */
function format(result, format = 'table') {
  return require('./format').format(result, format);
}

exports = module.exports = audit;
exports.format = format;
