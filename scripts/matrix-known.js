'use strict';

/**
 * Files of tests that cannot pass on a runtime that is not Node.js, and why: docs/platforms.md tells the same to users.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
module.exports = Object.freeze({ bun: {}, deno: {} });
