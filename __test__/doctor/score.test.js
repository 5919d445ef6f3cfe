'use strict';

/**
 * The example API and its page by the arithmetic of the HTTP Observatory, behind a proxy that speaks HTTPS, on every
 * kind of response alike.
 */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createApp } = require('../../examples/api');
const { observatory } = require('../../lib/doctor');
const { expresses, serve } = require('../helpers/server');
const { send } = require('../helpers/send');

const HTTPS = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.9' };
const HOSTS = { https: { hosts: ['api.example'] } };

/** What a page without inline styles can have: nothing that is not listed, and only its own script. */
const STRICT = {
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'none'"],
      connectSrc: ["'self'"],
      styleSrc: ["'self'"],
    },
  },
  crossOriginEmbedderPolicy: true,
};

/** The routes of an example, and further ones behind the same guard. @param {any} express */
function withRoutes(express) {
  return () => {
    const app = express();
    const use = app.use.bind(app);
    let first = true;
    app.use = (/** @type {any[]} */ ...args) => {
      use(...args);
      if (!first) return app;
      first = false;
      app.get('/fails', () => {
        throw new Error('on purpose');
      });
      app.get('/moved', (/** @type {any} */ _req, /** @type {any} */ res) => res.redirect('/comments'));
      use('/static', express.static(__dirname));
      return app;
    };
    return app;
  };
}

const RESPONSES = [
  ['a JSON answer', '/comments', 200],
  ['a missing path', '/nowhere', 404],
  ['a refused request', '/admin/accounts', 401],
  ['a failing handler', '/fails', 500],
  ['a redirect', '/moved', 302],
  ['a static file', '/static/score.test.js', 200],
  ['a missing static file', '/static/nothing.css', 404],
  ['the page', '/', 200],
];

/** @param {number} port @param {string} path @param {string} accept */
async function scoreOf(port, path, accept) {
  const plain = await send(port, {
    method: 'GET',
    path,
    headers: { 'X-Forwarded-Proto': 'http', Accept: accept },
  });
  assert.equal(plain.status, 308, 'plain HTTP is redirected');
  assert.equal(plain.headers.location, `https://api.example${path}`);
  const { status, headers, text } = await send(port, {
    method: 'GET',
    path,
    headers: { ...HTTPS, Accept: accept },
  });
  const fields = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const cookies = headers['set-cookie'] ?? [];
  const result = observatory({ https: true, headers: fields, cookies, body: text, redirect: 'https' });
  assert.ok(
    result.tests.every(({ counted }) => counted),
    'every test counts',
  );
  return { status, html: /html/.test(fields['content-type'] ?? ''), ...result };
}

for (const { name, express } of expresses) {
  for (const [what, headers, page] of [
    ['with the defaults', undefined, 130],
    ['with a strict policy for its page', STRICT, 150],
  ]) {
    test(`${name}, ${what}: an API answer scores at least 130, a page at least ${page}, whatever the status`, async (t) => {
      const guard = { ...HOSTS, ...(headers && { headers }), errors: { logger: { error() {}, warn() {} } } };
      const { app, close } = await createApp({ express: withRoutes(express), guard });
      t.after(close);
      const { port } = await serve(t, app);
      let pages = 0;
      for (const [which, path, expected] of RESPONSES) {
        for (const accept of ['application/json', 'text/html']) {
          const { status, html, score, tests } = await scoreOf(port, String(path), accept);
          const lost = JSON.stringify(tests.filter(({ modifier }) => modifier <= 0));
          assert.equal(status, expected, `${which} (${accept})`);
          assert.ok(score >= (html ? Number(page) : 130), `${which} (${accept}): ${score}, ${lost}`);
          pages += html ? 1 : 0;
        }
      }
      assert.ok(pages >= 3, 'pages are among them');
    });
  }
}
