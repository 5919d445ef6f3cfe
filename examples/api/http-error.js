'use strict';

/** An error whose text the client may see: `errors` keeps exposed 4xx messages. */
function httpError(/** @type {number} */ status, /** @type {string} */ message, headers = {}) {
  return Object.assign(new Error(message), { status, headers, expose: true });
}

module.exports = { httpError };
