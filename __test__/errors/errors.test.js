'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const errors = require('../../lib/errors');
const { HauberkError } = require('../../lib/internal/fault');
const { refusal } = require('../../lib/internal/refusal');
const { contextOf } = require('../../lib/internal/context');
const { corpus } = require('../helpers/corpora');
const { expresses, serve, raw } = require('../helpers/server');

const ENVIRONMENTS = [undefined, 'development', 'test', 'production', 'prod'];
const INTERNAL = /node_modules|\/work\/|\/home\/|\.js:\d+|\bat .*\(|SELECT|hunter2|secretTable|stack/;

/** @param {string | undefined} name @param {() => Promise<void>} work */
async function withEnvironment(name, work) {
  const before = process.env.NODE_ENV;
  if (name === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = name;
  try {
    await work();
  } finally {
    process.env.NODE_ENV = before;
  }
}

/** An app whose route `/` fails with what `make` gives; records land in the array. */
function failing(express, make, options = {}) {
  const records = [];
  const app = express();
  app.get('/', (req, res, next) => next(make(req, res)));
  app.use(errors({ logger: (record) => records.push(record), ...options }));
  return { app, records };
}

async function ask(t, app, path = '/', init = {}) {
  const { url } = await serve(t, app);
  const response = await fetch(url + path, init);
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
  return { response, text, json, status: response.status, headers: response.headers };
}

for (const { name, express } of expresses) {
  describe(`errors on ${name}`, () => {
    for (const environment of ENVIRONMENTS) {
      it(`leaks nothing under NODE_ENV ${environment}, detail asked for or not`, async (t) => {
        await withEnvironment(environment, async () => {
          for (const detail of [false, true]) {
            const make = () => new Error('SELECT * FROM secretTable at /home/app/db.js:1:2');
            const { app, records } = failing(express, make, { detail });
            const { status, json, text } = await ask(t, app);
            assert.equal(status, 500);
            assert.equal(json.title, 'Internal Server Error');
            const shown = detail && (environment === 'development' || environment === 'test');
            assert.equal('debug' in json, shown);
            if (!shown) assert.doesNotMatch(text, INTERNAL);
            else assert.match(json.debug.message, /secretTable/);
            assert.match(records[0].error.message, /secretTable/);
            assert.ok(records[0].error.stack.length > 2);
          }
        });
      });
    }

    it('sends problem details with a correlation id that is in the log too', async (t) => {
      const { app, records } = failing(express, () => new Error('boom'));
      const { json, headers } = await ask(t, app);
      assert.equal(headers.get('content-type'), 'application/problem+json');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.deepEqual(Object.keys(json), ['type', 'title', 'status', 'detail', 'instance']);
      assert.equal(json.instance, `urn:hauberk:request:${records[0].requestId}`);
      assert.match(records[0].requestId, /^[0-9a-f-]{36}$/);
    });

    it('keeps the correlation id that the guard gave', async (t) => {
      const make = (req) => {
        contextOf(req).requestId = 'given-1';
        return new Error('boom');
      };
      const { app, records } = failing(express, make);
      assert.equal((await ask(t, app)).json.instance, 'urn:hauberk:request:given-1');
      assert.equal(records[0].requestId, 'given-1');
    });

    it('answers HTML and text where the client prefers them, escaped', async (t) => {
      const make = () =>
        Object.assign(new Error('no <script>alert(1)</script> & more'), { status: 400, expose: true });
      const { app } = failing(express, make);
      const html = await ask(t, app, '/', {
        headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
      });
      assert.equal(html.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.match(html.text, /no &lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; more/);
      assert.doesNotMatch(html.text, /<script|src=|href=|<style/);
      assert.match(html.headers.get('content-security-policy'), /default-src 'none'/);
      assert.match(html.headers.get('vary'), /Accept/);
      const text = await ask(t, app, '/', { headers: { accept: 'text/plain' } });
      assert.equal(text.headers.get('content-type'), 'text/plain; charset=utf-8');
      assert.match(text.text, /^400 Bad Request\n/);
      for (const accept of [
        '*/*',
        'image/png',
        'text/html;q=0.1, application/json',
        ';;,,q=x',
        'text/html;q=0',
      ]) {
        const other = await ask(t, app, '/', { headers: { accept } });
        assert.equal(other.headers.get('content-type'), 'application/problem+json', accept);
      }
    });

    it('keeps an exposed 4xx message, without paths and stack-like text', async (t) => {
      const message =
        'The avatar /var/www/app/uploads/a b.png is too wide\n    at resize (/srv/app/x.js:1:2)';
      const { app } = failing(express, () =>
        Object.assign(new Error(message), { status: 422, expose: true }),
      );
      const { json, status } = await ask(t, app);
      assert.equal(status, 422);
      assert.match(json.detail, /^The avatar \[path\]/);
      assert.doesNotMatch(json.detail, /var|srv|resize|x\.js/);
    });

    it('does not show a 4xx message that is not exposed, nor an exposed 5xx message', async (t) => {
      const hidden = await ask(
        t,
        failing(express, () => Object.assign(new Error('who'), { status: 403 })).app,
      );
      assert.equal(hidden.status, 403);
      assert.equal(hidden.json.detail, undefined);
      const make = () => Object.assign(new Error('who'), { status: 502, expose: true });
      const upstream = await ask(t, failing(express, make).app);
      assert.equal(upstream.status, 502);
      assert.doesNotMatch(upstream.text, /who\b/);
    });

    it('shows the codes of hauberk that a request can meet, and no others', async (t) => {
      const busy = new HauberkError('ERR_HAUBERK_PASSWORDS_BUSY', 'queue of 4096 is full');
      const answer = await ask(t, failing(express, () => busy).app);
      assert.equal(answer.status, 503);
      assert.equal(answer.json.code, 'ERR_HAUBERK_PASSWORDS_BUSY');
      assert.equal(answer.headers.get('retry-after'), '5');
      assert.doesNotMatch(answer.text, /4096/);
      const option = new HauberkError('ERR_HAUBERK_OPTION_INVALID', 'x must be y');
      assert.equal((await ask(t, failing(express, () => option).app)).json.code, undefined);
      const foreign = Object.assign(new Error('x'), { code: 'ER_DUP_ENTRY', status: 409 });
      assert.equal((await ask(t, failing(express, () => foreign).app)).json.code, undefined);
    });

    it('shows a refusal as it is', async (t) => {
      const make = () =>
        refusal('body', 'ERR_HAUBERK_BODY_DEPTH', 'nested deeper than 64', {
          members: { pointer: '/a' },
          fields: { 'X-Limit': '64' },
        });
      const { json, headers, status } = await ask(t, failing(express, make).app);
      assert.equal(status, 422);
      assert.equal(json.pointer, '/a');
      assert.equal(json.detail, 'nested deeper than 64');
      assert.equal(headers.get('x-limit'), '64');
    });

    it('takes a status only if it is an integer from 400 to 599', async (t) => {
      for (const status of [200, 399, 600, 404.5, '404', NaN, Infinity, -1, 0, null, {}, [404], true, 404n]) {
        const { app } = failing(express, () => Object.assign(new Error('x'), { status }));
        assert.equal((await ask(t, app)).status, 500, String(status));
      }
      const { app } = failing(express, () => Object.assign(new Error('x'), { statusCode: 418 }));
      assert.equal((await ask(t, app)).status, 418);
    });

    it('sends only harmless and well-formed fields of error.headers', async (t) => {
      const headers = {
        Allow: 'GET, HEAD',
        'Retry-After': 7,
        'Set-Cookie': 'a=b',
        Server: 'x',
        'WWW-Authenticate': 'Basic\r\nX-Injected: 1',
        'bad name': 'x',
        get Accept() {
          throw new Error('getter');
        },
      };
      const { app } = failing(express, () => Object.assign(new Error('x'), { status: 405, headers }));
      const answer = await ask(t, app);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
      assert.equal(answer.headers.get('retry-after'), '7');
      for (const name of ['set-cookie', 'server', 'www-authenticate', 'x-injected', 'accept']) {
        assert.equal(answer.headers.get(name), null, name);
      }
    });

    it('answers for every odd thrown value', async (t) => {
      for (const [label, thrown] of oddValues()) {
        const { app, records } = failing(express, () => thrown);
        const { status, json, text } = await ask(t, app);
        assert.equal(status, 500, label);
        assert.equal(json.title, 'Internal Server Error', label);
        assert.doesNotMatch(text, INTERNAL, label);
        assert.equal(records.length, 1, label);
        assert.ok(JSON.stringify(records[0]).length < 200_000, label);
      }
    });

    it('survives a 10 MB message', async (t) => {
      const make = () => Object.assign(new Error('x'.repeat(10_000_000)), { status: 400, expose: true });
      const { app, records } = failing(express, make);
      const { text } = await ask(t, app);
      assert.ok(text.length < 2000);
      assert.ok(JSON.stringify(records[0]).length < 20_000);
      assert.match(records[0].error.message, /10000000 characters/);
      assert.ok(records[0].error.stack.length > 0);
    });

    it('leaks none of the corpus error-leakage, thrown or exposed', async (t) => {
      const rows = corpus('error-leakage');
      if (rows === undefined) return t.skip('corpora absent: error-leakage');
      const { url } = await serve(
        t,
        failing(express, (req) => {
          const message = String(rows[Number(req.query.row)].input);
          const exposed = req.query.exposed === '1';
          return Object.assign(new Error(unwrapped(message)), exposed ? { status: 400, expose: true } : {});
        }).app,
      );
      for (const [i, row] of rows.entries()) {
        if (!row.expect.leak) continue;
        for (const exposed of [0, 1]) {
          const answer = await (await fetch(`${url}/?row=${i}&exposed=${exposed}`)).json();
          const shown = answer.detail ?? '';
          const message = unwrapped(String(row.input));
          assert.ok(exposed === 0 || !shown.includes(message.trim()), `${row.id}: ${shown}`);
          assert.doesNotMatch(shown, /Exception|Wrapper|inetpub|<|SELECT|maxdb|\.php/, row.id);
        }
      }
    });

    it('answers 404 with its code, and leaves it to others in dry run', async (t) => {
      const app = express();
      app.use(errors());
      const { status, json } = await ask(t, app, '/nowhere?token=1');
      assert.equal(status, 404);
      assert.equal(json.code, 'ERR_HAUBERK_ERRORS_NOT_FOUND');
      const dry = express();
      dry.use(errors({ mode: 'report', logger: () => {} }));
      dry.use((req, res) => res.status(299).end());
      assert.equal((await ask(t, dry, '/nowhere')).status, 299);
    });

    it('in dry run logs an error and passes it on', async (t) => {
      const { app, records } = failing(express, () => new Error('boom'), { mode: 'report' });
      app.use((error, req, res, _next) => res.status(418).end(error.message));
      const { status, text } = await ask(t, app);
      assert.deepEqual([status, text, records.length], [418, 'boom', 1]);
    });

    it('answers HEAD without a body', async (t) => {
      const { app } = failing(express, () => new Error('x'));
      const { port } = await serve(t, app);
      const answer = await raw(port, 'HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      assert.match(answer, /^HTTP\/1\.1 500/);
      assert.ok(answer.endsWith('\r\n\r\n'));
    });

    it('calls malformed JSON and other refusals of express.json by hauberk codes, echoing nothing', async (t) => {
      const records = [];
      const app = express();
      app.use(express.json({ limit: 100 }));
      app.use(errors({ logger: (record) => records.push(record) }));
      const send = (body, type = 'application/json', more = {}) =>
        ask(t, app, '/', { method: 'POST', body, headers: { 'content-type': type, ...more } });
      const broken = await send('{"password":"hunter2",');
      assert.equal(broken.status, 400);
      assert.equal(broken.json.code, 'ERR_HAUBERK_BODY_SYNTAX');
      assert.doesNotMatch(broken.text, /hunter2|position|token/);
      assert.doesNotMatch(JSON.stringify(records), /hunter2/);
      assert.equal((await send(`"${'x'.repeat(200)}"`)).json.code, 'ERR_HAUBERK_BODY_TOO_LARGE');
      const charset = await send('{}', 'application/json; charset=x-odd');
      assert.deepEqual([charset.status, charset.json.code], [415, 'ERR_HAUBERK_BODY_CHARSET']);
      const encoding = await send('{}', 'application/json', { 'content-encoding': 'odd' });
      assert.deepEqual([encoding.status, encoding.json.code], [415, 'ERR_HAUBERK_BODY_ENCODING']);
    });

    it('calls a malformed parameter ERR_HAUBERK_ERRORS_URI, in Express and in a handler', async (t) => {
      const app = express();
      app.get('/u/:id', (req, res) => res.end('ok'));
      app.get('/q', (req, res) => res.end(decodeURIComponent('%E0%A4')));
      app.use(errors({ logger: () => {} }));
      for (const path of ['/u/%E0%A4', '/u/%zz', '/q']) {
        const { port } = await serve(t, app);
        const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        assert.match(answer, /^HTTP\/1\.1 400/, path);
        assert.match(answer, /ERR_HAUBERK_ERRORS_URI/, path);
        assert.doesNotMatch(answer, /Failed to decode|%E0/, path);
      }
    });

    it('cuts the connection when the head has left, and leaves a finished answer alone', async (t) => {
      const app = express();
      app.get('/half', (req, res, next) => {
        res.write('half', () => setImmediate(next, new Error('late')));
      });
      app.get('/whole', (req, res) => {
        res.end('whole');
        throw new Error('late');
      });
      const records = [];
      app.use(errors({ logger: (record) => records.push(record) }));
      const { url, port } = await serve(t, app);
      const half = await raw(port, 'GET /half HTTP/1.1\r\nHost: x\r\n\r\n');
      assert.match(half, /half/);
      assert.doesNotMatch(half, /\r\n0\r\n/);
      assert.equal(await (await fetch(`${url}/whole`)).text(), 'whole');
      assert.equal(records.length, 2);
    });

    it('logs an aborted request and does not throw', async (t) => {
      const done = Promise.withResolvers ? Promise.withResolvers() : resolvers();
      const app = express();
      app.get('/', (req, res, next) => res.on('close', () => next(new Error('gone'))));
      app.use(errors({ logger: (record) => done.resolve(record) }));
      const { port } = await serve(t, app);
      const socket = require('node:net').connect(port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      setTimeout(() => socket.destroy(), 50);
      const record = await done.promise;
      assert.match(record.message, /client had gone/);
      assert.equal(record.level, 'warn');
    });

    it('drops fields that described the answer that failed', async (t) => {
      const app = express();
      app.get('/', (req, res) => {
        res.set({
          ETag: '"1"',
          'Content-Encoding': 'gzip',
          'Content-Disposition': 'attachment',
          Location: '/x',
        });
        res.set('Content-Length', '3');
        throw new Error('x');
      });
      app.use(errors({ logger: () => {} }));
      const { headers, json } = await ask(t, app);
      for (const name of ['etag', 'content-encoding', 'content-disposition', 'location']) {
        assert.equal(headers.get(name), null, name);
      }
      assert.equal(json.status, 500);
    });

    it('answers although the logger or a header step fails', async (t) => {
      const bad = () => {
        throw new Error('logger down');
      };
      const original = console.error;
      const lines = [];
      console.error = (text) => lines.push(text);
      try {
        for (const logger of [bad, { error: bad }, async () => bad()]) {
          const answer = await ask(t, failing(express, () => new Error('boom'), { logger }).app);
          assert.equal(answer.status, 500);
        }
      } finally {
        console.error = original;
      }
      assert.equal(lines.filter((line) => line.startsWith('{')).length, 3);
      const make = (req, res) => {
        res.setHeader = bad;
        return new Error('boom');
      };
      const { app } = failing(express, make);
      const { port } = await serve(t, app);
      assert.doesNotMatch(
        await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
        /boom|down/,
      );
    });
  });

  describe(`errors.async on ${name}`, () => {
    const rejecting = async () => {
      throw new Error('rejected');
    };
    const rest = (express_, app) => app.use(errors({ logger: () => {} }));

    it('hands on rejections of a handler, also without a reason, and throws of nothing', async (t) => {
      for (const reason of [new Error('x'), null, undefined, 'route', 'router', 0, '']) {
        const app = express();
        app.get(
          '/async',
          errors.async(async () => Promise.reject(reason)),
        );
        app.get(
          '/sync',
          errors.async(() => {
            throw reason;
          }),
        );
        rest(express, app);
        assert.equal((await ask(t, app, '/async')).status, 500, String(reason));
        assert.equal((await ask(t, app, '/sync')).status, 500, String(reason));
      }
    });

    it('keeps an error handler an error handler', async (t) => {
      const app = express();
      app.get('/', (req, res, next) => next(new Error('first')));
      app.use(
        errors.async(async (error, _req, _res, _next) => {
          throw Object.assign(error, { status: 418 });
        }),
      );
      rest(express, app);
      assert.equal((await ask(t, app)).status, 418);
      assert.equal((await ask(t, app, '/nowhere')).status, 404);
    });

    it('covers handlers of a router registered before and after, routes, parameters, nested routers', async (t) => {
      const router = express.Router();
      const inner = express.Router();
      router.get('/before', rejecting);
      router.use('/inner', inner);
      inner.get('/early', rejecting);
      const route = router.route('/route');
      route.get((req, res, next) => next(), rejecting);
      assert.equal(errors.async(router), router);
      router.get('/after', rejecting);
      route.post(rejecting);
      inner.get('/late', rejecting);
      router.param('id', async () => {
        throw new Error('parameter');
      });
      router.get('/p/:id', (req, res) => res.end('reached'));
      const app = express();
      app.use(router);
      rest(express, app);
      for (const path of ['/before', '/after', '/inner/early', '/inner/late', '/route', '/p/1']) {
        assert.equal((await ask(t, app, path)).status, 500, path);
      }
      assert.equal((await ask(t, app, '/route', { method: 'POST' })).status, 500);
    });

    it('covers an application, and still lets good handlers answer', async (t) => {
      const app = express();
      errors.async(app);
      app.get('/bad', rejecting);
      app.get('/good', async (req, res) => res.json({ ok: true }));
      rest(express, app);
      assert.equal((await ask(t, app, '/bad')).status, 500);
      assert.deepEqual((await ask(t, app, '/good')).json, { ok: true });
    });
  });
}

describe('errors.async', () => {
  it('refuses what is not a function', () => {
    for (const value of [undefined, null, {}, [], 'x', 1]) {
      assert.throws(() => errors.async(value), { code: 'ERR_HAUBERK_ARGUMENT' });
    }
  });
});

describe('errors without the binary', () => {
  it('does not load the native core', () => {
    const script = `require('./lib/errors'); process.exit(Object.keys(require.cache).some((f) => /native/.test(f)) ? 1 : 0)`;
    const done = require('node:child_process').spawnSync(process.execPath, ['-e', script], {
      cwd: require('node:path').join(__dirname, '../..'),
    });
    assert.equal(done.status, 0);
  });
});

function resolvers() {
  let resolve = () => {};
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

/** The corpus wraps most rows into `{"body": ...}`. */
function unwrapped(text) {
  try {
    return JSON.parse(text).body ?? text;
  } catch {
    return text;
  }
}

function oddValues() {
  const cycle = new Error('cycle');
  cycle.cause = cycle;
  const object = { message: 'plain' };
  object.self = object;
  const getters = {
    get message() {
      throw new Error('getter');
    },
    get status() {
      throw new Error('getter');
    },
    get stack() {
      throw new Error('getter');
    },
  };
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('trap');
      },
      ownKeys: () => {
        throw new Error('trap');
      },
      getPrototypeOf: () => {
        throw new Error('trap');
      },
    },
  );
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const bare = Object.create(null);
  bare.message = 'bare';
  let deep = new Error('deep');
  for (let i = 0; i < 1000; i += 1) deep = new Error(`level ${i}`, { cause: deep });
  const wide = new Error('wide');
  for (let i = 0; i < 10_000; i += 1) wide[`key${i}`] = { value: i };
  const odd = new Error('odd');
  odd.name = { toString: () => bare };
  odd.message = { toJSON: () => bare };
  odd.toJSON = () => {
    throw new Error('toJSON');
  };
  return [
    ['string', 'just text hunter2'],
    ['number', 42],
    ['true', true],
    ['symbol', Symbol('x')],
    ['bigint', 10n ** 100n],
    ['function', () => 1],
    ['array', [1, 2]],
    ['date', new Date(NaN)],
    ['frozen', Object.freeze(new Error('frozen'))],
    ['null prototype', bare],
    ['cycle of causes', cycle],
    ['cycle', object],
    ['getters that throw', getters],
    ['proxy that throws', hostile],
    ['revoked proxy', revoked.proxy],
    ['deep causes', deep],
    ['wide', wide],
    ['fields of odd types', odd],
    ['aggregate', new AggregateError([new Error('one'), null, 'two'], 'many')],
    ['array-like', { length: 1e9 }],
    ['sparse array', new Array(1e6)],
  ];
}
