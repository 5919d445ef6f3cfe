'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { Duplex } = require('node:stream');
const { test } = require('node:test');
const fc = require('fast-check');
const hauberk = require('../..');
const { contextOf } = require('../../lib/internal/context');
const { hook } = require('../../lib/internal/head');
const { expresses, raw, serve } = require('../helpers/server');
const { folder, handlers, masked, requests } = require('./behaviours');

const node = http.ServerResponse.prototype;

/**
 * An app with the guard, where a field set past Express before the guard keeps the store closed, or where the
 * same field is set after it.
 */
function appOf(express, handler, open, seen) {
  const app = express().disable('x-powered-by');
  // An hour for each unit: none comes back while the test runs.
  const guard = hauberk({
    errors: { logger: () => {} },
    ratelimit: { limit: 1000, windowMs: 3_600_000_000 },
  });
  if (!open) app.use((_req, res, next) => next(void node.setHeader.call(res, 'X-Front', '1')));
  app.use(guard);
  app.use((_req, res, next) => {
    if (open) res.setHeader('X-Front', '1');
    seen.push(node.getHeaderNames.call(res).length === 0);
    next();
  });
  app.use(handler);
  app.use(guard.errors);
  return app;
}

for (const { name, express } of expresses) {
  test.before(async () => {
    // The first response of an Express finds no methods and has no store.
    const server = http.createServer(express().use(hauberk(), (_req, res) => res.end()));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    await (await fetch(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}`)).text();
    server.closeAllConnections();
    server.close();
  });

  for (const [what, handler] of Object.entries(handlers)) {
    test(`${name}: the same bytes with and without the store: ${what}`, async (t) => {
      const seen = { open: [], closed: [] };
      const open = await serve(t, appOf(express, handler, true, seen.open));
      const closed = await serve(t, appOf(express, handler, false, seen.closed));
      for (const [kind, bytes] of Object.entries(requests)) {
        const answers = await Promise.all([raw(open.port, bytes), raw(closed.port, bytes)]);
        assert.match(answers[1], /^HTTP\/1\.1 \d{3} /, kind);
        assert.match(answers[1], /^X-Content-Type-Options: /m, kind);
        if (what === 'a header put past the methods') {
          // Merged: only the place of the field differs.
          const [one, other] = answers.map((answer) => masked(answer).split('\r\n').sort());
          assert.deepEqual(one, other, kind);
        } else assert.equal(masked(answers[0]), masked(answers[1]), kind);
      }
      assert.ok(seen.open.length > 0 && seen.open.every(Boolean), 'the store was open');
      assert.ok(!seen.closed.some(Boolean), 'the store was closed');
    });
  }

  test(`${name}: express.static and a mounted app use the store`, async (t) => {
    const sub = express();
    sub.disable('x-powered-by');
    sub.use((_req, res, next) => next(void res.set('X-Sub', res.get('X-Front'))));
    sub.use(express.static(folder));
    const [open, closed] = await Promise.all(
      [true, false].map((on) => serve(t, appOf(express, sub, on, []))),
    );
    const fields = ['', 'Range: bytes=1-3\r\n', 'If-Modified-Since: Mon, 01 Jan 2035 00:00:00 GMT\r\n'];
    for (const field of fields) {
      const bytes = `GET /page.html HTTP/1.1\r\nHost: h\r\n${field}Connection: close\r\n\r\n`;
      const answers = await Promise.all([raw(open.port, bytes), raw(closed.port, bytes)]);
      assert.equal(masked(answers[0]), masked(answers[1]));
      assert.match(answers[0], /^X-Sub: 1\r$/m);
    }
  });

  test(`${name}: a response that passed no guard has Node.js's own store`, async (t) => {
    const app = express().disable('x-powered-by');
    app.use('/guarded', hauberk());
    app.use((_req, res) => {
      res.setHeader('X-A', '1');
      res.end(String(node.getHeader.call(res, 'x-a')));
    });
    const { url } = await serve(t, app);
    assert.equal(await (await fetch(`${url}/guarded`)).text(), 'undefined');
    assert.equal(await (await fetch(`${url}/plain`)).text(), '1');
  });

  test(`${name}: nothing is lost when both stores hold something`, async (t) => {
    const app = express().disable('x-powered-by').use(hauberk());
    app.use((_req, res) => {
      res.setHeader('X-Ours', '1').setHeader('X-Both', 'first').cookie('a', '1');
      node.setHeader.call(res, 'X-Past', '2');
      node.setHeader.call(res, 'X-Both', 'second');
      node.setHeader.call(res, 'Set-Cookie', 'b=2');
      assert.equal(res.getHeader('x-both'), 'second');
      res.end('m');
    });
    const { url } = await serve(t, app);
    const { headers } = await fetch(url);
    assert.equal(headers.get('x-ours'), '1');
    assert.equal(headers.get('x-past'), '2');
    assert.equal(headers.get('x-both'), 'second');
    assert.deepEqual(headers.getSetCookie(), ['a=1; Path=/; SameSite=Lax', 'b=2; SameSite=Lax']);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });
}

test('a tracer that takes the place of Node.js own setHeader sees every field', async (t) => {
  const seen = [];
  const before = node.setHeader;
  const had = Object.hasOwn(node, 'setHeader');
  node.setHeader = function traced(name, value) {
    seen.push(name);
    return before.call(this, name, value);
  };
  t.after(() => {
    if (had) node.setHeader = before;
    else delete node.setHeader;
  });
  const app = expresses[1].express().disable('x-powered-by').use(hauberk());
  app.use((_req, res) => res.set('X-A', '1').end());
  const { url } = await serve(t, app);
  await fetch(url);
  assert.ok(seen.includes('X-A') && seen.includes('X-Content-Type-Options'), String(seen));
});

const NAMES = [
  ...['X-A', 'x-a', 'X-B', 'X-C', 'Set-Cookie', 'set-cookie', 'Connection', 'Content-Length', 'Keep-Alive'],
  ...['Transfer-Encoding', 'Date', 'Vary', 'Trailer', 'Cookie', 'Content-Disposition', 'Expect', 'toString'],
  ...['12', '7a', '__proto__', 'constructor', '', 'bad name', '\u212Aey', undefined, 1, null],
];
const OBJECT = { toString: () => 'o' };
const VALUES = [
  ...[() => 'a', () => '', () => 1, () => '\u00e9', () => ['a', 'b'], () => ['a'], () => [], () => [1, 'b']],
  ...[() => undefined, () => null, () => true, () => '\u0100', () => 'a\r\nb', () => ['a', 'b\n']],
  ...[() => ['x', undefined], () => OBJECT, () => Symbol('s'), () => 'chunked', () => 'close'],
];
const METHODS = [
  'setHeader',
  'setHeader',
  'appendHeader',
  'getHeader',
  'hasHeader',
  'removeHeader',
  'setHeaders',
];

/** A response on a socket that keeps what is written. */
function responseOf(prototype) {
  const req = new http.IncomingMessage(/** @type {any} */ (new Duplex({ read() {}, write() {} })));
  Object.assign(req, { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 });
  const res = new http.ServerResponse(req);
  const written = [];
  const socket = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => done(void written.push(chunk.toString('latin1'))),
  });
  res.assignSocket(/** @type {any} */ (socket));
  if (prototype !== undefined) {
    Object.setPrototypeOf(res, prototype);
    contextOf(req);
    hook(res);
  }
  return { res, written };
}

