'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const { test } = require('node:test');
const headers = require('../../lib/headers');
const { hook, onHead } = require('../../lib/internal/head');
const { expresses, raw, serve } = require('../helpers/server');

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** Sorted lines of a head, without the date. */
function lines(response) {
  const [head] = response.split('\r\n\r\n');
  return head.split('\r\n').filter((line) => !line.startsWith('Date: '));
}

/**
 * Runs one handler on a plain server and on both Express versions, without the hook and with a step that
 * adds one field, and expects the same head but for that field.
 */
async function same(t, handler, { steps = 1, express = true } = {}) {
  const wraps = [(listener) => listener];
  if (express) {
    for (const { express: make } of expresses) {
      wraps.push((listener) => make().disable('x-powered-by').use(listener));
    }
  }
  for (const wrap of wraps) {
    let ran = 0;
    const step = (res) => {
      ran += 1;
      res.setHeader('X-Step', String(ran));
    };
    const bare = await serve(t, wrap(handler));
    const hooked = await serve(
      t,
      wrap((req, res) => {
        onHead(req, res, step);
        return handler(req, res);
      }),
    );
    const expected = await raw(bare.port, GET);
    const got = await raw(hooked.port, GET);
    const without = lines(got).filter((line) => !line.startsWith('X-Step'));
    assert.deepEqual(without.sort(), lines(expected).sort());
    assert.equal(got.split('\r\n\r\n')[1], expected.split('\r\n\r\n')[1]);
    assert.equal(ran, steps);
    assert.equal(/^X-Step: 1\r$/m.test(got), steps > 0);
  }
}

