'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const path = require('node:path');
const { test } = require('node:test');
const hauberk = require('../..');
const headers = require('../../lib/headers');
const { events } = require('../helpers/events');
const { expresses, raw, serve } = require('../helpers/server');

const node = http.ServerResponse.prototype;

/**
 * An app with an observer, and what asks it and waits until all responses are over.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} express
 * @param {any[]} guards
 * @param {(app: any) => void} routes
 * @param {any} [options]
 */
async function observed(t, express, guards, routes, options) {
  const observer = headers.observe(options);
  /** @type {Promise<void>[]} */
  const over = [];
  const app = express();
  app.set('env', 'test');
  app.use(observer);
  // Its listener stands behind the observer's.
  app.use((_req, res, next) => {
    over.push(new Promise((resolve) => res.once('close', resolve)));
    next();
  });
  routes.early?.(app);
  for (const guard of guards) app.use(guard);
  routes(app);
  const { port } = await serve(t, app);
  const ask = async (/** @type {string} */ target, fields = '', method = 'GET') => {
    const head = `${method} ${target} HTTP/1.1\r\nHost: app.example\r\n${fields}Connection: close\r\n\r\n`;
    const answer = await raw(port, head).catch(() => '');
    await Promise.all(over);
    return answer;
  };
  const brief = () => observer.findings().map(({ kind, field }) => `${kind} ${field}`);
  return { ask, observer, brief };
}

for (const { name, express } of expresses) {
  for (const preset of ['auto', 'api', 'site', 'helmet']) {
    test(`${name}: nothing is found where all is well, preset ${preset}`, async (t) => {
      const contentSecurityPolicy = {
        directives: { imgSrc: ["'self'", () => 'https://img.example'], scriptSrc: ["'nonce'"] },
      };
      const guard = hauberk({ preset, headers: { contentSecurityPolicy }, errors: { logger: () => {} } });
      t.after(() => guard.close());
      const { ask, observer } = await observed(t, express, [guard], (app) => {
        app.get('/json', (_req, res) => res.json({}));
        app.get('/page', (_req, res) => res.send(`<script nonce="${res.locals.cspNonce}"></script>`));
        app.get('/kept', (_req, res) =>
          res.set('Cache-Control', 'public').send(`<script nonce="${res.locals.cspNonce}"></script>`),
        );
        app.get('/redirect', (_req, res) => res.redirect('/page'));
        app.get('/same', (_req, res) => res.status(304).end());
        app.get('/fails', (_req, _res, next) => next(new Error('failed')));
        app.get('/raw', (_req, res) => res.writeHead(200, ['Content-Type', 'text/html']).end('raw'));
        app.use('/files', express.static(__dirname));
        app.use(guard.errors);
      });
      const file = `/files/${path.basename(__filename)}`;
      for (const target of [
        '/json',
        '/page',
        '/kept',
        '/redirect',
        '/same',
        '/fails',
        '/raw',
        file,
        '/none',
      ]) {
        assert.match(await ask(target), /^HTTP\/1\.1 [2345]\d\d /, target);
        assert.match(await ask(target, 'Cookie: sid=1\r\n', 'HEAD'), /^HTTP\/1\.1 [2345]\d\d /, target);
        await ask(target, 'X-Forwarded-Proto: https\r\n');
      }
      assert.deepEqual(observer.findings(), []);
    });
  }

  test(`${name}: a field that is lost on the way is found, with its route, and told`, async (t) => {
    const told = events(t);
    const { ask, observer } = await observed(t, express, [headers({ preset: 'api' })], (app) => {
      app.get('/past/:id', (_req, res) => {
        node.writeHead.call(res, 200, { 'Referrer-Policy': 'no-referrer', 'X-Powered-By': 'past' });
        res.end('past');
      });
    });
    assert.doesNotMatch(await ask('/past/1'), /X-Content-Type-Options/i);
    await ask('/past/2');
    const found = observer.findings();
    const lost = found.filter(({ kind }) => kind === 'lost');
    assert.deepEqual(
      lost.map(({ field }) => field),
      [
        'content-security-policy',
        'cross-origin-opener-policy',
        'cross-origin-resource-policy',
        'x-content-type-options',
        'x-frame-options',
      ],
    );
    const [first] = lost;
    assert.equal(first.route, '/past/:id');
    assert.equal(first.count, 2);
    assert.equal(first.status, 200);
    assert.match(String(first.expected), /^default-src 'none'/);
    assert.ok(found.some(({ kind, field, actual }) => kind + field + actual === 'revealedx-powered-bypast'));
    assert.equal(
      told().filter(({ detail }) => /x-frame-options was lost, on \/past\/:id/.test(detail)).length,
      1,
    );
  });

  test(`${name}: a field that a handler removes in preset helmet is found; on an error it comes back`, async (t) => {
    const { ask, brief } = await observed(t, express, [headers({ preset: 'helmet' })], (app) => {
      app.get('/:status', (req, res) => {
        res.removeHeader('X-Frame-Options');
        res.status(Number(req.params.status)).end();
      });
    });
    await ask('/500');
    assert.deepEqual(brief(), []);
    await ask('/200');
    assert.deepEqual(brief(), ['lost x-frame-options']);
  });

  test(`${name}: overridden, doubled and revealed fields`, async (t) => {
    const routes = (/** @type {any} */ app) => {
      app.get('/own', (_req, res) => res.set('X-Frame-Options', 'ALLOWALL').json({}));
      app.get('/list', (_req, res) => res.setHeader('X-Frame-Options', ['DENY', 'SAMEORIGIN']).end());
      app.get('/comma', (_req, res) => res.set('X-Content-Type-Options', 'nosniff, nosniff').end());
      app.get('/two', (_req, res) => {
        res.setHeader('Content-Security-Policy', ["default-src 'none'", "default-src 'self'"]).end();
      });
      app.get('/cookies', (_req, res) =>
        res.cookie('a', '1').cookie('b', '2').vary('A').append('Vary', 'B').end(),
      );
    };
    const { ask, brief, observer } = await observed(t, express, [headers()], routes);
    for (const target of ['/own', '/list', '/comma', '/two', '/cookies']) await ask(target);
    assert.deepEqual(brief().sort(), [
      'doubled content-security-policy',
      'doubled x-content-type-options',
      'doubled x-frame-options',
      'overridden x-content-type-options',
      'overridden x-frame-options',
    ]);
    const own = observer.findings().find(({ kind, route }) => kind === 'overridden' && route === '/own');
    assert.deepEqual([own?.expected, own?.actual], ['DENY', 'ALLOWALL']);
    const lenient = await observed(t, express, [headers()], routes, { ignore: ['X-Frame-Options'] });
    for (const target of ['/own', '/list']) await lenient.ask(target);
    assert.deepEqual(lenient.brief(), ['doubled x-frame-options']);
  });

  test(`${name}: a response that left before headers saw its request`, async (t) => {
    const routes = (/** @type {any} */ app) => app.use((_req, res) => res.end('late'));
    routes.early = (/** @type {any} */ app) => app.get('/early', (_req, res) => res.end('early'));
    const { ask, brief } = await observed(t, express, [headers()], routes);
    await ask('/');
    assert.deepEqual(brief(), []);
    await ask('/early');
    assert.deepEqual(brief(), ['unguarded undefined']);
  });

  test(`${name}: clients cannot make findings grow, nor is anything of them or of a nonce in one`, async (t) => {
    const { ask, observer } = await observed(t, express, [headers({ preset: 'site' })], (app) => {
      app.get('/page', (_req, res) => {
        const policy = `script-src 'nonce-${res.locals.cspNonce}'`;
        res.set('Content-Security-Policy', policy).send('<p>');
      });
      app.use((_req, res) => res.set('X-Frame-Options', 'none').end());
    });
    for (let i = 0; i < 30; i += 1) await ask(`/evil-${i}`);
    const [one, ...others] = observer.findings();
    assert.deepEqual(others, []);
    assert.equal(one.count, 30);
    assert.doesNotMatch(JSON.stringify(one), /evil/);
    await ask('/page');
    const page = observer.findings()[1];
    assert.equal(page.actual, "script-src 'nonce'");
    assert.doesNotMatch(JSON.stringify(page), /nonce-/);
  });

  test(`${name}: onFinding is called once for each; what it throws harms nobody; a cut response has no head`, async (t) => {
    const seen = [];
    const onFinding = (/** @type {any} */ finding) => {
      seen.push(finding.kind);
      throw new Error('of the application');
    };
    const { ask } = await observed(
      t,
      express,
      [headers()],
      (app) => {
        app.get('/own', (_req, res) => res.set('Referrer-Policy', 'origin').end('own'));
        app.get('/cut', (_req, res) => res.destroy());
      },
      { onFinding },
    );
    await ask('/cut');
    assert.deepEqual(seen, []);
    assert.match(await ask('/own'), /own$/);
    assert.match(await ask('/own'), /own$/);
    assert.deepEqual(seen, ['overridden']);
  });
}

