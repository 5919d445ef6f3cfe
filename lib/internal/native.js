'use strict';

const { HauberkError } = require('./fault');

/**
 * The only place that loads the platform binary.
 *
 * @returns {typeof import('../../native/binding')}
 */
function load() {
  try {
    return require('../../native/binding.js');
  } catch (cause) {
    throw new HauberkError(
      'ERR_HAUBERK_NATIVE_MISSING',
      `hauberk has no binary for ${process.platform}-${process.arch} (Node.js ${process.version}). ` +
        'Reinstall without --omit=optional and --no-optional, so that the package ' +
        `@hauberk/${process.platform}-${process.arch}... is installed; in a checkout run "npm run build".`,
      { cause },
    );
  }
}

module.exports = load();