const forms = {
  'a status': (res) => res.writeHead(201),
  'a status and a reason': (res) => res.writeHead(201, 'Made'),
  'a status and an object': (res) =>
    res.writeHead(200, { 'X-A': '1', 'x-b': 2, 'Set-Cookie': ['a=1', 'b=2'] }),
  'a status, a reason and an object': (res) => res.writeHead(404, 'Gone Fishing', { 'X-A': '1' }),
  'a status, undefined and an object': (res) => res.writeHead(404, undefined, { 'X-A': '1' }),
  'a flat array': (res) => res.writeHead(200, ['X-A', '1', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']),
  'a flat array with a list in it': (res) => res.writeHead(200, ['Set-Cookie', ['a=1', 'b=2']]),
  'a reason and a flat array': (res) => res.writeHead(200, 'Fine', ['X-A', '1']),
  'a status as text': (res) => res.writeHead('202'),
  'null for headers': (res) => res.writeHead(200, null),
  'an object over fields that were set': (res) => {
    res.setHeader('X-A', 'old').setHeader('X-B', 'kept');
    return res.writeHead(200, { 'x-a': 'new' });
  },
  'a flat array over fields that were set': (res) => {
    res.setHeader('X-A', 'old').setHeader('X-B', 'kept');
    return res.writeHead(200, ['x-a', 'new', 'X-C', '3']);
  },
  'a status message that was set': (res) => {
    res.statusMessage = 'Custom';
    return res.writeHead(200);
  },
};

for (const [form, write] of Object.entries(forms)) {
  test(`writeHead with ${form}`, async (t) => {
    await same(t, (req, res) => {
      assert.equal(write(res), res);
      res.end('body');
    });
  });
}

test('writeHead with an array of pairs', async (t) => {
  const pairs = [
    ['X-A', '1'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ];
  await same(t, (req, res) => res.writeHead(200, pairs).end(), { express: false });
});

const implicit = {
  'res.end alone': (req, res) => res.end(),
  'res.end with a body': (req, res) => res.end('body'),
  'res.write, then res.end': (req, res) => {
    res.write('a');
    res.end('b');
  },
  'res.flushHeaders': (req, res) => {
    res.flushHeaders();
    res.end('b');
  },
  'a status that was set': (req, res) => {
    res.statusCode = 204;
    res.end();
  },
  'a stream': (req, res) => fs.createReadStream(__filename).pipe(res),
};

for (const [name, handler] of Object.entries(implicit)) {
  test(`an implicit head: ${name}`, (t) => same(t, handler));
}

test('writeHead called twice, and headers after they were sent: errors of Node.js', async (t) => {
  await same(t, (req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/plain' });
    assert.throws(() => res.writeHead(200), { code: 'ERR_HTTP_HEADERS_SENT' });
    assert.throws(() => res.setHeader('X-Late', '1'), { code: 'ERR_HTTP_HEADERS_SENT' });
    res.end('once');
  });
});

test('what Node.js refuses is refused, and the response that takes its place has the step', async (t) => {
  const wrong = [
    [(res) => res.writeHead(99), 'ERR_HTTP_INVALID_STATUS_CODE'],
    [(res) => res.writeHead(1000), 'ERR_HTTP_INVALID_STATUS_CODE'],
    [(res) => res.writeHead('x'), 'ERR_HTTP_INVALID_STATUS_CODE'],
    [(res) => res.writeHead(200, 'a\r\nb'), 'ERR_INVALID_CHAR'],
    [(res) => res.writeHead(200, { 'X-A': 'a\r\nSet-Cookie: b=1' }), 'ERR_INVALID_CHAR'],
    [(res) => res.writeHead(200, { 'X A': 'a' }), 'ERR_INVALID_HTTP_TOKEN'],
    [(res) => res.writeHead(200, ['X-A']), 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [write, code] of wrong) {
    const { port } = await serve(t, (req, res) => {
      onHead(req, res, () => res.setHeader('X-Step', 'yes'));
      assert.throws(() => write(res), { code });
      for (const name of res.getHeaderNames()) res.removeHeader(name);
      res.statusMessage = '';
      res.writeHead(500, { 'Content-Length': 0 });
      res.end();
    });
    const got = await raw(port, GET);
    assert.match(got, /^HTTP\/1\.1 500 .*\r\n/);
    assert.match(got, /^X-Step: yes\r$/m);
  }
});

test('steps run in order, once each, and see what really leaves', async (t) => {
  const seen = [];
  const first = (res) => seen.push(`first ${res.statusCode} ${res.getHeader('x-a')}`);
  const second = () => seen.push('second');
  const { port } = await serve(t, (req, res) => {
    for (const step of [first, second, first]) onHead(req, res, step);
    hook(res);
    res.writeHead(203, ['X-A', '1']);
    res.end();
  });
  await raw(port, GET);
  assert.deepEqual(seen, ['first 203 1', 'second']);
});

test('a step that throws fails closed: an inert 500, the process goes on', async (t) => {
  const handlers = {
    page: (res) => {
      res.setHeader('Set-Cookie', 'sid=1');
      res.setHeader('Content-Type', 'text/html');
      res.setHeader('Location', 'https://elsewhere.example');
      res.end('<script>1</script>');
    },
    stream: (res) => fs.createReadStream(__filename).pipe(res),
    head: (res) => res.writeHead(204, { 'X-A': '1' }).end(),
  };
  for (const handler of Object.values(handlers)) {
    const { port } = await serve(t, (req, res) => {
      onHead(req, res, () => {
        throw new Error('a fault of ours');
      });
      handler(res);
    });
    for (let i = 0; i < 2; i += 1) {
      const got = await raw(port, GET);
      assert.match(got, /^HTTP\/1\.1 500 Internal Server Error\r\n/);
      assert.match(got, /^Content-Type: text\/plain; charset=utf-8\r$/m);
      assert.match(got, /^Cache-Control: no-store\r$/m);
      assert.match(got, /^Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r$/m);
      assert.doesNotMatch(got, /^(?:Set-Cookie|Location|X-A):/m);
    }
  }
});

test('another wrapper on the prototype, below the hook, is called and does not loop', async (t) => {
  for (const { express } of expresses) {
    const app = express();
    const calls = [];
    app.use((req, res, next) => {
      onHead(req, res, () => calls.push('step'));
      next();
    });
    const sub = express();
    app.use('/', sub);
    const inherited = sub.response.writeHead;
    sub.response.writeHead = function writeHead(...args) {
      calls.push('wrapper');
      return inherited.apply(this, args);
    };
    sub.get('/', (req, res) => res.send('x'));
    const { port } = await serve(t, app);
    assert.match(await raw(port, GET), /^HTTP\/1\.1 200 OK\r\n/);
    assert.deepEqual([...new Set(calls)].sort(), ['step', 'wrapper']);
  }
});

test('an app that is called as a function, a mounted app and a router keep the fields', async (t) => {
  for (const { express } of expresses) {
    const sub = express();
    sub.get(/.*/, (req, res) => res.send('sub'));
    const app = express();
    app.use(headers());
    app.use('/called', (req, res) => sub(req, res));
    app.use('/mounted', sub);
    app.use('/plain', (req, res) => res.end());
    const { url } = await serve(t, app);
    for (const path of ['/called', '/mounted', '/plain']) {
      const got = await fetch(url + path);
      assert.equal(got.headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(got.headers.get('x-powered-by'), null, path);
    }
  }
});

test('a plain server, with the nonce through headers.nonce', async (t) => {
  const guard = headers();
  const server = await serve(t, (req, res) => {
    guard(req, res, (error) => {
      assert.equal(error, undefined);
      const nonce = headers.nonce(res);
      assert.equal(headers.nonce(res), nonce);
      res.writeHead(200, { 'Content-Type': 'text/html' });
      res.end(nonce);
    });
  });
  const got = await fetch(server.url);
  const nonce = await got.text();
  assert.ok(got.headers.get('content-security-policy').includes(`'nonce-${nonce}'`));
  assert.ok(http.STATUS_CODES[got.status]);
});
