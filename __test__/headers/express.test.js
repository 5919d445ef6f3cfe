'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const path = require('node:path');
const { test } = require('node:test');
const compression = require('compression');
const cookieParser = require('cookie-parser');
const session = require('express-session');
const headers = require('../../lib/headers');
const { expresses, serve } = require('../helpers/server');

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** @param {string} url @param {string} etag */
function conditional(url, etag) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { 'If-None-Match': etag } }, (res) => {
      const fields = /** @type {Record<string, string>} */ (res.headers);
      resolve({ status: res.statusCode, headers: new Map(Object.entries(fields)) });
      res.resume();
    });
    request.on('error', reject);
  });
}

/** @param {Response} got @param {string} what */
function guarded(got, what) {
  for (const [name, value] of Object.entries(COMMON)) {
    assert.equal(got.headers.get(name), value, `${what}: ${name}`);
  }
  assert.equal(got.headers.get('x-powered-by') ?? null, null, what);
}

for (const { name, express } of expresses) {
  test(`the fields are on every kind of response (${name})`, async (t) => {
    for (const preset of ['auto', 'api', 'site', 'helmet']) {
      const app = express();
      app.use(headers({ preset }));
      app.use('/static', express.static(__dirname));
      app.get('/redirect', (req, res) => res.redirect('/elsewhere'));
      app.get('/file', (req, res) => res.sendFile(path.join(__dirname, 'express.test.js')));
      app.get('/throw', () => {
        throw new Error('for this test');
      });
      app.get('/status', (req, res) => res.sendStatus(403));
      app.get('/format', (req, res) => res.format({ html: () => res.send('<p>'), json: () => res.json(1) }));
      const { url } = await serve(t, app);
      const paths = [
        '/static/head.test.js',
        '/static',
        '/redirect',
        '/file',
        '/throw',
        '/none',
        '/status',
        '/format',
      ];
      for (const one of [...paths, '/static/none', '/%ff']) {
        const got = await fetch(url + one, { redirect: 'manual' });
        guarded(got, `${preset} ${one}`);
        assert.ok(got.headers.get('content-security-policy'), `${preset} ${one}`);
        const head = await fetch(url + one, { redirect: 'manual', method: 'HEAD' });
        guarded(head, `${preset} HEAD ${one}`);
      }
      const file = await fetch(`${url}/static/head.test.js`);
      const etag = String(file.headers.get('etag'));
      // fetch adds Cache-Control: no-cache beside If-None-Match.
      const again = await conditional(`${url}/static/head.test.js`, etag);
      assert.equal(again.status, 304);
      guarded(again, `${preset} 304`);
      assert.equal(file.headers.get('cache-control'), 'public, max-age=0');
    }
  });

  test(`header lost on the error path: they come back (${name})`, async (t) => {
    for (const preset of ['auto', 'api', 'site', 'helmet']) {
      const app = express();
      app.use(headers({ preset }));
      app.get('/', (req, res) => {
        for (const field of res.getHeaderNames()) res.removeHeader(field);
        throw new Error('for this test');
      });
      const { url } = await serve(t, app);
      const got = await fetch(url);
      assert.equal(got.status, 500);
      guarded(got, preset);
      assert.ok(got.headers.get('x-frame-options'), preset);
    }
  });

  test(`a stream, a stream that fails, an aborted one (${name})`, async (t) => {
    const { Readable } = require('node:stream');
    const app = express();
    app.use(headers());
    app.get('/stream', (req, res) => Readable.from(['a', 'b']).pipe(res.type('html')));
    app.get('/fails', (req, res) => {
      const source = new Readable({ read() {} });
      source.on('error', () => res.status(502).send('failed'));
      source.pipe(res);
      setImmediate(() => source.destroy(new Error('for this test')));
    });
    const { url } = await serve(t, app);
    const stream = await fetch(`${url}/stream`);
    assert.equal(await stream.text(), 'ab');
    assert.match(String(stream.headers.get('content-security-policy')), /script-src 'self'/);
    const fails = await fetch(`${url}/fails`);
    assert.equal(fails.status, 502);
    guarded(fails, 'fails');
  });

  for (const order of ['behind', 'before']) {
    test(`express-session, compression and cookie-parser ${order} headers (${name})`, async (t) => {
      const app = express();
      const others = [
        compression({ threshold: 0 }),
        cookieParser(),
        session({ secret: 'a secret of this test', resave: false, saveUninitialized: true, name: 'sid' }),
      ];
      if (order === 'before') app.use(others);
      app.use(headers());
      if (order === 'behind') app.use(others);
      app.get('/', (req, res) => {
        req.session.count = (req.session.count ?? 0) + 1;
        res.cookie('other', req.cookies.sid === undefined ? 'new' : 'known');
        res.send(`<p>${res.locals.cspNonce} ${req.session.count} ${'x'.repeat(2000)}`);
      });
      const { url } = await serve(t, app);
      const first = await fetch(url);
      const cookies = first.headers.getSetCookie();
      assert.equal(cookies.length, 2);
      assert.equal(first.headers.get('content-encoding'), 'gzip');
      guarded(first, order);
      const nonce = (await first.text()).slice(3, 25);
      assert.ok(String(first.headers.get('content-security-policy')).includes(`'nonce-${nonce}'`));
      const cookie = cookies.map((text) => text.split(';')[0]).join('; ');
      const second = await fetch(url, { headers: { cookie } });
      assert.match(await second.text(), /^<p>[\w-]{22} 2 x/);
      assert.equal(second.headers.get('cache-control'), 'no-store');
      assert.equal(second.headers.getSetCookie()[0].split(';')[0], 'other=known');
    });
  }

  test(`two practices around express-session: both run after it (${name})`, async (t) => {
    const { onHead } = require('../../lib/internal/head');
    const app = express();
    app.use(headers());
    app.use(session({ secret: 'a secret of this test', resave: false, saveUninitialized: true }));
    app.use((req, res, next) => {
      onHead(req, res, () => res.setHeader('X-Saw', String(res.getHeader('set-cookie') !== undefined)));
      next();
    });
    app.get('/', (req, res) => res.send('x'));
    const { url } = await serve(t, app);
    const got = await fetch(url);
    assert.equal(got.headers.get('x-saw'), 'true');
    guarded(got, 'session');
  });
}
