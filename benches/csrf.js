'use strict';

/**
 * CSRF beside csrf-csrf: the verdict by request fields, and the check of a token.
 *
 * node --expose-gc benches/csrf.js
 */

const assert = require('node:assert/strict');
const { doubleCsrf } = require('csrf-csrf');
const { Context } = require('../lib/internal/context');
const { parse, create } = require('../lib/csrf/stage');
const { compare } = require('./harness/compare');

const SECRET = 'a secret of the benchmark, long enough: 0123456789';
const SESSION = 'q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6';

const stage = create(parse({ secret: SECRET }));
const theirs = doubleCsrf({ getSecret: () => SECRET, getSessionIdentifier: () => SESSION });

/** @param {Record<string, string>} headers */
function request(headers) {
  return { method: 'POST', headers, socket: {}, cookies: {}, csrfToken() {} };
}

async function main() {
  const context = new Context();
  const cookie = `theme=dark; connect.sid=s%3A${SESSION}.q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6`;
  const passing = request({ 'sec-fetch-site': 'same-origin', origin: 'https://api.example', cookie });
  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', cookie };
  const token = stage.token(request(foreign), { headersSent: false, hasHeader: () => true });
  const ours = request({ ...foreign, 'x-csrf-token': token });
  const response = {
    cookie: (/** @type {string} */ name, /** @type {string} */ value) => (response.jar[name] = value),
    jar: {},
  };
  const theirToken = theirs.generateCsrfToken(
    /** @type {any} */ (request({})),
    /** @type {any} */ (response),
  );
  const theirRequest = { ...request({ 'x-csrf-token': theirToken }), cookies: response.jar };
  const refused = request(foreign);
  assert.equal(stage.run(refused, undefined, context)?.code, 'ERR_HAUBERK_CSRF_CROSS_SITE');

  await compare(
    'verdict on a request that passes',
    [
      {
        name: 'hauberk, by request fields',
        ...passes(() => stage.run(passing, undefined, context) === undefined),
      },
      { name: 'hauberk, by token', ...passes(() => stage.run(ours, undefined, context) === undefined) },
      {
        name: 'csrf-csrf validateRequest',
        ...passes(() => theirs.validateRequest(/** @type {any} */ (theirRequest))),
      },
    ],
    { check: (result) => assert.equal(result, true) },
  );
}

/** @param {() => boolean} check */
function passes(check) {
  return {
    result: check,
    run(/** @type {number} */ times) {
      let passed = 0;
      for (let i = 0; i < times; i += 1) if (check()) passed += 1;
      return passed;
    },
  };
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
