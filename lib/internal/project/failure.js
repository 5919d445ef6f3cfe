'use strict';

const { HauberkError } = require('../fault');

/**
 * "Could not audit": exit code 3. What is not known is never clean.
 *
 * @param {string} message
 * @param {unknown} [cause]
 */
function failure(message, cause) {
  return new HauberkError('ERR_HAUBERK_AUDIT_FAILED', message, cause === undefined ? undefined : { cause });
}

exports.failure = failure;
