'use strict';

const { HauberkError } = require('../../internal/fault');
const { open } = require('../../internal/project');

/** @typedef {ReturnType<typeof open>} Lock */

/**
 * The lockfile, read once however many checks ask for it.
 *
 * @param {string} root
 * @returns {() => Lock | HauberkError} the error says why it cannot be read
 */
function lockOf(root) {
  /** @type {Lock | HauberkError | undefined} */
  let known;
  return () => {
    if (known !== undefined) return known;
    try {
      known = open(root, undefined);
    } catch (error) {
      if (!(error instanceof HauberkError)) throw error;
      known = error;
    }
    return known;
  };
}

module.exports = { lockOf };
