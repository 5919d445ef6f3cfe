'use strict';

const assert = require('node:assert/strict');
const diagnostics = require('node:diagnostics_channel');
const { describe, test } = require('node:test');

const hauberk = require('../..');
const { expresses, raw, serve } = require('../helpers/server');

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** An app with the guard in front and a few routes behind it. */
function appWith(express, options, { before } = {}) {
  const app = express();
  before?.(app);
  const guard = hauberk(options);
  app.use(guard);
  app.get('/ok', (_req, res) => res.json({ ok: true }));
  app.get('/page', (_req, res) => res.type('html').send('<!doctype html><title>page</title>'));
  app.post('/echo', (req, res) => res.json({ got: req.body ?? null }));
  app.post('/upload/:id', (req, res) => res.json({ got: req.body ?? null }));
  app.get('/throw', () => {
    throw new Error('secret at /srv/app/db.js');
  });
  app.use(guard.errors);
  return { app, guard };
}

const post = (url, body, headers = JSON_TYPE) => fetch(url, { method: 'POST', headers, body });

/** Runs `work` and gives the events that were published meanwhile. */
async function eventsOf(work) {
  const events = [];
  // The tests may run as root, of which the first request to a guard tells an event.
  const listen = (event) => event.code !== 'ERR_HAUBERK_PRIVILEGES_ROOT' && events.push(event);
  diagnostics.subscribe('hauberk:event', listen);
  await work();
  diagnostics.unsubscribe('hauberk:event', listen);
  return events;
}

