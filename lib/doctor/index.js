'use strict';

/**
 * Practice `doctor`: a project, and a running server, against the eleven practices. Needs no native binary, and
 * runs nothing of the project unless it is given a file to start.
 */

const { settingsOf } = require('./options');

/** @param {unknown} [options] */
async function doctor(options) {
  const settings = settingsOf(options);
  return require('./run').run(settings);
}

/** @param {any} report @param {unknown} [name] @param {{ color?: boolean, all?: boolean }} [options] */
function format(report, name = 'text', options = {}) {
  return require('./format').format(report, name, options);
}

/** @param {any} response */
function observatory(response) {
  return require('./live/observatory').observatory(response);
}

exports = module.exports = doctor;
exports.format = format;
exports.observatory = observatory;
