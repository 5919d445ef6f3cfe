'use strict';

/**
 * The names of session cookies as the application has them, known while the process runs: `hauberk.sessions` adds
 * those that it gives. What asks whether a request has a session (`Cache-Control: no-store`, CSRF tokens) reads them.
 *
 * @type {Set<string>}
 */
const names = new Set();

/** @param {string} name with its prefix */
function add(name) {
  names.add(name);
}

module.exports = { names, add };