for (const { name, express } of expresses) {
  describe(name, () => {
    test('without options: headers, limit fields, request id, body, problem+json', async (t) => {
      const { app, guard } = appWith(express);
      t.after(guard.close);
      const { url } = await serve(t, app);
      const ok = await fetch(`${url}/ok`);
      assert.equal(ok.status, 200);
      assert.match(ok.headers.get('content-security-policy'), /default-src 'none'/);
      assert.equal(ok.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(ok.headers.get('x-powered-by'), null);
      assert.match(ok.headers.get('ratelimit'), /^"600-in-1min";r=199;t=\d+$/);
      assert.match(ok.headers.get('ratelimit-policy'), /^"600-in-1min";q=600;w=60$/);
      assert.match(ok.headers.get('x-request-id'), /^[0-9a-f]{32}$/);
      assert.equal(ok.headers.get('strict-transport-security'), null);
      assert.deepEqual(await (await post(`${url}/echo`, '{"a":[1,"b"]}')).json(), { got: { a: [1, 'b'] } });
    });

    test('html gets the site set, everything else the api set', async (t) => {
      const { app, guard } = appWith(express);
      t.after(guard.close);
      const { url } = await serve(t, app);
      const page = await fetch(`${url}/page`);
      const api = await fetch(`${url}/ok`);
      assert.match(page.headers.get('content-security-policy'), /default-src 'self'/);
      assert.match(api.headers.get('content-security-policy'), /default-src 'none'/);
    });

    test('an error: nothing internal leaves, the headers stay', async (t) => {
      const logged = [];
      const { app, guard } = appWith(express, {
        errors: { logger: { error: (...all) => logged.push(all) } },
      });
      t.after(guard.close);
      const { url } = await serve(t, app);
      const failed = await fetch(`${url}/throw`);
      const text = await failed.text();
      assert.equal(failed.status, 500);
      assert.match(failed.headers.get('content-type'), /^application\/problem\+json/);
      assert.doesNotMatch(text, /secret|srv|db\.js/);
      assert.match(failed.headers.get('content-security-policy'), /default-src 'none'/);
      const id = failed.headers.get('x-request-id');
      assert.ok(text.includes(id));
      assert.match(JSON.stringify(logged), new RegExp(id));
      assert.match(JSON.stringify(logged), /secret at/);
    });

    test('404 is a problem with the request id', async (t) => {
      const { app, guard } = appWith(express);
      t.after(guard.close);
      const { url } = await serve(t, app);
      const missing = await fetch(`${url}/nowhere`);
      assert.equal(missing.status, 404);
      assert.equal((await missing.json()).code, 'ERR_HAUBERK_ERRORS_NOT_FOUND');
    });

    test('a refusal is coded, points to the place, tells an event with the request id', async (t) => {
      const { app, guard } = appWith(express);
      t.after(guard.close);
      const { url } = await serve(t, app);
      let refused;
      const events = await eventsOf(async () => {
        refused = await post(`${url}/echo`, '{"a":{"__proto__":{"admin":true}}}');
      });
      assert.equal(refused.status, 422);
      const problem = await refused.json();
      assert.equal(problem.code, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
      assert.equal(problem.pointer, '/a/__proto__');
      assert.equal(problem.status, 422);
      assert.equal(events.length, 1);
      assert.equal(events[0].event, 'malicious_extraneous');
      assert.equal(events[0].blocked, true);
      assert.equal(events[0].requestId, refused.headers.get('x-request-id'));
    });

    test('mode report blocks nothing and tells everything', async (t) => {
      const { app, guard } = appWith(express, {
        mode: 'report',
        ratelimit: { limit: 1, windowMs: 3_600_000 },
      });
      t.after(guard.close);
      const { url } = await serve(t, app);
      const events = await eventsOf(async () => {
        for (let i = 0; i < 3; i += 1) assert.equal((await fetch(`${url}/ok`)).status, 200);
        assert.equal((await post(`${url}/echo`, '{"__proto__":1}')).status, 200);
      });
      assert.ok(events.every((event) => event.blocked === false));
      assert.ok(events.some((event) => event.code === 'ERR_HAUBERK_RATELIMIT_EXCEEDED'));
      assert.ok(events.some((event) => event.code === 'ERR_HAUBERK_BODY_PROTOTYPE_KEY'));
    });

    test('one practice in report, the others enforced; and the other way round', async (t) => {
      const limit = { limit: 1, windowMs: 3_600_000 };
      const soft = appWith(express, { ratelimit: { ...limit, mode: 'report' } });
      const hard = appWith(express, { mode: 'report', ratelimit: { ...limit, mode: 'enforce' } });
      t.after(soft.guard.close);
      t.after(hard.guard.close);
      const one = await serve(t, soft.app);
      const two = await serve(t, hard.app);
      for (let i = 0; i < 3; i += 1) assert.equal((await fetch(`${one.url}/ok`)).status, 200);
      assert.equal((await post(`${one.url}/echo`, '{"__proto__":1}')).status, 422);
      assert.equal((await fetch(`${two.url}/ok`)).status, 200);
      assert.equal((await fetch(`${two.url}/ok`)).status, 429);
    });

    test('each practice can be switched off', async (t) => {
      const { app, guard } = appWith(express, {
        monitor: false,
        privileges: false,
        headers: false,
        ratelimit: false,
        cookies: false,
        csrf: false,
        body: false,
        query: false,
        requestId: false,
        errors: false,
      });
      t.after(guard.close);
      const { url } = await serve(t, app);
      const ok = await fetch(`${url}/ok`);
      for (const field of [
        'content-security-policy',
        'ratelimit',
        'x-request-id',
        'x-content-type-options',
      ]) {
        assert.equal(ok.headers.get(field), null, field);
      }
      assert.deepEqual(await (await post(`${url}/echo`, '{"a":1}')).json(), { got: null });
      assert.deepEqual(guard.report().practices, {
        monitor: 'off',
        privileges: 'off',
        requestId: 'off',
        client: 'on',
        bans: 'off',
        headers: 'off',
        https: 'off',
        ratelimit: 'off',
        cookies: 'off',
        csrf: 'off',
        body: 'off',
        query: 'off',
        errors: 'off',
      });
      assert.equal(guard.report().findings.filter(({ level }) => level === 'unsafe').length, 9);
    });

    test('routes loosen and tighten, resolved before the first stage', async (t) => {
      const { app, guard } = appWith(express, {
        body: { limit: 64 },
        routes: {
          'POST /upload': { body: { limit: '1mb' }, headers: false },
          '/ok': { ratelimit: { limit: 1, windowMs: 3_600_000 } },
        },
      });
      t.after(guard.close);
      const { url } = await serve(t, app);
      const long = JSON.stringify({ text: 'x'.repeat(500) });
      assert.equal((await post(`${url}/echo`, long)).status, 413);
      const loose = await post(`${url}/upload/7`, long);
      assert.equal(loose.status, 200);
      assert.equal(loose.headers.get('content-security-policy'), null);
      assert.equal((await post(`${url}/UPLOAD/7`, long)).status, 200);
      assert.equal((await post(`${url}/uploads`, long)).status, 413);
      assert.equal((await post(`${url}/upload%2f7`, long)).status, 413);
      assert.equal((await post(`${url}//upload/7`, long)).status, 413);
      assert.equal((await fetch(`${url}/ok`)).status, 200);
      assert.equal((await fetch(`${url}/ok`, { method: 'HEAD' })).status, 429);
      assert.equal((await fetch(`${url}/page`)).status, 200);
    });

    test('the longest route wins, one with a method before one without, GET holds for HEAD', async (t) => {
      const { app, guard } = appWith(express, { requestId: { field: 'X-Base' } });
      guard.route('/', { requestId: { field: 'X-Root' } });
      guard.route('/upload', { requestId: { field: 'X-Any' } });
      guard.route('POST /upload', { requestId: { field: 'X-Post' } });
      guard.route('/upload/7', { requestId: false });
      guard.route('GET /ok', { requestId: { field: 'X-Get' } });
      t.after(guard.close);
      const { url } = await serve(t, app);
      const fieldOf = async (path, init) => {
        const { headers } = await fetch(`${url}${path}`, init);
        return ['x-base', 'x-root', 'x-any', 'x-post', 'x-get'].filter((field) => headers.has(field)).join();
      };
      assert.equal(await fieldOf('/page'), 'x-root');
      assert.equal(await fieldOf('/upload/1'), 'x-any');
      assert.equal(await fieldOf('/upload/1', { method: 'POST' }), 'x-post');
      assert.equal(await fieldOf('/upload/7/below', { method: 'POST' }), '');
      assert.equal(await fieldOf('/ok'), 'x-get');
      assert.equal(await fieldOf('/ok', { method: 'HEAD' }), 'x-get');
      assert.equal(await fieldOf('/ok', { method: 'POST' }), 'x-root');
      assert.throws(() => guard.route('/late', {}), { code: 'ERR_HAUBERK_OPTION_INVALID' });
    });

    test('case sensitive routing: another case is another path', async (t) => {
      const { app, guard } = appWith(
        express,
        { routes: { '/ok': { requestId: false } } },
        { before: (one) => one.set('case sensitive routing', true) },
      );
      t.after(guard.close);
      const { url } = await serve(t, app);
      assert.equal((await fetch(`${url}/ok`)).headers.has('x-request-id'), false);
      assert.equal((await fetch(`${url}/OK`)).headers.has('x-request-id'), true);
    });

    test('a guard mounted on a path and in a sub-app', async (t) => {
      const outer = express();
      const inner = express();
      const guard = hauberk({ routes: { '/free': { requestId: false } } });
      t.after(guard.close);
      inner.use(guard);
      inner.get(['/free', '/kept'], (_req, res) => res.json({}));
      inner.use(guard.errors);
      outer.use('/v1', inner);
      outer.get('/plain', (_req, res) => res.json({}));
      const { url } = await serve(t, outer);
      assert.equal((await fetch(`${url}/v1/kept`)).headers.has('x-request-id'), true);
      assert.equal((await fetch(`${url}/v1/free`)).headers.has('x-request-id'), false);
      assert.equal((await fetch(`${url}/plain`)).headers.has('content-security-policy'), false);
      assert.equal((await fetch(`${url}/v1/none`)).status, 404);
    });

    test('app.use(hauberk) without the call fails every request with the fix', async (t) => {
      const app = express();
      const seen = [];
      app.use(hauberk);
      app.get('/', (_req, res) => res.send('unprotected'));
      app.use((error, _req, res, _next) => {
        seen.push(error);
        res.status(error.status).end();
      });
      const { url } = await serve(t, app);
      for (let i = 0; i < 2; i += 1) assert.equal((await fetch(url)).status, 500);
      assert.equal(seen.length, 2);
      assert.equal(seen[1].code, 'ERR_HAUBERK_GUARD_NOT_CALLED');
      assert.match(seen[1].message, /app\.use\(hauberk\(\)\)/);
    });

    test('errors before the guard is named, every time', async (t) => {
      const logged = [];
      const app = express();
      const guard = hauberk({ errors: { logger: { error: (...all) => logged.push(all) } } });
      t.after(guard.close);
      app.use(guard.errors);
      app.use(guard);
      app.get('/', (_req, res) => res.send('unreachable'));
      const { url } = await serve(t, app);
      for (let i = 0; i < 2; i += 1) assert.equal((await fetch(url)).status, 500);
      assert.equal(JSON.stringify(logged).match(/ERR_HAUBERK_GUARD_ORDER/g)?.length >= 2, true);
    });

    test('trust proxy true fails every request with the fix', async (t) => {
      const logged = [];
      const { app, guard } = appWith(
        express,
        { errors: { logger: { error: (...all) => logged.push(all) } } },
        { before: (one) => one.set('trust proxy', true) },
      );
      t.after(guard.close);
      const { url } = await serve(t, app);
      for (let i = 0; i < 2; i += 1) assert.equal((await fetch(`${url}/ok`)).status, 500);
      assert.match(JSON.stringify(logged), /ERR_HAUBERK_CLIENT_TRUST_PROXY/);
    });

    test('a closed guard lets nothing through', async (t) => {
      const { app, guard } = appWith(express, { errors: { logger: { error() {} } } });
      const { url } = await serve(t, app);
      assert.equal((await fetch(`${url}/ok`)).status, 200);
      guard.close();
      guard.close();
      assert.equal((await fetch(`${url}/ok`)).status, 500);
      assert.equal(guard.report().closed, true);
    });

    test('an inbound request id counts only from a trusted hop, and only in its form', async (t) => {
      const near = appWith(express, { client: { trustProxy: 1 } });
      const far = appWith(express, { client: { trustProxy: false } });
      t.after(near.guard.close);
      t.after(far.guard.close);
      const one = await serve(t, near.app);
      const two = await serve(t, far.app);
      const idOf = async (url, id) =>
        (await fetch(`${url}/ok`, { headers: { 'X-Request-Id': id } })).headers.get('x-request-id');
      assert.equal(await idOf(one.url, 'edge-7.a_b'), 'edge-7.a_b');
      assert.match(await idOf(one.url, 'a b'), /^[0-9a-f]{32}$/);
      assert.match(await idOf(one.url, 'x'.repeat(65)), /^[0-9a-f]{32}$/);
      assert.match(await idOf(two.url, 'edge-7.a_b'), /^[0-9a-f]{32}$/);
    });

    test('a request that passes two guards keeps its id', async (t) => {
      const app = express();
      const outer = hauberk();
      const inner = hauberk();
      t.after(outer.close);
      t.after(inner.close);
      app.use(outer, inner);
      app.post('/', (_req, res) => res.json({}));
      const { url } = await serve(t, app);
      let answer;
      const events = await eventsOf(async () => {
        answer = await post(url, '{"__proto__":1}');
      });
      assert.equal(events[0].requestId, answer.headers.get('x-request-id'));
    });

    test('a route that switches headers on again has the preset of the guard', async (t) => {
      const { app, guard } = appWith(express, {
        preset: 'site',
        headers: false,
        routes: { '/ok': { headers: true } },
      });
      t.after(guard.close);
      const { url } = await serve(t, app);
      assert.match((await fetch(`${url}/ok`)).headers.get('content-security-policy'), /default-src 'self'/);
      assert.equal((await fetch(`${url}/page`)).headers.get('content-security-policy'), null);
    });

    test('mode report reaches the error handler: it logs and passes on', async (t) => {
      const logged = [];
      const { app, guard } = appWith(express, {
        mode: 'report',
        errors: { logger: { error: (...all) => logged.push(all) } },
      });
      t.after(guard.close);
      app.use((_error, _req, res, _next) => res.status(418).end());
      const { url } = await serve(t, app);
      assert.equal((await fetch(`${url}/throw`)).status, 418);
      assert.equal(logged.length, 1);
      assert.equal(guard.report().practices.errors, 'report');
    });

    test('cors() in front of the guard: preflights are never charged, refusals stay readable', async (t) => {
      const { app, guard } = appWith(
        express,
        { ratelimit: { limit: 1, windowMs: 3_600_000 } },
        { before: (one) => one.use(require('cors')({ origin: 'https://app.example' })) },
      );
      t.after(guard.close);
      const { url } = await serve(t, app);
      const preflight = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' };
      for (let i = 0; i < 5; i += 1) {
        assert.equal((await fetch(`${url}/ok`, { method: 'OPTIONS', headers: preflight })).status, 204);
      }
      assert.equal((await fetch(`${url}/ok`)).status, 200);
      const refused = await fetch(`${url}/ok`, { headers: { Origin: 'https://app.example' } });
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('access-control-allow-origin'), 'https://app.example');
    });

    test('a preflight that reaches the guard is not charged either', async (t) => {
      const { app, guard } = appWith(express, { ratelimit: { limit: 1, windowMs: 3_600_000 } });
      t.after(guard.close);
      const { url } = await serve(t, app);
      for (let i = 0; i < 3; i += 1) {
        const headers = { 'Access-Control-Request-Method': 'GET', Origin: 'https://app.example' };
        assert.notEqual((await fetch(`${url}/ok`, { method: 'OPTIONS', headers })).status, 429);
      }
      assert.equal((await fetch(`${url}/ok`)).status, 200);
    });

    test('bytes that are hardly HTTP do not bring the process down', async (t) => {
      const { app, guard } = appWith(express);
      t.after(guard.close);
      const { port, url } = await serve(t, app);
      const lines = [
        'GET http://evil.example/ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'GET //ok?a[b][c]=%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\nConnection: close\r\n\r\n{"a',
        'GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        `GET /ok HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${'1,'.repeat(3000)}\r\nForwarded: for=;;;"\r\nConnection: close\r\n\r\n`,
      ];
      const aborted = new Promise((resolve) => {
        diagnostics.subscribe('hauberk:event', function listen(event) {
          if (event.code !== 'ERR_HAUBERK_BODY_ABORTED') return;
          diagnostics.unsubscribe('hauberk:event', listen);
          resolve(event);
        });
      });
      await Promise.all(lines.map((line) => raw(port, line, { timeout: 2000 }).catch(() => '')));
      assert.equal((await fetch(`${url}/ok`)).status, 200);
      // The body that was broken off is told, and not in the middle of the next test.
      assert.equal((await aborted).blocked, true);
    });
  });
}

test('without Express: routes hold for targets in absolute form', async (t) => {
  const guard = hauberk({ routes: { 'POST /tight': { body: { limit: 5 } } } });
  t.after(guard.close);
  const { port } = await serve(t, (req, res) => guard(req, res, () => res.end('passed')));
  const rest =
    'HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 7';
  const status = async (target) => (await raw(port, `POST ${target} ${rest}\r\n\r\n{"a":1}`)).slice(9, 12);
  for (const target of [
    '/tight',
    'http://a/tight',
    'HTTPS://a:1/TIGHT/x',
    'http://a/tight?x=/',
    '/tight#x',
  ]) {
    assert.equal(await status(target), '413', target);
  }
  for (const target of ['/', 'http://a', 'http://a?/tight', '/x?http://a/tight']) {
    assert.equal(await status(target), '200', target);
  }
});

test('a function that must not be async and rejects fails closed, and the process goes on', async (t) => {
  const rejects = () => Promise.reject(new Error('mistake'));
  const cases = [
    [{ ratelimit: { limit: 1, skip: rejects } }, 429],
    [{ ratelimit: { limit: 1, key: rejects } }, 500],
    [{ ratelimit: { limit: 1, cost: rejects } }, 500],
    [{ ratelimit: { limit: 1 }, client: { trustProxy: rejects } }, 429],
    [{ headers: { contentSecurityPolicy: { directives: { 'script-src': [rejects] } } } }, 500],
  ];
  for (const [options, status] of cases) {
    const { app, guard } = appWith(expresses[1].express, { ...options, errors: { logger() {} } });
    t.after(guard.close);
    const { url } = await serve(t, app);
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    await fetch(`${url}/ok`, { headers });
    // An unhandled rejection would fail this test.
    assert.equal((await fetch(`${url}/ok`, { headers })).status, status, JSON.stringify(options));
  }
});

test('a server without Express: the guard answers what nothing behind it does', async (t) => {
  const guard = hauberk({ ratelimit: { limit: 2, windowMs: 3_600_000 } });
  t.after(guard.close);
  const { url } = await serve(t, guard);
  assert.equal((await fetch(url)).status, 404);
  assert.equal((await post(url, '{"__proto__":1}')).status, 422);
  const refused = await fetch(url);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('x-content-type-options'), 'nosniff');
});

