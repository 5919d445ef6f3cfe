'use strict';

const { Policy } = require('./policy');
const { policyOf } = require('./presets');

/**
 * Safe HTML from HTML that a stranger wrote. `html(html(x)) === html(x)`.
 *
 * @param {string} dirty
 * @param {'text' | 'basic' | 'rich' | Policy} [policy] default `basic`
 * @returns {string}
 * @throws ERR_HAUBERK_SANITIZE_INPUT for anything but a string, and beyond the policy's `maxLength`
 * @throws ERR_HAUBERK_SANITIZE_POLICY for an unknown policy
 */
function html(dirty, policy = 'basic') {
  return policyOf(policy).html(dirty);
}

/**
 * The text alone, without any markup. The result is HTML: `&`, `<` and `>` stand as entities.
 *
 * @param {string} dirty
 * @returns {string}
 * @throws ERR_HAUBERK_SANITIZE_INPUT
 */
function text(dirty) {
  return policyOf('text').html(dirty);
}

/**
 * Compiles a policy. What is not listed is not allowed; an empty list allows nothing.
 *
 * @param {import('./index').PolicyOptions} [options]
 * @returns {Policy}
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID, ERR_HAUBERK_SANITIZE_POLICY
 */
function policy(options) {
  return new Policy(options);
}

module.exports = { html, text, policy };
