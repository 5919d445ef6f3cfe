'use strict';

/** The rules of lib/csrf/rules.js, one by one, over real HTTP. */

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const hauberk = require('../..');
const csrf = require('../../lib/csrf');
const { events } = require('../helpers/events');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';
const COOKIE = 'connect.sid=s%3AsessionA.sig';
const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

for (const { name, express } of expresses) {
  for (const alone of [false, true]) {
    describe(`csrf rules, ${alone ? 'alone' : 'in the guard'}, ${name}`, () => {
      /** @param {import('node:test').TestContext} t @param {any} [options] */
      async function start(t, options) {
        const app = express();
        if (alone) {
          app.use(express.urlencoded({ extended: false }));
          app.use(csrf({ secret: SECRET, ...options }));
        } else {
          const guard = hauberk({
            secret: SECRET,
            csrf: options,
            ratelimit: false,
            cookies: { rename: false },
          });
          t.after(guard.close);
          app.use(guard);
        }
        app.all('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.send('done'));
        app.get('/token', (/** @type {any} */ req, /** @type {any} */ res) => res.send(req.csrfToken()));
        const { port } = await serve(t, app);
        return {
          port,
          verdict: async (/** @type {any} */ headers, /** @type {any} */ more) => {
            const { status, code, rule } = await send(port, { headers, ...more });
            return status === 200 ? 'passed' : `${status} ${code} ${rule}`;
          },
          token: async (/** @type {string} */ cookie = COOKIE) =>
            (await send(port, { method: 'GET', path: '/token', headers: { Cookie: cookie } })).text,
        };
      }
      const CROSS = '403 ERR_HAUBERK_CSRF_CROSS_SITE 3';
      const evil = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site', Cookie: COOKIE };

      test('rule 1: GET, HEAD and OPTIONS pass; every other method is checked', async (t) => {
        const { verdict } = await start(t);
        for (const method of ['GET', 'HEAD', 'OPTIONS'])
          assert.equal(await verdict(evil, { method }), 'passed');
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
          assert.equal(await verdict(evil, { method }), CROSS, method);
        }
      });

      test('rule 1: ignoredMethods narrows it; a preflight always passes', async (t) => {
        const { verdict } = await start(t, { ignoredMethods: [] });
        assert.match(await verdict(evil, { method: 'GET' }), /CROSS_SITE/);
        assert.match(await verdict(evil, { method: 'OPTIONS' }), /CROSS_SITE/);
        const preflight = { ...evil, 'Access-Control-Request-Method': 'POST' };
        assert.equal(await verdict(preflight, { method: 'OPTIONS' }), 'passed');
        assert.equal(
          await verdict({ 'Sec-Fetch-Site': 'none', Cookie: COOKIE }, { method: 'GET' }),
          'passed',
        );
      });

      test('rule 2: an Origin of the allow-list passes, and nothing near it', async (t) => {
        const { verdict } = await start(t, { origins: ['https://app.example', 'http://localhost:5173'] });
        const from = (/** @type {string} */ Origin) => verdict({ ...evil, Origin });
        assert.equal(await from('https://app.example'), 'passed');
        assert.equal(await from('http://localhost:5173'), 'passed');
        for (const origin of [
          'http://app.example',
          'https://app.example:8443',
          'https://app.example.evil.example',
          'https://evil-app.example',
          'https://www.app.example',
          'https://app.example/',
          'https://app.example, https://evil.example',
          'null',
        ]) {
          assert.equal(await from(origin), CROSS, origin);
        }
      });

      test('rule 3: same-origin and none pass', async (t) => {
        const { verdict } = await start(t);
        const site = (/** @type {string | string[]} */ value) =>
          verdict({ ...evil, 'Sec-Fetch-Site': value });
        assert.equal(await site('same-origin'), 'passed');
        assert.equal(await site('none'), 'passed');
        for (const value of ['cross-site', 'Same-Origin', 'same-origin, cross-site', 'x']) {
          assert.equal(await site(value), CROSS, value);
        }
        assert.equal(await site(['cross-site', 'same-origin']), CROSS, 'twice');
      });

      test('attack: a same-site sibling has a code of its own', async (t) => {
        const { verdict } = await start(t);
        const sibling = { Origin: 'https://blog.api.example', 'Sec-Fetch-Site': 'same-site', Cookie: COOKIE };
        assert.equal(await verdict(sibling), '403 ERR_HAUBERK_CSRF_SAME_SITE 3');
      });

      test('rule 4: without Sec-Fetch-Site the host of Origin decides', async (t) => {
        const { verdict } = await start(t);
        const from = (/** @type {string} */ Origin, Host = 'api.example') =>
          verdict({ Origin, Host, Cookie: COOKIE });
        assert.equal(await from('http://api.example'), 'passed');
        assert.equal(await from('https://api.example'), 'passed');
        assert.equal(await from('http://192.168.1.5:3000', '192.168.1.5:3000'), 'passed');
        assert.equal(await from('http://api.example', 'API.example:80'), 'passed');
        assert.equal(await from('https://api.example', 'api.example:443'), 'passed');
        for (const origin of [
          'http://api.example:3000',
          'http://api.example.evil.example',
          'http://evil.example',
          'http://xapi.example',
          'ftp://api.example',
          'chrome-extension://api.example',
          'api.example',
          '',
        ]) {
          assert.equal(await from(origin), '403 ERR_HAUBERK_CSRF_ORIGIN 4', origin);
        }
      });

      test('attack: a null Origin is another origin', async (t) => {
        const { verdict } = await start(t);
        assert.equal(await verdict({ Origin: 'null', Cookie: COOKIE }), '403 ERR_HAUBERK_CSRF_ORIGIN 4');
        assert.equal(
          await verdict({ Origin: 'null', Host: 'null', Cookie: COOKIE }),
          '403 ERR_HAUBERK_CSRF_ORIGIN 4',
        );
      });

      test('rule 4: behind a proxy that is trusted X-Forwarded-Host counts, and over TLS http: does not', async (t) => {
        const { verdict } = await start(t);
        const proxied = {
          'X-Forwarded-For': '203.0.113.9',
          'X-Forwarded-Host': 'api.example',
          Host: 'backend:3000',
        };
        assert.equal(await verdict({ ...proxied, Origin: 'https://api.example', Cookie: COOKIE }), 'passed');
        const tls = { 'X-Forwarded-Proto': 'https', Cookie: COOKIE };
        assert.equal(await verdict({ ...tls, Origin: 'https://api.example' }), 'passed');
        assert.equal(
          await verdict({ ...tls, Origin: 'http://api.example' }),
          '403 ERR_HAUBERK_CSRF_ORIGIN 4',
        );
      });

      test('rule 5: a missing Origin: what sends neither field passes, also with a cookie', async (t) => {
        const { verdict } = await start(t);
        assert.equal(await verdict({}), 'passed');
        assert.equal(await verdict({ Cookie: COOKIE, 'Content-Type': FORM }, { body: 'a=1' }), 'passed');
      });

      test('rule 5: strict refuses it with a cookie, and passes it with a token', async (t) => {
        const { verdict, token } = await start(t, { strict: true });
        assert.equal(await verdict({}), 'passed');
        assert.equal(await verdict({ Cookie: COOKIE }), '403 ERR_HAUBERK_CSRF_NO_ORIGIN 5');
        assert.equal(await verdict({ Cookie: COOKIE, 'X-CSRF-Token': await token() }), 'passed');
      });

      test('rule 6: without a cookie a content type that no form can send passes', async (t) => {
        const { verdict } = await start(t);
        const typed = (/** @type {any} */ type, /** @type {any} */ more) =>
          verdict(
            {
              Origin: evil.Origin,
              'Sec-Fetch-Site': 'cross-site',
              ...(type && { 'Content-Type': type }),
              ...more,
            },
            { body: '{}' },
          );
        for (const type of [
          JSON_TYPE,
          'application/json; charset=utf-8',
          'APPLICATION/JSON',
          'application/vnd.x+json',
        ]) {
          assert.equal(await typed(type), 'passed', type);
          assert.equal(await typed(type, { Cookie: COOKIE }), CROSS, type);
        }
        const forms = [
          'text/plain',
          'Text/Plain;charset=utf-8',
          'multipart/form-data; boundary=x',
          'x',
          'a b/c',
        ];
        for (const type of [undefined, FORM, `${FORM}; charset=utf-8`, ' text/plain ; x', ...forms]) {
          assert.equal(await typed(type), CROSS, type);
        }
      });

      test('attack: JSON sent as text/plain', async (t) => {
        const { verdict } = await start(t);
        const plain = { ...evil, 'Content-Type': 'text/plain;application/json' };
        assert.equal(await verdict(plain, { body: '{"a":1}' }), CROSS);
      });

      test('rule 7: a valid token passes, in the header and in a form', async (t) => {
        const { verdict, token } = await start(t);
        const good = await token();
        assert.match(good, /^[\w-]{64}$/);
        assert.equal(await verdict({ ...evil, 'X-CSRF-Token': good }), 'passed');
        const form = { ...evil, 'Content-Type': FORM };
        assert.equal(await verdict(form, { body: `a=1&_csrf=${good}` }), 'passed');
        assert.equal(await verdict(form, { body: 'a=1' }), CROSS);
        assert.equal(await verdict(form), CROSS);
        assert.equal(await verdict(form, { body: '_csrf=wrong' }), '403 ERR_HAUBERK_CSRF_TOKEN 7');
        const twice = await verdict(form, { body: `_csrf=${good}&_csrf=${good}` });
        assert.match(twice, alone ? /^403 ERR_HAUBERK_CSRF_TOKEN/ : /^422 ERR_HAUBERK_BODY_DUPLICATE_KEY/);
      });

      test('attack: the token of session A used on B', async (t) => {
        const { verdict, token } = await start(t);
        const good = await token();
        const other = { ...evil, Cookie: 'connect.sid=s%3AsessionB.sig', 'X-CSRF-Token': good };
        assert.equal(await verdict(other), '403 ERR_HAUBERK_CSRF_TOKEN 7');
        assert.equal(await verdict({ ...other, Cookie: '' }), '403 ERR_HAUBERK_CSRF_TOKEN 7');
        assert.equal(await verdict({ ...other, Cookie: COOKIE }), 'passed');
      });

      test('attack: a second session cookie behind the real one does not count', async (t) => {
        const { verdict, token } = await start(t);
        const attackers = await token('connect.sid=s%3Aattacker.sig');
        const both = {
          ...evil,
          Cookie: `${COOKIE}; connect.sid=s%3Aattacker.sig`,
          'X-CSRF-Token': attackers,
        };
        assert.equal(await verdict(both), '403 ERR_HAUBERK_CSRF_TOKEN 7');
      });

      test('tampered, cut, foreign and empty tokens', async (t) => {
        const { verdict, token } = await start(t);
        const good = await token();
        for (const bad of [
          '',
          good.slice(1),
          `${good}A`,
          `${good} `.padEnd(65, '='),
          good.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
          good.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
          'A'.repeat(64),
          'x'.repeat(8000),
        ]) {
          // Blanks around a value are not part of it.
          if (bad.trim() === good) continue;
          assert.equal(await verdict({ ...evil, 'X-CSRF-Token': bad }), '403 ERR_HAUBERK_CSRF_TOKEN 7', bad);
        }
        assert.equal(
          await verdict({ ...evil, 'X-CSRF-Token': [good, good] }),
          '403 ERR_HAUBERK_CSRF_TOKEN 7',
        );
      });

      test('attack: a method that was overridden before the check counts as what it was', async (t) => {
        const app = express();
        app.use((/** @type {any} */ req, /** @type {any} */ _res, /** @type {any} */ next) => {
          // As the package method-override does.
          const to = req.headers['x-http-method-override'];
          if (to !== undefined) [req.originalMethod, req.method] = [req.originalMethod ?? req.method, to];
          next();
        });
        app.use(alone ? csrf({ secret: SECRET }) : hauberk({ secret: SECRET }));
        app.all('/', (/** @type {any} */ req, /** @type {any} */ res) => res.send(req.method));
        const { port } = await serve(t, app);
        const overridden = (/** @type {string} */ to, method = 'POST') =>
          send(port, { method, headers: { ...evil, 'X-HTTP-Method-Override': to } });
        assert.equal((await overridden('GET')).code, 'ERR_HAUBERK_CSRF_CROSS_SITE');
        assert.equal((await overridden('OPTIONS')).code, 'ERR_HAUBERK_CSRF_CROSS_SITE');
        assert.equal((await overridden('DELETE')).code, 'ERR_HAUBERK_CSRF_CROSS_SITE');
        assert.equal((await overridden('DELETE', 'GET')).code, 'ERR_HAUBERK_CSRF_CROSS_SITE');
        assert.equal((await overridden('OPTIONS', 'GET')).status, 200);
      });

      test('dry run tells and passes; a refusal is an event', async (t) => {
        const told = events(t);
        const { verdict } = await start(t, { mode: 'report' });
        assert.equal(await verdict(evil), 'passed');
        assert.equal(await verdict({ ...evil, 'Content-Type': FORM }, { body: '_csrf=x' }), 'passed');
        const mine = told().filter(({ practice }) => practice === 'csrf');
        assert.deepEqual(
          mine.map(({ event, code, blocked }) => [event, code, blocked]),
          [
            ['malicious_csrf', 'ERR_HAUBERK_CSRF_CROSS_SITE', false],
            ['malicious_csrf', 'ERR_HAUBERK_CSRF_TOKEN', false],
          ],
        );
      });
    });
  }
}
