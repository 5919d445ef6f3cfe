'use strict';

const assert = require('node:assert/strict');
const https = require('node:https');
const { test } = require('node:test');
const headers = require('../../lib/headers');
const { expresses, serve } = require('../helpers/server');
const { API_POLICY, appWith, get } = require('./app');

const HTTPS = { 'X-Forwarded-Proto': 'https' };

for (const { name, express } of expresses) {
  test(`auto: pages get the set site, everything else the set api (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express));
    const json = (await get(url, '/json')).headers;
    assert.equal(json['content-security-policy'], API_POLICY);
    assert.equal(json['x-frame-options'], 'DENY');
    assert.equal(json['x-content-type-options'], 'nosniff');
    assert.equal(json['referrer-policy'], 'no-referrer');
    assert.equal(json['x-download-options'], undefined);
    const page = (await get(url, '/page')).headers;
    assert.match(page['content-security-policy'], /^default-src 'self';base-uri 'none';.*script-src 'self';/);
    assert.equal(page['x-frame-options'], 'SAMEORIGIN');
    assert.equal(page['x-xss-protection'], '0');
    assert.equal(page['cache-control'], undefined);
  });

  test(`api and site force one set (${name})`, async (t) => {
    const api = await serve(t, appWith(express, { preset: 'api' }));
    assert.equal((await get(api.url, '/page')).headers['content-security-policy'], API_POLICY);
    const site = await serve(t, appWith(express, { preset: 'site' }));
    assert.match((await get(site.url, '/json')).headers['content-security-policy'], /script-src 'self';/);
  });

  test(`auto leaves a policy that the app set alone (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express));
    const own = (await get(url, '/own')).headers;
    assert.equal(own['content-security-policy'], "default-src 'self'");
    assert.equal(own['x-frame-options'], 'SAMEORIGIN');
  });

  test(`directives configure the pages in auto, and the set in api (${name})`, async (t) => {
    const options = {
      contentSecurityPolicy: { directives: { connectSrc: ["'self'", 'wss://live.example'] } },
    };
    const auto = await serve(t, appWith(express, options));
    const connect = /;connect-src 'self' wss:\/\/live\.example$/;
    assert.match((await get(auto.url, '/page')).headers['content-security-policy'], connect);
    assert.equal((await get(auto.url, '/json')).headers['content-security-policy'], API_POLICY);
    const api = await serve(t, appWith(express, { preset: 'api', ...options }));
    assert.match((await get(api.url, '/json')).headers['content-security-policy'], connect);
  });

  test(`a header that is off in a set can be switched on, and off everywhere (${name})`, async (t) => {
    const options = { xDownloadOptions: true, crossOriginEmbedderPolicy: true, xFrameOptions: false };
    const { url } = await serve(t, appWith(express, options));
    for (const path of ['/json', '/page']) {
      const got = (await get(url, path)).headers;
      assert.equal(got['x-download-options'], 'noopen');
      assert.equal(got['cross-origin-embedder-policy'], 'require-corp');
      assert.equal(got['x-frame-options'], undefined);
    }
  });

  test(`the innermost headers() counts (${name})`, async (t) => {
    const app = express();
    app.use(headers());
    app.use('/site', headers({ preset: 'site', xFrameOptions: { action: 'deny' } }));
    app.use((req, res) => res.json({}));
    const { url } = await serve(t, app);
    assert.match((await get(url, '/site')).headers['content-security-policy'], /script-src 'self'/);
    assert.equal((await get(url, '/')).headers['content-security-policy'], API_POLICY);
  });

  test(`HSTS over HTTP: never, nor upgrade-insecure-requests (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express));
    for (const fields of [{}, HTTPS]) {
      const got = (await get(url, '/page', fields)).headers;
      assert.equal(got['strict-transport-security'], undefined);
      assert.doesNotMatch(got['content-security-policy'], /upgrade/);
    }
  });

  test(`HSTS over HTTPS behind a proxy that Express trusts, but not for local names (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express, undefined, 'loopback'));
    const over = await get(url, '/page', HTTPS);
    assert.equal(over.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
    assert.match(over.headers['content-security-policy'], /;upgrade-insecure-requests$/);
    const local = ['localhost', 'LOCALHOST:3000', 'app.localhost', 'localhost.', '127.0.0.1', '127.1:80'];
    for (const host of [...local, '[::1]:8443', '192.0.2.7', '0x7f000001', '10.0.0.1.', '']) {
      const got = (await get(url, '/page', { ...HTTPS, host })).headers;
      assert.equal(got['strict-transport-security'], undefined, host);
      assert.doesNotMatch(got['content-security-policy'], /upgrade/, host);
    }
    const forwarded = { ...HTTPS, host: '127.0.0.1:3000', 'X-Forwarded-Host': 'app.example' };
    assert.ok((await get(url, '/json', forwarded)).headers['strict-transport-security']);
    const plain = { 'X-Forwarded-Proto': 'http, https' };
    assert.equal((await get(url, '/json', plain)).headers['strict-transport-security'], undefined);
  });

  test(`Cache-Control: no-store for authenticated requests, where the app set none (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express));
    const control = async (fields, path = '/json') => (await get(url, path, fields)).headers['cache-control'];
    const yes = ['connect.sid=s%3Aabc', 'a=b; sid=1', '__Host-session=x', 'theme=dark; __Secure-sid=1'];
    for (const cookie of yes) assert.equal(await control({ cookie }), 'no-store', cookie);
    assert.equal(await control({ Authorization: 'Bearer x' }), 'no-store');
    const no = ['theme=dark', 'mysid=1', 'a=sid', 'sidx=1', 'x__Host-sid=1', 'a="sid=1"'];
    for (const cookie of no) assert.equal(await control({ cookie }), undefined, cookie);
    assert.equal(await control({ Authorization: 'x' }, '/cached?control=public'), 'public');
    const named = await serve(t, appWith(express, { sessionCookies: ['token'] }));
    const token = await get(named.url, '/json', { cookie: '__Host-token=1' });
    assert.equal(token.headers['cache-control'], 'no-store');
    const off = await serve(t, appWith(express, { noStore: false }));
    assert.equal((await get(off.url, '/json', { Authorization: 'x' })).headers['cache-control'], undefined);
  });

  test(`X-Powered-By and Server are removed, or kept by option (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express));
    const got = (await get(url, '/powered')).headers;
    assert.equal(got['x-powered-by'], undefined);
    assert.equal(got.server, undefined);
    const kept = await serve(t, appWith(express, { xPoweredBy: false, server: false }));
    assert.equal((await get(kept.url, '/powered')).headers.server, 'app/1');
    assert.equal((await get(kept.url, '/json')).headers['x-powered-by'], 'Express');
  });

  test(`dry run sends only what reports (${name})`, async (t) => {
    const { url } = await serve(t, appWith(express, { mode: 'report' }));
    const got = (await get(url, '/page', { Authorization: 'x' })).headers;
    assert.match(got['content-security-policy-report-only'], /^default-src 'self'/);
    assert.equal(got['cross-origin-opener-policy-report-only'], 'same-origin');
    const others = [
      'content-security-policy',
      'x-frame-options',
      'cross-origin-opener-policy',
      'cache-control',
    ];
    for (const other of others) assert.equal(got[other], undefined, other);
    const helmetDry = await serve(t, appWith(express, { mode: 'report', preset: 'helmet' }));
    const dry = (await get(helmetDry.url, '/page')).headers;
    assert.equal(dry['content-security-policy'], undefined);
    assert.match(dry['content-security-policy-report-only'], /^default-src 'self'/);
  });

  test(`dynamic values with ";", "," or CRLF, unquoted or no text at all: next(error) (${name})`, async (t) => {
    const values = [
      'a;b',
      'a,b',
      'a\r\nSet-Cookie: x=1',
      'a\0',
      '\u{1F512}',
      'self',
      'https: unsafe-inline',
      1,
      null,
    ];
    for (const preset of ['auto', 'helmet']) {
      for (const value of [...values, undefined, {}, Promise.resolve('https:')]) {
        const options = {
          preset,
          contentSecurityPolicy: { directives: { scriptSrc: ["'self'", () => value] } },
        };
        const app = appWith(express, options);
        app.use((error, req, res, _next) => res.status(500).send(`<p>${error.code}`));
        const { url } = await serve(t, app);
        const got = await get(url, '/page');
        assert.equal(got.status, 500, String(value));
        assert.equal(got.body, '<p>ERR_HAUBERK_HEADERS_DIRECTIVE');
        assert.equal(got.headers['set-cookie'], undefined);
        assert.match(got.headers['content-security-policy'], /;script-src 'self';/);
      }
    }
  });

  test(`what a dynamic value throws is an Error when it reaches next (${name})`, async (t) => {
    for (const thrown of [undefined, null, 'text', new TypeError('text')]) {
      const fail = () => {
        throw thrown;
      };
      const app = appWith(express, { contentSecurityPolicy: { directives: { imgSrc: [fail] } } });
      app.use((error, req, res, _next) => res.status(500).json({ is: error instanceof Error }));
      const { url } = await serve(t, app);
      assert.deepEqual(JSON.parse((await get(url, '/page')).body), { is: true });
    }
  });
}

test('HSTS over TLS of our own; the Host decides', async (t) => {
  const psk = { psk: Buffer.alloc(16, 1), identity: 'test' };
  const tls = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' };
  const app = appWith(require('express'));
  const server = https.createServer({ ...tls, pskCallback: () => psk.psk }, app);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => server.close());
  const url = `https://127.0.0.1:${server.address().port}`;
  const client = { ...tls, pskCallback: () => psk, checkServerIdentity: () => undefined, agent: false };
  const there = await get(url, '/json', {}, client);
  assert.equal(there.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
  const local = await get(url, '/json', { host: 'localhost:8443' }, client);
  assert.equal(local.headers['strict-transport-security'], undefined);
});
