'use strict';

const { HauberkError } = require('./fault');

/**
 * Throws where a function that makes a middleware was itself handed to Express (`app.use(headers)`).
 * Express offers no earlier moment, so this is every request, until it is mended.
 *
 * @param {string} name as the developer writes it
 * @param {ArrayLike<unknown>} args all that the function was called with
 */
function refuseUncalled(name, args) {
  if (args.length >= 3 && typeof args[2] === 'function') {
    throw new HauberkError(
      'ERR_HAUBERK_GUARD_NOT_CALLED',
      `app.use(${name}) protects nothing; write app.use(${name}())`,
    );
  }
}

module.exports = { refuseUncalled };
