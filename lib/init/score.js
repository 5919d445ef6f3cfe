'use strict';

/**
 * What doctor says of a project, in one line; undefined where it could not look.
 *
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
async function scoreOf(root) {
  return undefined;
}

module.exports = { scoreOf };
