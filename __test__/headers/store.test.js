'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { Duplex, Readable } = require('node:stream');
const { test } = require('node:test');
const compression = require('compression');
const fc = require('fast-check');
const onHeaders = require('on-headers');
const session = require('express-session');
const hauberk = require('../..');
const { contextOf } = require('../../lib/internal/context');
const { hook } = require('../../lib/internal/head');
const { expresses, raw, serve } = require('../helpers/server');

const node = http.ServerResponse.prototype;

/** What differs from one answer to the next whoever writes it. */
function masked(answer) {
  return answer
    .replace(/^Date: [A-Z][a-z]{2}, .*$/gm, 'Date: now')
    .replace(/^X-Request-Id: .*$/gm, 'X-Request-Id: id')
    .replace(/;t=\d+/g, ';t=0')
    .replace(/\b[0-9a-f]{32}\b/g, 'id')
    .replace(/nonce-[\w+/=-]+/g, 'nonce-n')
    .replace(/(Set-Cookie: [\w-]+)=s%3A[^;]+/g, '$1=s')
    .replace(/Expires=[^;\r]+/g, 'Expires=then');
}

/** The code of what a call throws. */
function code(call) {
  try {
    call();
    return 'none';
  } catch (error) {
    return error.code ?? error.name;
  }
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-store-'));
const file = path.join(folder, 'page.html');
fs.writeFileSync(file, '<p>page</p>');
fs.utimesSync(file, 1e9, 1e9);
test.after(() => fs.rmSync(folder, { recursive: true }));

/** @type {Record<string, (req: any, res: any, next: any) => void>} */
const handlers = {
  'nothing set': (_req, res) => res.end(),
  json: (_req, res) => res.json({ ok: true }),
  'json with a status': (_req, res) => res.status(201).json({ ok: true }),
  'send text': (_req, res) => res.send('<p>text</p>'),
  'send a buffer': (_req, res) => res.send(Buffer.from('bytes')),
  sendStatus: (_req, res) => res.sendStatus(418),
  redirect: (_req, res) => res.redirect('/elsewhere'),
  'redirect with a status': (_req, res) => res.redirect(301, '/els\u00e9where'),
  cookie: (_req, res) => res.cookie('a', '1', { httpOnly: true }).send('c'),
  'three cookies': (_req, res) => res.cookie('a', '1').cookie('b', '2').cookie('c', '3').send('c'),
  clearCookie: (_req, res) => res.cookie('a', '1').clearCookie('b').end('c'),
  vary: (_req, res) => res.vary('Origin').vary('Accept').end('v'),
  append: (_req, res) => res.append('Link', '<a>').append('Link', ['<b>', '<c>']).end('l'),
  'links and location': (_req, res) => res.links({ next: '/2' }).location('/x').end('l'),
  'type and format': (_req, res) =>
    res.format({ 'text/plain': () => res.send('t'), 'text/html': () => res.send('<p>') }),
  attachment: (_req, res) => res.attachment('plain.txt').send('a'),
  'attachment with another alphabet': (_req, res) => res.attachment('\u20ac \u00e9.txt').send('a'),
  'a Content-Disposition in Latin-1': (_req, res) =>
    res
      .setHeader('Content-Disposition', 'attachment; filename="\u00e9"')
      .setHeader('Content-Length', 1)
      .end('x'),
  sendFile: (_req, res) => res.sendFile(file),
  download: (_req, res) => res.download(file, 'named.html'),
  'sendFile of nothing': (_req, res, next) => res.sendFile(path.join(folder, 'none'), next),
  'set with an object': (_req, res) => res.set({ 'X-A': '1', 'X-B': ['2', '3'], 'X-C': 4 }).end('s'),
  'case of names': (_req, res) => res.setHeader('X-CASE', '1').setHeader('x-case', '2').end('c'),
  'order after removal': (_req, res) => {
    res.setHeader('X-A', '1').setHeader('X-B', '2').setHeader('X-C', '3');
    res.removeHeader('x-a');
    res.setHeader('X-A', '4').setHeader('x-b', '5').end();
  },
  'names of digits': (_req, res) => res.setHeader('X-A', '1').setHeader('9', '2').setHeader('1', '3').end(),
  'names of Object.prototype': (_req, res) =>
    res
      .setHeader('__proto__', '1')
      .setHeader('constructor', '2')
      .end(String(res.getHeader('toString'))),
  'an empty value and an empty list': (_req, res) => res.setHeader('X-A', '').setHeader('X-B', []).end(),
  'values that are no text': (_req, res) =>
    res
      .setHeader('X-Null', null)
      .setHeader('X-True', true)
      .setHeader('X-Number', 1.5)
      .setHeader('X-Object', { toString: () => 'o' })
      .setHeader('X-List', [1, 'b', undefined])
      .end(JSON.stringify(res.getHeaders())),
  'a list that is changed after it was set': (_req, res) => {
    const list = ['a=1'];
    res.setHeader('Set-Cookie', list);
    list.push('b=2');
    res.appendHeader('Set-Cookie', ['c=3']).end(String(res.getHeader('set-cookie') === list));
  },
  'a list with a hole': (_req, res) => {
    res.setHeader('X-List', ['a']);
    res.getHeader('x-list').push(undefined);
    res.end();
  },
  appendHeader: (_req, res) =>
    res.appendHeader('X-A', '1').appendHeader('x-a', '2').appendHeader('X-A', ['3', '4']).end(),
  'setHeaders of a Map': (_req, res) =>
    res
      .setHeaders(
        new Map([
          ['X-A', '1'],
          ['set-cookie', ['a=1', 'b=2']],
        ]),
      )
      .end(),
  'setHeaders of Headers': (_req, res) => {
    const fields = new globalThis.Headers({ 'X-A': '1' });
    fields.append('set-cookie', 'a=1');
    fields.append('set-cookie', 'b=2');
    res.setHeaders(fields).end();
  },
  'what is read back': (_req, res) => {
    res.setHeader('X-A', 1).setHeader('Set-Cookie', ['a=1']);
    res.end(
      JSON.stringify([
        res.getHeaders(),
        Object.getPrototypeOf(res.getHeaders()) === null,
        res.getHeaderNames(),
        res.getRawHeaderNames?.(),
        res.getHeader('x-A'),
        res.hasHeader('SET-cookie'),
        res.hasHeader('X-None'),
        res.get('X-A'),
      ]),
    );
  },
  'what is refused': (_req, res) => {
    const codes = [
      code(() => res.setHeader('X-A', undefined)),
      code(() => res.setHeader('X-A')),
      code(() => res.setHeader('bad name', '1')),
      code(() => res.setHeader('', '1')),
      code(() => res.setHeader(undefined, '1')),
      code(() => res.setHeader('X-A', 'a\r\nX-Evil: 1')),
      code(() => res.setHeader('X-A', ['a', 'b\n'])),
      code(() => res.setHeader('X-A', '\u0100')),
      code(() => res.setHeader('X-A', Symbol('s'))),
      code(() => res.appendHeader('X-A', undefined)),
      code(() => res.appendHeader('X-A', '\u0000')),
      code(() => res.getHeader()),
      code(() => res.hasHeader(1)),
      code(() => res.removeHeader({})),
      code(() => res.setHeaders([])),
      code(() => res.setHeaders({ 'X-A': '1' })),
      code(() => res.writeHead(99)),
      code(() => res.writeHead('no')),
    ];
    res.end(JSON.stringify(codes));
  },
  'after the head was sent': (_req, res) => {
    res.setHeader('X-A', '1').write('x');
    const codes = [
      code(() => res.setHeader('X-B', '1')),
      code(() => res.appendHeader('X-A', '1')),
      code(() => res.removeHeader('X-A')),
      code(() => res.setHeaders(new Map())),
      code(() => res.writeHead(200)),
      code(() => res.json({})),
    ];
    const names = JSON.stringify(res.getHeaderNames());
    res.end(JSON.stringify([codes, names, res.getHeader('x-a'), res.headersSent, res.hasHeader('x-b')]));
  },
  'no Date': (_req, res) => {
    res.removeHeader('Date');
    res.end('d');
  },
  'a Date of its own': (_req, res) => res.setHeader('Date', 'Thu, 01 Jan 1970 00:00:00 GMT').end('d'),
  'no Connection': (_req, res) => {
    res.removeHeader('connection');
    res.end('c');
  },
  'no Content-Length': (_req, res) => {
    res.removeHeader('Content-Length');
    res.end('l');
  },
  'no Transfer-Encoding': (_req, res) => {
    res.removeHeader('Transfer-Encoding');
    res.write('t');
    res.end('t');
  },
  'neither length nor coding': (_req, res) => {
    for (const name of ['Transfer-Encoding', 'Content-Length']) res.removeHeader(name);
    res.end('t');
  },
  'Connection: close': (_req, res) => res.set('Connection', 'close').send('c'),
  'Connection: keep-alive': (_req, res) =>
    res.set('Connection', 'keep-alive').set('Keep-Alive', 'timeout=9').end(),
  'Transfer-Encoding: chunked': (_req, res) => res.setHeader('Transfer-Encoding', 'chunked').end('chunk'),
  'a trailer': (_req, res) => {
    res.setHeader('Trailer', 'X-Sum');
    res.write('body');
    res.addTrailers({ 'X-Sum': '1' });
    res.end();
  },
  'a trailer without chunks': (_req, res, next) => {
    res.setHeader('Trailer', 'X-Sum').setHeader('Content-Length', 1);
    try {
      res.end('b');
    } catch (error) {
      res.removeHeader('Trailer');
      res.setHeader('X-Was', error.code);
      next(error);
    }
  },
  strictContentLength: (_req, res) => {
    res.strictContentLength = true;
    res.setHeader('Content-Length', 3).setHeader('X-A', '1');
    res.write('ab');
    const was = code(() => res.write('cd'));
    res.end(was === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH' ? 'y' : 'n');
  },
  204: (_req, res) => res.status(204).set('X-A', '1').send('gone'),
  '204 with a coding': (_req, res) => res.status(204).set('Transfer-Encoding', 'chunked').end(),
  304: (_req, res) => res.status(304).set('ETag', '"1"').end(),
  flushHeaders: (_req, res) => {
    res.set('X-A', '1').flushHeaders();
    res.end('f');
  },
  'a stream': (_req, res) => Readable.from(['a', 'b']).pipe(res.type('text/plain')),
  'writeHead with an object': (_req, res) =>
    res
      .set('X-A', '1')
      .writeHead(202, { 'x-a': '2', 'X-B': ['3', '4'], 'Set-Cookie': ['a=1', 'b=2'] })
      .end('w'),
  'writeHead with a flat array': (_req, res) =>
    res.set('X-A', '1').writeHead(202, ['X-A', '2', 'X-B', '3', 'X-B', '4']).end('w'),
  'writeHead with a reason': (_req, res) => res.writeHead(202, 'Fine', { 'X-A': '2' }).end('w'),
  'writeHead with pairs': (_req, res) =>
    res
      .writeHead(200, [
        ['X-A', '1'],
        ['X-A', '2'],
      ])
      .end('w'),
  'writeHead that is refused, then a 500': (_req, res) => {
    const was = [
      code(() => res.writeHead(204, ['X-A'])),
      code(() => res.writeHead(200, 'bad\nreason')),
      code(() => res.writeHead(200, { 'bad name': '1' })),
      code(() => res.writeHead(200, { 'X-A': 'a\nb' })),
    ];
    res.statusMessage = 'Fine';
    res.status(500).json(was);
  },
  'writeHead twice': (_req, res) => {
    res.writeHead(200, { 'X-A': '1' });
    res.end(code(() => res.writeHead(200)));
  },
  'an error': (_req, res, next) => {
    res.set('X-A', '1').cookie('a', '1');
    next(new Error('failed'));
  },
  'not found': (_req, _res, next) => next(),
  'headers dropped one by one': (_req, res) => {
    res.set({ 'X-A': '1', 'X-B': '2' });
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    res.end('d');
  },
  'a header put past the methods': (_req, res) => {
    node.setHeader.call(res, 'X-Past', '1');
    res.end(JSON.stringify([res.getHeader('x-past'), res.hasHeader('X-Past'), res.getHeaders()['x-past']]));
  },
  'a setHeader of its own': (_req, res) => {
    const before = res.setHeader;
    res.setHeader = function wrapped(name, value) {
      return before.call(this, name, typeof value === 'string' ? value.replace('nosniff', 'wrapped') : value);
    };
    res.json({});
  },
  'on-headers': (_req, res) => {
    onHeaders(res, function late() {
      this.setHeader('X-Late', String(this.getHeader('content-type')));
      this.removeHeader('X-Early');
    });
    res.set('X-Early', '1').json({});
  },
  'on-headers and writeHead': (_req, res) => {
    onHeaders(res, function late() {
      this.setHeader('X-Late', '1');
    });
    res.writeHead(200, { 'X-A': '1' }).end('w');
  },
  compression: (req, res, next) =>
    compression({ threshold: 0 })(req, res, () => res.type('text/plain').send('long '.repeat(500)) ?? next),
  'express-session': (req, res) =>
    session({ secret: 'a secret for one test only', resave: false, saveUninitialized: true })(req, res, () =>
      res.cookie('b', '2').json({ id: typeof req.session.id }),
    ),
  'the answer is logged as morgan does': (_req, res) => {
    const { end } = res;
    res.end = function logged(...args) {
      end.apply(this, args);
      res.socket?.emit('logged', res.getHeader('content-length'), res.getHeaders());
      return this;
    };
    res.send('logged');
  },
  'the old name of writeHead': (_req, res) =>
    (res.set('X-A', '1').writeHeader ?? res.writeHead).call(res, 202, { 'X-B': '2' }).end('w'),
};

/** Requests, as bytes. */
const requests = {
  GET: 'GET / HTTP/1.1\r\nHost: h\r\nAccept: text/plain\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n',
  HEAD: 'HEAD / HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nConnection: close\r\n\r\n',
  'HTTP/1.0': 'GET / HTTP/1.0\r\nHost: h\r\n\r\n',
  'two in a row':
    'GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nCookie: connect.sid=s\r\nConnection: close\r\n\r\n',
};

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
