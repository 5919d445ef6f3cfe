'use strict';

/** What handlers do with a response, and requests as bytes, for tests that compare answers byte for byte. */

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { Readable } = require('node:stream');
const { after } = require('node:test');
const compression = require('compression');
const cookieParser = require('cookie-parser');
const onHeaders = require('on-headers');
const session = require('express-session');

const node = http.ServerResponse.prototype;

/** What differs from one answer to the next whoever writes it. */
function masked(answer) {
  return answer
    .replace(/^Date: [A-Z][a-z]{2}, .*$/gm, 'Date: now')
    .replace(/^X-Request-Id: .*$/gm, 'X-Request-Id: id')
    .replace(/;r=\d+;t=\d+/g, ';r=0;t=0')
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

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-behaviours-'));
const file = path.join(folder, 'page.html');
fs.writeFileSync(file, '<p>page</p>');
fs.utimesSync(file, 1e9, 1e9);
fs.writeFileSync(path.join(folder, '.hidden'), 'hidden');
fs.mkdirSync(path.join(folder, 'sub'));
after(() => fs.rmSync(folder, { recursive: true }));

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
 * Further ones, some of which need an Express, and one an application of its own.
 *
 * @param {any} express
 * @returns {Record<string, any>}
 */
function further(express) {
  const inner = express().disable('x-powered-by');
  inner.use((req, res) => res.set('X-Inner', '1').json([req.app === inner, req.baseUrl, req.get('host')]));
  return {
    jsonp: (_req, res) => res.jsonp({ ok: '</script>\u2028' }),
    'an ETag of its own': (_req, res) => res.set('ETag', '"held"').send('held'),
    'what a client may have': (_req, res) => res.send('a body that gets an ETag'),
    'a file, with its time': (req, res, next) => {
      req.url = '/page.html';
      express.static(folder, { maxAge: '1h', immutable: true })(req, res, next);
    },
    'a hidden file': (_req, res, next) => res.sendFile('.hidden', { root: folder }, next),
    'a folder': (req, res, next) => {
      req.originalUrl = req.url = '/sub';
      express.static(folder)(req, res, next);
    },
    'cookie-parser': (req, res, next) =>
      cookieParser('a secret for one test only')(req, res, (error) => {
        if (error) return next(error);
        res.cookie('signed', '1', { signed: true, expires: new Date(0) });
        return res.json([req.cookies, req.signedCookies]);
      }),
    'early hints, then the answer': (_req, res) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style', 'x-hint': 'h' });
      res.set('X-A', '1').send('hinted');
    },
    'processing, then the answer': (_req, res) => {
      res.writeProcessing();
      res.send('processed');
    },
    'what Express knows of a request': (req, res) =>
      res.json([
        [req.constructor.name, res.constructor.name, typeof req.app.get, Object.hasOwn(req, 'url')],
        [req instanceof http.IncomingMessage, res instanceof http.ServerResponse, req.res === res],
        [Object.getPrototypeOf(req) === req.app.request, Object.getPrototypeOf(res) === req.app.response],
        [req.protocol, req.secure, req.hostname, req.path, req.query, req.xhr, req.fresh, req.subdomains],
        [req.accepts('html', 'text'), req.is('text/*'), req.get('host'), req.range(10)],
      ]),
    'a page that cannot be rendered': (_req, res) => res.render('none'),
    'an error with a status and fields': (_req, _res, next) =>
      next(Object.assign(new Error('teapot'), { status: 418, expose: true, headers: { 'X-Tea': '1' } })),
    'a throw': () => {
      throw Object.assign(new Error('thrown'), { statusCode: 422 });
    },
    'a request with its trailers': (req, res) => {
      const chunks = [];
      req.on('data', (chunk) => chunks.push(chunk));
      req.on('end', () =>
        res.json([String(Buffer.concat(chunks)), req.trailers, req.rawTrailers, req.headers]),
      );
    },
    'the request sent back': (req, res) => req.pipe(res.type('text/plain')),
    'a mounted application': inner,
  };
}

/** Those that leave a connection unfinished. @type {Record<string, (req: any, res: any, next: any) => void>} */
const cut = {
  'an error after the first byte': (_req, res, next) =>
    res.type('text/plain').write('first', () => next(new Error('late'))),
  'a stream that fails after its first byte': (_req, res) => {
    const stream = new Readable({ read() {} });
    stream.on('error', () => res.destroy());
    stream.pipe(res.type('text/plain'), { end: false });
    res.write('first', () => stream.destroy(new Error('no more')));
  },
  'an answer that is aborted': (_req, res) => res.set('X-A', '1').destroy(),
};

const POST =
  'POST /p?a=1&a=2 HTTP/1.1\r\nHost: h.example:81\r\nContent-Type: text/plain\r\nConnection: close\r\n';

/** Further requests, as bytes. */
const furtherRequests = {
  'If-None-Match': 'GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: "held"\r\nConnection: close\r\n\r\n',
  'If-None-Match: *': 'HEAD / HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n',
  Range: 'GET / HTTP/1.1\r\nHost: h\r\nRange: bytes=1-3\r\nConnection: close\r\n\r\n',
  'Range that cannot be': 'GET / HTTP/1.1\r\nHost: h\r\nRange: bytes=999-\r\nConnection: close\r\n\r\n',
  'a length': `${POST}Content-Length: 4\r\n\r\nbody`,
  chunks: `${POST}Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n`,
  '100-continue': `${POST}Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody`,
  'another expectation': `${POST}Expect: a miracle\r\nContent-Length: 4\r\n\r\nbody`,
  'HTTP/1.0, kept alive': 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n',
  OPTIONS: 'OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
  'no Host': 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
  'no HTTP': 'GARBAGE\r\n\r\n',
};

module.exports = { masked, folder, handlers, further, cut, requests, furtherRequests };