function attempt(res, method, args) {
  try {
    const result = res[method](...args);
    return result === res ? 'itself' : result;
  } catch (error) {
    return `throws ${error.code ?? error.name}: ${error.message}`;
  }
}

test('any calls in any order give what a plain response gives', () => {
  const shared = Object.create(node);
  responseOf(shared);
  const call = fc.tuple(
    fc.constantFrom(...METHODS),
    fc.constantFrom(...NAMES),
    fc.constantFrom(...VALUES),
    fc.boolean(),
  );
  const { res } = responseOf(shared);
  assert.equal(node.hasHeader.call(res.setHeader('X-A', '1'), 'x-a'), false, 'the store is open');
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), fc.constantFrom(200, 204, 304), (calls, status) => {
      const plain = responseOf();
      const stored = responseOf(shared);
      const both = (method, argsOf) => {
        const [expected, got] = [plain.res, stored.res].map((res) => attempt(res, method, argsOf()));
        assert.deepEqual(got, expected, method);
      };
      for (const [method, name, value, inMap] of calls) {
        if (method === 'setHeaders') both(method, () => [inMap ? new Map([[name, value()]]) : value()]);
        else both(method, () => [name, ...(/^[sa]/.test(method) ? [value()] : [])]);
      }
      const questions = ['getHeaders', 'getHeaderNames', 'getRawHeaderNames'];
      for (const question of questions) if (question in plain.res) both(question, () => []);
      both('writeHead', () => [status]);
      for (const question of questions) if (question in plain.res) both(question, () => []);
      both('setHeader', () => ['X-A', 'late']);
      both('end', () => ['body']);
      const [expected, got] = [plain, stored].map(({ written }) => masked(written.join('')));
      assert.equal(got, expected);
    }),
    { numRuns: 3000 },
  );
});
