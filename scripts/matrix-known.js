'use strict';

/**
 * Files of tests that do not pass as a whole on a runtime that is not Node.js, and why: docs/platforms.md tells users what
 * of it concerns them.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
module.exports = Object.freeze({
  bun: {
    '__test__/audit/bad-input.test.js': 'the message of a JSON error has several lines',
    '__test__/audit/registry.test.js': 'fetch gives no code of the system with its error',
    '__test__/body/body.test.js': 'fetch, the client of the test, sends the length of a stream',
    '__test__/contract/surface.test.js':
      'ESM sees name, length and prototype of a function; Module._load is no hook',
    '__test__/cookies/guard.test.js':
      "a cookie set past Express and one of the app's: the second replaces the first",
    '__test__/docs/docs.test.js':
      'each example is a process of its own, and the file takes longer than it may',
    '__test__/eslint/config.test.js': 'Module._load is no hook',
    '__test__/guard/guard.test.js': 'fetch, the client of the test, makes // in a path /',
    '__test__/headers/express.test.js': 'fetch, the client of the test, asks for br as well',
    '__test__/headers/presets.test.js': 'a TLS handshake with a shared key',
    '__test__/headers/store.test.js': "Node.js's own store of fields is another there; see cookies/guard",
    '__test__/ratelimit/consume.test.js': 'limiters that nothing holds any more are collected at once',
  },
  deno: {
    '__test__/body/body.test.js': 'the runtime puts a property of its own on a socket',
    '__test__/body/scan.test.js': 'an absent number is zero at the boundary',
    '__test__/cookies/values.test.js': 'the clock of the test is mocked once for a whole file',
    '__test__/headers/express.test.js': 'fetch, the client of the test, asks for br as well',
    '__test__/headers/head.test.js': 'a header that is refused ends in 400 in place of 500',
    '__test__/headers/presets.test.js': 'a TLS handshake with a shared key',
    '__test__/headers/store.test.js': 'a second Transfer-Encoding is told otherwise',
    '__test__/ratelimit/gates.test.js':
      'with a client of node-redis it does not come to its end; the cause is not known',
  },
});
