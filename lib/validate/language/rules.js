'use strict';

const RULES = Symbol('hauberk.rules');

/**
 * The rules behind a chain, which is a function that Express calls.
 *
 * @param {any} chain
 * @returns {import('./chain').Rules | undefined}
 */
function rulesOf(chain) {
  return chain?.[RULES];
}

module.exports = { RULES, rulesOf };
