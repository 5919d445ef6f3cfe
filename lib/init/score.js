'use strict';

const doctor = require('../doctor');
const { HauberkError } = require('../internal/fault');

/**
 * What doctor says of a project, in one line. Where it can not look, the line says so: that ends nothing.
 *
 * @param {string} root
 * @returns {Promise<string>}
 */
async function scoreOf(root) {
  try {
    const { score, checks } = await doctor({ root });
    const count = (/** @type {string} */ status) => checks.filter((check) => check.status === status).length;
    return `${score} of 100 (${count('pass')} passed, ${count('warn')} to look at, ${count('fail')} failed)`;
  } catch (error) {
    return `could not look: ${error instanceof HauberkError ? error.message : 'stopped at something that was not foreseen'}`;
  }
}

module.exports = { scoreOf };
