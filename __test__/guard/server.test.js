'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { test } = require('node:test');
const hauberk = require('../..');
const { classesOf } = require('../../lib/internal/express-classes');
const { cut, further, furtherRequests, handlers, masked, requests } = require('../headers/behaviours');
const { expresses, raw } = require('../helpers/server');

/** `classes` is what `guard` does on versions of Node.js where it is faster; here it is tested on all. */
const SERVERS = {
  http: (_guard, app) => http.createServer(app),
  guard: (guard, app) => guard.createServer(app),
  classes: (_guard, app) => http.createServer(classesOf(app), app),
};

/**
 * The same application on each server.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} express
 * @param {() => any} handlerOf
 */
async function ports(t, express, handlerOf) {
  const started = Object.values(SERVERS).map(async (serverOf) => {
    const guard = hauberk({ errors: { logger: () => {} } });
    const app = express();
    app.use(guard);
    app.use(handlerOf());
    app.use(guard.errors);
    const server = serverOf(guard, app).listen(0, '127.0.0.1');
    t.after(() => {
      server.closeAllConnections();
      guard.close();
      return new Promise((resolve) => server.close(resolve));
    });
    await once(server, 'listening');
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  });
  return Promise.all(started);
}

/** @param {number[]} all @param {string} bytes @param {string} what */
async function same(all, bytes, what) {
  // What is cut off before its first byte may end in a reset.
  const answers = await Promise.all(all.map((port) => raw(port, bytes).catch(() => '')));
  const [expected, ...others] = answers.map(masked);
  for (const answer of others) assert.equal(answer, expected, what);
  // What the guard turned away says nothing of the handler.
  assert.doesNotMatch(expected, /^HTTP\/1\.1 429/m, what);
  return expected;
}

for (const { name, express } of expresses) {
  for (const what of Object.keys(handlers)) {
    test(`${name}: the same bytes through both servers: ${what}`, async (t) => {
      const all = await ports(t, express, () => handlers[what]);
      for (const [kind, bytes] of Object.entries(requests)) {
        const answer = await same(all, bytes, kind);
        assert.match(answer, /^HTTP\/1\.1 \d{3} /, kind);
        assert.match(answer, /^X-Content-Type-Options: /m, kind);
      }
    });
  }

  for (const what of Object.keys(further(express))) {
    test(`${name}: the same bytes through both servers: ${what}`, async (t) => {
      const all = await ports(t, express, () => further(express)[what]);
      for (const [kind, bytes] of Object.entries({ ...requests, ...furtherRequests })) {
        assert.match(await same(all, bytes, kind), /^HTTP\/1\.1 \d{3} /, kind);
      }
    });
  }

  for (const what of Object.keys(cut)) {
    test(`${name}: the same bytes through both servers: ${what}`, async (t) => {
      const all = await ports(t, express, () => cut[what]);
      await same(all, requests.GET, what);
    });
  }
}

for (const { name, express } of expresses) {
  test(`${name}: an upgrade, an expectation and CONNECT reach their listeners alike`, async (t) => {
    const guard = hauberk({ errors: { logger: () => {} } });
    t.after(() => guard.close());
    const answers = [];
    for (const serverOf of Object.values(SERVERS)) {
      const app = express();
      app.use(guard, (/** @type {any} */ _req, /** @type {any} */ res) => res.send('answered'));
      const server = serverOf(guard, app).listen(0, '127.0.0.1');
      t.after(() => server.close());
      await once(server, 'listening');
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      for (const event of ['upgrade', 'connect']) {
        server.on(event, (req, socket, head) => {
          assert.ok(req instanceof http.IncomingMessage);
          const line = `${event} ${req.method} ${req.url} ${req.headers.upgrade} ${req.rawHeaders.length} ${head}`;
          socket.end(`HTTP/1.1 101 Switching Protocols\r\nX-Seen: ${line}\r\n\r\n`);
        });
      }
      server.on('checkContinue', (req, res) => {
        res.writeContinue();
        app(req, res);
      });
      answers.push(
        await Promise.all([
          raw(port, 'GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nearly'),
          raw(port, 'CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\nearly'),
          raw(port, furtherRequests['100-continue']),
        ]),
      );
    }
    const [expected, ...others] = answers.map((each) => each.map(masked));
    assert.match(expected[0], /X-Seen: upgrade GET \/ws websocket 6 early/);
    assert.match(expected[1], /X-Seen: connect CONNECT h:1 undefined 2 early/);
    assert.match(expected[2], /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    for (const each of others) assert.deepEqual(each, expected);
  });
}

test('guard.createServer: options of Node.js count, and so do classes of the application', async (t) => {
  const { express } = expresses[1];
  class Request extends http.IncomingMessage {
    get own() {
      return 'own';
    }
  }
  const guard = hauberk();
  t.after(() => guard.close());
  const app = express();
  app.use(guard);
  const server = guard.createServer(app, { maxHeaderSize: 1024, IncomingMessage: Request });
  // Node.js shows the request before Express changes it.
  const seen = [];
  server.prependListener('request', (req) => seen.push(req.own));
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const long = `GET / HTTP/1.1\r\nHost: h\r\nX-Long: ${'x'.repeat(2000)}\r\nConnection: close\r\n\r\n`;
  assert.match(await raw(port, long), /^HTTP\/1\.1 431 /);
  assert.match(await raw(port, requests.GET), /^HTTP\/1\.1 404 /);
  assert.deepEqual(seen, ['own']);
});

test('guard.createServer: a listener that is no Express application, and options that are no object', async (t) => {
  const guard = hauberk();
  t.after(() => guard.close());
  const seen = [];
  const server = guard.createServer((/** @type {any} */ req, /** @type {any} */ res) => {
    seen.push(Object.getPrototypeOf(req) === http.IncomingMessage.prototype);
    guard(req, res, () => res.end('plain'));
  });
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  assert.match(await raw(port, requests.GET), /^HTTP\/1\.1 200 [^]*plain$/);
  assert.deepEqual(seen, [true]);
  for (const options of [1, 'x', true, []]) {
    assert.throws(() => guard.createServer(server.listeners('request')[0], /** @type {any} */ (options)), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }
  for (const app of [undefined, null, {}, 'app']) {
    assert.throws(() => guard.createServer(/** @type {any} */ (app)), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
});
