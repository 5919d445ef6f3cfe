'use strict';

/**
 * The names of session cookies as the application has them, known while the process runs: `hauberk.sessions` adds
 * those that it gives. What asks whether a request has a session (`Cache-Control: no-store`, CSRF tokens) reads them.
 *
 * @type {string[]}
 */
const names = [];

/** @param {string} name with its prefix */
function add(name) {
  if (!names.includes(name)) names.push(name);
}

module.exports = { names, add };
