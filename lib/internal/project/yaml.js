'use strict';

const { failure } = require('./failure');

/**
 * YAML as data: every scalar stays text (a version `1.10` is no number), no tags, and no aliases, with which a
 * few lines become gigabytes. `yaml` is loaded here, when a command first needs it, and nowhere else.
 *
 * @param {string} text
 * @param {string} file for the message
 * @returns {unknown}
 */
function parseYaml(text, file) {
  const yaml = require('yaml');
  try {
    return yaml.parse(text, {
      schema: 'failsafe',
      maxAliasCount: 0,
      // It compares every key with every other; a hostile file would take hours.
      uniqueKeys: false,
      logLevel: 'error',
    });
  } catch (error) {
    const at = /** @type {{ linePos?: { line: number }[] }} */ (error).linePos?.[0];
    throw failure(`${file} is not readable YAML${at ? ` (line ${at.line})` : ''}`, error);
  }
}

module.exports = { parseYaml };
