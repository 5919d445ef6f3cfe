'use strict';

const { HauberkError } = require('../internal/fault');

/**
 * "Could not look": exit code 3. What could not be looked at has no score.
 *
 * @param {string} message
 * @param {unknown} [cause]
 */
function failure(message, cause) {
  return new HauberkError('ERR_HAUBERK_DOCTOR_FAILED', message, cause === undefined ? undefined : { cause });
}

exports.failure = failure;
