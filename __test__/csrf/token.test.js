'use strict';

/** Tokens: what they are bound to, how long, with which keys; options. */

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const expressSession = require('express-session');

const hauberk = require('../..');
const csrf = require('../../lib/csrf');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';
const NEWER = 'the next secret of the tests, long enough: 9876543210';
const EVIL = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };

/** @param {import('node:http').IncomingHttpHeaders} headers what a browser would send back */
function cookiesOf(headers) {
  return (headers['set-cookie'] ?? []).map((field) => field.split(';', 1)[0]).join('; ');
}

for (const { name, express } of expresses) {
  describe(`csrf tokens, ${name}`, () => {
    /** @param {import('node:test').TestContext} t @param {any} [options] @param {any} [behind] */
    async function start(t, options, behind) {
      const app = express();
      const guard = hauberk({ ratelimit: false, secret: SECRET, cookies: { rename: false }, ...options });
      t.after(guard.close);
      app.use(guard);
      if (behind) app.use(behind);
      app.get('/token', (/** @type {any} */ req, /** @type {any} */ res) => {
        if (req.query.store) req.session.cart = ['chain mail'];
        res.send(req.csrfToken());
      });
      app.get('/both', (/** @type {any} */ req, /** @type {any} */ res) =>
        res.json([req.csrfToken(), csrf.token(req, res)]),
      );
      app.post('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.send('done'));
      const { port } = await serve(t, app);
      const get = (/** @type {string} */ path, headers = {}) => send(port, { method: 'GET', path, headers });
      const post = (/** @type {string} */ token, Cookie = '', more = {}) =>
        send(port, { headers: { ...EVIL, Cookie, 'X-CSRF-Token': token, ...more } });
      return { port, get, post };
    }

    test('without a session the token is bound to a cookie of its own', async (t) => {
      const { get, post } = await start(t);
      const first = await get('/token');
      const [field] = first.headers['set-cookie'] ?? [];
      assert.match(String(field), /^Host-[\w-]{16}=[\w-]{24}; Path=\/; HttpOnly;(?: Secure;)? SameSite=Lax$/);
      assert.equal(first.headers['cache-control'], 'no-store');
      const cookie = cookiesOf(first.headers);
      assert.equal((await post(first.text, cookie)).status, 200);
      assert.equal((await post(first.text)).code, 'ERR_HAUBERK_CSRF_TOKEN');
      const second = await get('/token');
      assert.equal((await post(first.text, cookiesOf(second.headers))).code, 'ERR_HAUBERK_CSRF_TOKEN');
      const again = await get('/token', { Cookie: cookie });
      assert.equal(again.headers['set-cookie'], undefined);
      assert.notEqual(again.text, first.text);
      assert.equal((await post(again.text, cookie)).status, 200);
      assert.equal((await post(first.text, cookie)).status, 200);
    });

    test('over TLS the cookie is __Host-, and one without the prefix does not count', async (t) => {
      const { get, post } = await start(t);
      const tls = { 'X-Forwarded-Proto': 'https' };
      const first = await get('/token', tls);
      const [field] = first.headers['set-cookie'] ?? [];
      assert.match(String(field), /^__Host-[\w-]{16}=[\w-]{24}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      const cookie = cookiesOf(first.headers);
      assert.equal((await post(first.text, cookie, tls)).status, 200);
      const planted = cookie.replace('__Host-', 'Host-');
      assert.equal((await post(first.text, planted, tls)).code, 'ERR_HAUBERK_CSRF_TOKEN');
      const shouted = cookie.replace('__Host-', '__HOST-');
      assert.equal((await post(first.text, shouted, tls)).code, 'ERR_HAUBERK_CSRF_TOKEN');
    });

    test('attack: a token from before the login is worth nothing after it', async (t) => {
      const { get, post } = await start(t);
      const before = await get('/token');
      const cookie = `${cookiesOf(before.headers)}; connect.sid=s%3Aafter.sig`;
      assert.equal((await post(before.text, cookie)).code, 'ERR_HAUBERK_CSRF_TOKEN');
    });

    test('two tokens of one response differ and are both good', async (t) => {
      const { get, post } = await start(t);
      const both = await get('/both');
      const [one, two] = JSON.parse(both.text);
      assert.notEqual(one, two);
      for (const token of [one, two]) assert.equal((await post(token, cookiesOf(both.headers))).status, 200);
    });

    test('BREACH: 1000 tokens of one session share no run of 12 characters', async (t) => {
      const { get } = await start(t);
      const runs = new Set();
      for (let i = 0; i < 1000; i += 1) {
        const { text } = await get('/token', { Cookie: 'connect.sid=s%3Aone.sig' });
        // The first characters are the time.
        const secret = text.slice(6);
        for (let at = 0; at + 12 <= secret.length; at += 1) {
          const run = secret.slice(at, at + 12);
          assert.equal(runs.has(run), false);
          runs.add(run);
        }
      }
    });

    test('a session that begins while the page is made is what the token is bound to', async (t) => {
      const layer = expressSession({ secret: SECRET, resave: false, saveUninitialized: false });
      const { get, post } = await start(t, {}, layer);
      const first = await get('/token?store=1');
      const cookie = cookiesOf(first.headers);
      assert.match(cookie, /^(?:__)?[\w.-]+=s%3A/);
      assert.equal((await post(first.text, cookie)).status, 200);
      assert.equal((await post(first.text, 'connect.sid=s%3Aother.sig')).code, 'ERR_HAUBERK_CSRF_TOKEN');
    });

    test('options cookie, session, header and field', async (t) => {
      const named = await start(t, { csrf: { cookie: 'app', header: 'X-XSRF-Token', field: 'nonce' } });
      const token = (await named.get('/token', { Cookie: '__Host-app=A' })).text;
      const sent = (/** @type {string} */ Cookie) =>
        send(named.port, { headers: { ...EVIL, Cookie, 'X-XSRF-Token': token } });
      assert.equal((await sent('__Host-app=A')).status, 200);
      assert.equal((await sent('__Host-app=B')).code, 'ERR_HAUBERK_CSRF_TOKEN');
      const body = `nonce=${token}`;
      const form = { ...EVIL, Cookie: '__Host-app=A', 'Content-Type': 'application/x-www-form-urlencoded' };
      assert.equal((await send(named.port, { headers: form, body })).status, 200);

      const own = await start(t, { csrf: { session: (/** @type {any} */ req) => req.headers['x-user'] } });
      const mine = (await own.get('/token', { 'X-User': 'a' })).text;
      assert.equal((await own.post(mine, '', { 'X-User': 'a' })).status, 200);
      assert.equal((await own.post(mine, '', { 'X-User': 'b' })).code, 'ERR_HAUBERK_CSRF_TOKEN');
      for (const session of [
        () => {
          throw new Error('down');
        },
        () => 7,
        () => '',
        async () => 'late',
      ]) {
        const broken = await start(t, { csrf: { session } });
        assert.equal((await broken.post(mine)).status, 500);
      }
    });

    test('skip: exactly true skips', async (t) => {
      const { port } = await start(t, {
        csrf: { skip: (/** @type {any} */ req) => req.headers['x-skip'] === '1' },
      });
      assert.equal((await send(port, { headers: { ...EVIL, 'X-Skip': '1' } })).status, 200);
      assert.equal((await send(port, { headers: EVIL })).status, 403);
      const promise = await start(t, { csrf: { skip: async () => true } });
      assert.equal((await send(promise.port, { headers: EVIL })).status, 403);
    });

    test('tokens expire, and the keys rotate', async (t) => {
      const Cookie = 'connect.sid=s%3Aone.sig';
      const short = await start(t, { csrf: { expiresInMs: 1000 } });
      const old = await start(t);
      const rotated = await start(t, { secret: [NEWER, SECRET] });
      const gone = await start(t, { secret: NEWER });
      const token = (await short.get('/token', { Cookie })).text;
      assert.equal((await short.post(token, Cookie)).status, 200);
      assert.equal((await rotated.post(token, Cookie)).status, 200);
      assert.equal((await gone.post(token, Cookie)).code, 'ERR_HAUBERK_CSRF_TOKEN');
      const newer = (await rotated.get('/token', { Cookie })).text;
      assert.equal((await gone.post(newer, Cookie)).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 2100));
      assert.equal((await short.post(token, Cookie)).code, 'ERR_HAUBERK_CSRF_EXPIRED');
      assert.equal((await old.post(token, Cookie)).status, 200);
    });

    test('on a route it can be off, and GET can be on', async (t) => {
      const { port } = await start(t, {
        routes: { 'POST /': { csrf: false }, '/token': { csrf: { ignoredMethods: ['HEAD', 'OPTIONS'] } } },
      });
      assert.equal((await send(port, { headers: EVIL })).status, 200);
      assert.equal((await send(port, { method: 'GET', path: '/token', headers: EVIL })).status, 403);
    });
  });
}

test('csrf.token without csrf says what is missing', () => {
  assert.throws(() => csrf.token(/** @type {any} */ ({}), /** @type {any} */ ({})), {
    code: 'ERR_HAUBERK_ARGUMENT',
  });
});

test('a server without Express', async (t) => {
  const guard = hauberk({ secret: SECRET });
  t.after(guard.close);
  const { port } = await serve(t, (req, res) => {
    guard(req, res, () => res.end(csrf.token(req, res) + String(req.csrfToken?.().length)));
  });
  const { text } = await send(port, { method: 'GET' });
  assert.match(text, /^[\w-]{64}64$/);
  assert.equal((await send(port, { headers: EVIL })).code, 'ERR_HAUBERK_CSRF_CROSS_SITE');
});

test('bad options throw at construction', () => {
  const invalid = { code: 'ERR_HAUBERK_OPTION_INVALID' };
  for (const origin of [
    '',
    'app.example',
    'https://app.example/',
    'https://app.example/path',
    'https://*.app.example',
    'https://user@app.example',
    'ftp://app.example',
    'null',
    '*',
    'https://app.example?x',
    'file:///x',
    null,
    7,
    {},
  ]) {
    assert.throws(() => csrf({ origins: [/** @type {any} */ (origin)] }), invalid, String(origin));
  }
  for (const options of [
    { origins: 'https://app.example' },
    { strict: 'yes' },
    { ignoredMethods: ['POST'] },
    { skip: true },
    { cookie: 'a b' },
    { cookie: true },
    { cookie: 'a', session: () => 'x' },
    { header: 'X CSRF' },
    { field: '' },
    { expiresInMs: 999 },
    { expiresInMs: NaN },
    { expiresInMs: '1h' },
    { mode: 'off' },
    { secret: 7 },
    null,
    [],
  ]) {
    assert.throws(() => csrf(/** @type {any} */ (options)), invalid, JSON.stringify(options));
  }
  assert.throws(() => csrf(/** @type {any} */ ({ origin: [] })), /did you mean origins/);
  assert.throws(() => csrf({ secret: 'short' }), { code: 'ERR_HAUBERK_SECRET' });
  assert.throws(() => /** @type {any} */ (csrf)({}, {}, () => {}), { code: 'ERR_HAUBERK_GUARD_NOT_CALLED' });
});

test('an origin of the allow-list is brought into the form that browsers send', async (t) => {
  const app = require('express')();
  app.use(csrf({ origins: ['HTTPS://App.Example:443', 'https://b\u00fccher.example'] }));
  app.post('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.send('done'));
  const { port } = await serve(t, app);
  for (const Origin of ['https://app.example', 'https://xn--bcher-kva.example']) {
    assert.equal((await send(port, { headers: { ...EVIL, Origin } })).status, 200, Origin);
  }
});
