'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const headers = require('../../lib/headers');
const { expresses, serve } = require('../helpers/server');
const { API_POLICY, appWith, get } = require('./app');

for (const { name, express } of expresses) {
  test(`nonce: only where it is used, new each time, in the page and in the policy (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express));
    const seen = new Set();
    for (let i = 0; i < 600; i += 1) {
      const { headers: got, body } = await get(url, '/nonce');
      const [, nonce] = /nonce="([\w-]{22})"/.exec(body);
      assert.ok(got['content-security-policy'].includes(`script-src 'self' 'nonce-${nonce}';`));
      assert.equal(got['cache-control'], 'no-store');
      seen.add(nonce);
    }
    assert.equal(seen.size, 600);
    assert.doesNotMatch((await get(url, '/page')).headers['content-security-policy'], /nonce/);
    assert.equal((await get(url, '/nonce-plain')).headers['content-security-policy'], API_POLICY);
  });

  test(`nonce on a 304: never, and no policy that would replace the stored page's (${name})`, async (t) => {
    for (const preset of ['auto', 'site']) {
      const { url } = await serve(t, appWith(express, { preset }));
      const got = await get(url, '/stale');
      assert.equal(got.status, 304);
      assert.equal(got.headers['content-security-policy'], undefined);
      assert.equal(got.headers['x-content-type-options'], 'nosniff');
      const page = await get(url, '/page');
      const again = await get(url, '/page', { 'If-None-Match': page.headers.etag });
      assert.equal(again.status, 304);
      assert.equal(again.headers['content-security-policy'], undefined);
      assert.equal(again.headers['referrer-policy'], 'no-referrer');
    }
    const auto = await serve(t, appWith(express));
    assert.equal((await get(auto.url, '/stale')).headers['x-frame-options'], undefined);
    const own = {
      contentSecurityPolicy: { directives: { scriptSrc: [(q, res) => `'nonce-${res.locals.cspNonce}'`] } },
    };
    for (const preset of ['site', 'helmet']) {
      const { url } = await serve(t, appWith(express, { preset, ...own }));
      assert.match((await get(url, '/page')).headers['content-security-policy'], /'nonce-[\w-]{22}'/);
      assert.equal((await get(url, '/stale')).headers['content-security-policy'], undefined);
    }
  });

  test(`nonce on a response that may be cached: left out, so its script does not run (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express));
    const policy = async (control) =>
      (await get(url, `/cached?control=${control}`)).headers['content-security-policy'];
    for (const control of ['public', 'max-age=60', 'private,max-age=600', 'max-age=01']) {
      assert.doesNotMatch(await policy(control), /nonce/, control);
    }
    for (const control of ['no-store', 'private,no-cache', 'max-age=0', 'NO-STORE']) {
      assert.match(await policy(control), /nonce/, control);
    }
  });

  test(`a nonce that the app makes itself is taken over (${name})`, async (t) => {
    const nonce = Buffer.alloc(16, 7).toString('base64');
    const app = express();
    app.use('/before', (req, res, next) => {
      res.locals.cspNonce = nonce;
      next();
    });
    app.use(headers());
    app.use('/after', (req, res, next) => {
      res.locals.cspNonce = nonce;
      next();
    });
    app.use('/weak', (req, res, next) => {
      res.locals.cspNonce = "x' *";
      next();
    });
    app.use((req, res) => res.send(`<p>${res.locals.cspNonce}`));
    const { url } = await serve(t, app);
    for (const path of ['/before', '/after']) {
      const got = await get(url, path);
      assert.ok(got.headers['content-security-policy'].includes(`'nonce-${nonce}'`), path);
      assert.equal(got.body, `<p>${nonce}`);
    }
    assert.doesNotMatch((await get(url, '/weak')).headers['content-security-policy'], /nonce|\*/);
  });

  test(`the nonce reaches templates that copy res.locals (${name})`, async (t) => {
    const app = express();
    app.engine('page', (file, locals, done) => done(null, `<script nonce="${locals.cspNonce}"></script>`));
    app.set('views', __dirname);
    app.set('view engine', 'page');
    app.set('view', function View() {
      this.path = __filename;
      this.render = (options, done) => app.engines['.page'](__filename, options, done);
    });
    app.use('/filled', (req, res, next) => {
      res.locals.title = 'set before';
      next();
    });
    app.use(headers());
    app.use('/twice', headers({ preset: 'site' }));
    app.use((req, res, next) => {
      res.locals.later = 'kept';
      next();
    });
    app.use((req, res) => {
      assert.equal(res.locals.later, 'kept');
      assert.equal(res.locals.toString, undefined);
      res.render('any', { ...res.locals });
    });
    const { url } = await serve(t, app);
    for (const path of ['/', '/filled', '/twice']) {
      const { headers: got, body } = await get(url, path);
      const [, nonce] = /nonce="([\w-]{22})"/.exec(body);
      assert.ok(got['content-security-policy'].includes(`'nonce-${nonce}'`), path);
    }
  });
}
