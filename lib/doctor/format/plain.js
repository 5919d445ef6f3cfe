'use strict';

/**
 * Text from a project or a server, for a terminal: control characters could rewrite what stands there, and
 * characters that turn the direction of writing could hide a name.
 *
 * @param {unknown} value
 */
function plain(value) {
  return String(value).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}

module.exports = { plain };