test('HTTP/2 has no text of a head; the fields are asked', async (t) => {
  const http2 = require('node:http2');
  const observer = headers.observe();
  const middleware = headers({ preset: 'api' });
  const over = [];
  const server = http2.createServer((req, res) => {
    over.push(new Promise((resolve) => res.once('close', () => setImmediate(resolve))));
    res.setHeader('Referrer-Policy', 'origin');
    observer(req, res, () => middleware(req, res, () => res.end('two')));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const client = http2.connect(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}`);
  t.after(() => {
    client.close();
    server.close();
  });
  const stream = client.request({ ':path': '/' });
  stream.resume();
  await new Promise((resolve, reject) => stream.once('close', resolve).once('error', reject));
  await Promise.all(over);
  assert.deepEqual(
    observer.findings().map(({ kind, field, actual }) => [kind, field, actual]),
    [['overridden', 'referrer-policy', 'origin']],
  );
});

test('observe: options that are bad throw', () => {
  for (const options of [
    null,
    1,
    [],
    'x',
    { ignore: 'X-A' },
    { ignore: ['a b'] },
    { ignore: [1] },
    { onFinding: 1 },
  ]) {
    assert.throws(() => headers.observe(/** @type {any} */ (options)), {
      code: 'ERR_HAUBERK_OPTION_INVALID',
    });
  }
  assert.throws(() => headers.observe(/** @type {any} */ ({ ignored: [] })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /ignore/,
  });
});