test('misspelt and impossible options throw at construction, with the closest name', () => {
  const code = 'ERR_HAUBERK_OPTION_UNKNOWN';
  assert.throws(() => hauberk({ ratelimits: {} }), { code, message: /did you mean ratelimit\?/ });
  assert.throws(() => hauberk({ headers: { contentSecurityPolcy: false } }), {
    code,
    message: /contentSecurityPolicy/,
  });
  assert.throws(() => hauberk({ routes: { '/a': { bodi: {} } } }), { code, message: /did you mean body\?/ });
  for (const bad of [7, 'enforce', [], null, () => {}]) {
    assert.throws(() => hauberk(bad), { code: 'ERR_HAUBERK_OPTION_INVALID' });
    assert.throws(() => hauberk({ routes: bad }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  for (const bad of [7, 'on', [], null, () => {}]) {
    assert.throws(() => hauberk({ body: bad }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  for (const bad of ['loud', true, 1, null]) {
    assert.throws(() => hauberk({ mode: bad }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
    assert.throws(() => hauberk({ preset: bad }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  for (const bad of ['upload', 'post /upload', '/a/:id', '/a/*', 'POST  /a', 'POST /a b', '']) {
    assert.throws(() => hauberk({ routes: { [bad]: {} } }), { code: 'ERR_HAUBERK_OPTION_INVALID' }, bad);
  }
  assert.throws(() => hauberk({ client: { trustProxy: true } }), { code: 'ERR_HAUBERK_CLIENT_TRUST_PROXY' });
  for (const field of ['Content-Length', 'set-cookie', 'Transfer-Encoding', 'a b', '']) {
    assert.throws(() => hauberk({ requestId: { field } }), { code: 'ERR_HAUBERK_OPTION_INVALID' }, field);
  }
  assert.throws(() => hauberk({ errors: 7 }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  assert.throws(() => hauberk({ body: { limit: 'lots' } }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
});

test('secrets: strength, several, environment', (t) => {
  const good = 'x'.repeat(32);
  for (const bad of ['short', '', [], ['short'], [good, 7], 7, {}, 'x'.repeat(31), `\ud800${good}`]) {
    assert.throws(() => hauberk({ secret: bad }), { code: 'ERR_HAUBERK_SECRET' });
  }
  const noSecret = (guard) =>
    guard.report().findings.some(({ what }) => what.startsWith('there is no secret'));
  assert.equal(noSecret(hauberk()), true);
  assert.equal(noSecret(hauberk({ secret: [good, `${good}2`] })), false);
  process.env.HAUBERK_SECRET = `${good},${good}2`;
  t.after(() => delete process.env.HAUBERK_SECRET);
  assert.equal(noSecret(hauberk()), false);
  process.env.HAUBERK_SECRET = 'short';
  assert.throws(() => hauberk(), { code: 'ERR_HAUBERK_SECRET' });
});
