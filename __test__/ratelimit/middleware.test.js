'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { subscribe, unsubscribe } = require('node:diagnostics_channel');
const { expresses, serve, raw } = require('../helpers/server');
const ratelimit = require('../../lib/ratelimit');

const HOUR = 3_600_000;

/** An app with the limiters in front of one handler; errors answer with their code. */
async function limited(t, express, ...layers) {
  const app = express();
  app.use(...layers);
  app.use((_req, res) => res.json({ ok: true }));
  app.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ error: error.code }));
  return serve(t, app);
}

for (const { name, express } of expresses) {
  test(`${name}: 429 as problem details, with Retry-After and the registered type`, async (t) => {
    const { url } = await limited(
      t,
      express,
      ratelimit({ limit: 2, windowMs: HOUR, name: `problem-${name[8]}` }),
    );
    for (const remaining of [1, 0]) {
      const answer = await fetch(url);
      assert.equal(answer.status, 200);
      assert.match(
        answer.headers.get('ratelimit'),
        new RegExp(`^"problem-${name[8]}";r=${remaining};t=1800$`),
      );
    }
    const answer = await fetch(url);
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    const problem = await answer.json();
    assert.equal(problem.type, 'https://iana.org/assignments/http-problem-types#quota-exceeded');
    assert.deepEqual(problem['violated-policies'], [`problem-${name[8]}`]);
    assert.equal(problem.code, 'ERR_HAUBERK_RATELIMIT_EXCEEDED');
    assert.equal(problem.status, 429);
    const [, t2] = /;r=0;t=(\d+)$/.exec(answer.headers.get('ratelimit'));
    const retryAfter = answer.headers.get('retry-after');
    assert.match(retryAfter, /^\d+$/);
    assert.ok(
      Number(retryAfter) >= Number(t2) && Number(retryAfter) <= 1800 * 1.1 + 1,
      `${retryAfter} ${t2}`,
    );
  });

  test(`${name}: parallel race admits exactly the limit`, async (t) => {
    const { url } = await limited(t, express, ratelimit({ limit: 20, windowMs: HOUR }));
    const statuses = await Promise.all(Array.from({ length: 60 }, async () => (await fetch(url)).status));
    assert.equal(statuses.filter((status) => status === 200).length, 20);
    assert.equal(statuses.filter((status) => status === 429).length, 40);
  });

  test(`${name}: HEAD, case, //, %2f and dot segments land in one bucket`, async (t) => {
    const { port } = await limited(t, express, ratelimit({ limit: 7, windowMs: HOUR }));
    const lines = [
      'GET /a',
      'HEAD /a',
      'GET /A',
      'GET //a',
      'GET /%2fa',
      'GET /x/../a',
      'POST /a?b',
      'GET /a',
      'HEAD /a/',
    ];
    const statuses = [];
    for (const line of lines) {
      const answer = await raw(port, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      statuses.push(Number(answer.slice(9, 12)));
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 200, 429, 429]);
  });

  test(`${name}: CORS preflights are never charged, plain OPTIONS is`, async (t) => {
    const { url } = await limited(t, express, ratelimit({ limit: 1, windowMs: HOUR }));
    for (let i = 0; i < 5; i += 1) {
      const preflight = {
        method: 'OPTIONS',
        headers: { 'Access-Control-Request-Method': 'PUT', Origin: 'http://a.example' },
      };
      assert.equal((await fetch(url, preflight)).status, 200);
    }
    assert.equal((await fetch(url, { method: 'OPTIONS' })).status, 200);
    assert.equal((await fetch(url, { method: 'OPTIONS' })).status, 429);
  });

  test(`${name}: refusals with cors() in front stay readable, the real package`, async (t) => {
    const { url } = await limited(t, express, require('cors')(), ratelimit({ limit: 1, windowMs: HOUR }));
    await fetch(url);
    const answer = await fetch(url, { headers: { Origin: 'http://a.example' } });
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  });

  test(`${name}: two limiters on one request both count and both show`, async (t) => {
    const all = ratelimit({ name: 'all', limit: 100, windowMs: HOUR });
    const few = ratelimit({ name: 'few', limit: 1, windowMs: HOUR });
    // Both versions of Express use these names, one after the other.
    t.after(() => [all, few].forEach((layer) => layer.close()));
    const { url } = await limited(t, express, all, few);
    const first = await fetch(url);
    assert.match(first.headers.get('ratelimit'), /^"all";r=99;t=\d+, "few";r=0;t=\d+$/);
    assert.equal(first.headers.get('ratelimit-policy'), '"all";q=100;w=3600, "few";q=1;w=3600');
    const second = await fetch(url);
    assert.equal(second.status, 429);
    assert.match(second.headers.get('ratelimit'), /^"all";r=98;t=\d+, "few";r=0;t=\d+$/);
    assert.deepEqual((await second.json())['violated-policies'], ['few']);
  });

  test(`${name}: two limiters in a form with one value show the one with less left`, async (t) => {
    const layers = [50, 3].map((limit) =>
      ratelimit({ limit, windowMs: HOUR, fields: ['draft-7', 'legacy'] }),
    );
    const { url } = await limited(t, express, ...layers);
    const { headers } = await fetch(url);
    assert.equal(headers.get('ratelimit'), 'limit=3, remaining=2, reset=1200');
    assert.equal(headers.get('ratelimit-policy'), '3;w=3600');
    assert.equal(headers.get('x-ratelimit-remaining'), '2');
  });

  test(`${name}: response fields survive error paths and streams`, async (t) => {
    const app = express();
    app.use(ratelimit({ limit: 50, windowMs: HOUR }));
    app.get('/throw', () => {
      throw new Error('mistake');
    });
    app.get('/head', (_req, res) => res.writeHead(201, { 'X-Own': '1' }).end());
    app.get('/stream', (_req, res) => {
      res.write('a');
      setImmediate(() => res.end('b'));
    });
    app.use((error, _req, res, next) => next(error));
    t.mock.method(console, 'error', () => {});
    const { url } = await serve(t, app);
    for (const where of ['/throw', '/head', '/stream', '/none']) {
      const { headers } = await fetch(url + where);
      assert.match(headers.get('ratelimit') ?? '', /^"50-in-1hr";r=\d+;t=\d+$/, where);
    }
  });

  test(`${name}: a key or cost that is no use fails closed`, async (t) => {
    const bad = [undefined, null, NaN, 7, '', {}, ['a'], Promise.resolve('a'), 'x'.repeat(2000), '\ud800'];
    for (const value of bad) {
      const { url } = await limited(t, express, ratelimit({ key: () => value }));
      const answer = await fetch(url);
      assert.equal(answer.status, 500);
      assert.deepEqual(await answer.json(), { error: 'ERR_HAUBERK_RATELIMIT_KEY' });
    }
    const throwing = ratelimit({
      key() {
        throw new Error('mistake');
      },
    });
    const rejecting = ratelimit({ key: async () => Promise.reject(new Error('mistake')) });
    for (const layer of [throwing, rejecting]) {
      const { url } = await limited(t, express, layer);
      assert.deepEqual(await (await fetch(url)).json(), { error: 'ERR_HAUBERK_RATELIMIT_KEY' });
    }
    for (const cost of [-1, 0, NaN, 201, '1', undefined, Promise.resolve(1)]) {
      const { url } = await limited(t, express, ratelimit({ cost: () => cost }));
      const answer = await fetch(url);
      assert.equal(answer.status, 500, String(cost));
      assert.deepEqual(await answer.json(), { error: 'ERR_HAUBERK_ARGUMENT' });
    }
  });

  test(`${name}: key, cost, skip, statusCode and message`, async (t) => {
    const layer = ratelimit({
      limit: 4,
      windowMs: HOUR,
      key: (req) => req.headers['x-user'],
      cost: (req) => Number(req.headers['x-cost'] ?? 1),
      skip: (req) => (req.url === '/health' ? true : Promise.resolve(true)),
      statusCode: 503,
      message: 'Come back later.',
    });
    const { url } = await limited(t, express, layer);
    const ask = (user, cost, where = '/') =>
      fetch(url + where, { headers: { 'X-User': user, 'X-Cost': String(cost) } });
    assert.equal((await ask('a', 4)).status, 200);
    const answer = await ask('a', 1);
    assert.equal(answer.status, 503);
    assert.equal((await answer.json()).detail, 'Come back later.');
    assert.equal((await ask('b', 1)).status, 200);
    assert.equal((await ask('a', 1, '/health')).status, 200);
    assert.equal((await ask('a', 1, '/health')).headers.get('ratelimit'), null);
  });

  test(`${name}: handler answers in place of the problem; one that fails still ends the response`, async (t) => {
    const handlers = {
      own: (_req, res, decision) => res.json({ wait: decision.retryAfterMs > 0 }),
      rejects: async () => Promise.reject(new Error('mistake')),
      throws() {
        throw new Error('mistake');
      },
    };
    const answers = {};
    for (const [key, handler] of Object.entries(handlers)) {
      const { url } = await limited(t, express, ratelimit({ limit: 1, windowMs: HOUR, handler }));
      await fetch(url);
      const answer = await fetch(url);
      answers[key] = answer.status;
      if (key === 'own') {
        assert.deepEqual(await answer.json(), { wait: true });
        assert.match(answer.headers.get('retry-after'), /^\d+$/);
        assert.match(answer.headers.get('ratelimit'), /;r=0;/);
      }
    }
    assert.deepEqual(answers, { own: 429, rejects: 500, throws: 500 });
  });

  test(`${name}: report mode tells and refuses nothing`, async (t) => {
    const events = [];
    const listen = (event) => events.push(event);
    subscribe('hauberk:event', listen);
    t.after(() => unsubscribe('hauberk:event', listen));
    const { url } = await limited(t, express, ratelimit({ limit: 1, windowMs: HOUR, mode: 'report' }));
    for (let i = 0; i < 3; i += 1) assert.equal((await fetch(url)).status, 200);
    const ours = events.filter((event) => event.practice === 'ratelimit');
    assert.equal(ours.length, 2);
    assert.equal(ours[0].event, 'excess_rate_limit_exceeded');
    assert.equal(ours[0].blocked, false);
    assert.equal(ours[0].client, '127.0.0.0/24');
  });

  test(`${name}: a closed limiter fails the request, it does not let it through`, async (t) => {
    const layer = ratelimit({ limit: 1 });
    const { url } = await limited(t, express, layer);
    layer.close();
    assert.deepEqual(await (await fetch(url)).json(), { error: 'ERR_HAUBERK_RATELIMIT_TABLE' });
  });
}

test('a rotated X-Forwarded-For gets no second bucket', async (t) => {
  const app = require('express')();
  app.set('trust proxy', 1);
  app.use(ratelimit({ limit: 3, windowMs: HOUR }));
  app.use((_req, res) => res.end());
  const { url } = await serve(t, app);
  const statuses = [];
  for (let i = 0; i < 6; i += 1) {
    statuses.push((await fetch(url, { headers: { 'X-Forwarded-For': `10.${i}.0.1, 203.0.113.9` } })).status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 429, 429, 429]);
});
