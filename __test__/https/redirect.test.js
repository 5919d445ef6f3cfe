'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const hauberk = require('../..');
const https = require('../../lib/https');
const { corpus } = require('../helpers/corpora');
const { events } = require('../helpers/events');
const { expresses, raw, serve } = require('../helpers/server');

const HOSTS = ['app.example.com'];

/**
 * @param {import('node:test').TestContext} t
 * @param {any} options
 * @param {any} [express]
 */
async function start(t, options, express = expresses[1].express) {
  const app = express();
  app.use(https.redirect(options));
  app.use((/** @type {any} */ req, /** @type {any} */ res) => res.send(`reached ${req.method}`));
  return serve(t, app);
}

/**
 * @param {number} port
 * @param {string} host the whole field line, or empty for none
 * @param {{ target?: string, method?: string, version?: string, fields?: string[] }} [request]
 */
async function ask(port, host, { target = '/a?b=1', method = 'GET', version = '1.1', fields = [] } = {}) {
  const lines = [`${method} ${target} HTTP/${version}`, ...(host === '' ? [] : [host]), ...fields];
  const text = await raw(port, Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1'));
  const [head, body] = text.split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1]),
    location: /^location: (.*)$/im.exec(head)?.[1],
    head,
    body,
  };
}

for (const { name, express } of expresses) {
  describe(name, () => {
    test('a listed host is redirected with 308, path and query kept', async (t) => {
      const { port } = await start(t, { hosts: HOSTS }, express);
      const got = await ask(port, 'Host: app.example.com');
      assert.equal(got.status, 308);
      assert.equal(got.location, 'https://app.example.com/a?b=1');
      assert.match(got.head, /^cache-control: no-store$/im);
      assert.match(got.head, /^connection: close$/im);
      assert.equal(got.body, '');
    });

    test('mounted below a path, the whole path is kept', async (t) => {
      const app = express();
      app.use('/api', https.redirect({ hosts: HOSTS }));
      const { port } = await serve(t, app);
      const got = await ask(port, 'Host: app.example.com', { target: '/api/x?y' });
      assert.equal(got.location, 'https://app.example.com/api/x?y');
    });

    test('in the guard: redirect, 421 and their security headers', async (t) => {
      const guard = hauberk({ https: { hosts: HOSTS } });
      t.after(() => guard.close());
      const app = express();
      app.use(guard);
      app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.json({}));
      const { port } = await serve(t, app);
      for (const [host, status] of [
        ['app.example.com', 308],
        ['evil.example', 421],
      ]) {
        const got = await ask(port, `Host: ${host}`, { target: '/' });
        assert.equal(got.status, status);
        assert.match(got.head, /^content-security-policy: default-src 'none'/im);
        assert.match(got.head, /^x-content-type-options: nosniff$/im);
        assert.doesNotMatch(got.head, /strict-transport-security/i, 'HSTS over HTTP');
      }
    });

    test('a route may switch it off', async (t) => {
      const guard = hauberk({ https: { hosts: HOSTS }, routes: { '/hook': { https: false } } });
      t.after(() => guard.close());
      const app = express();
      app.use(guard, (/** @type {any} */ _req, /** @type {any} */ res) => res.json({}));
      const { port } = await serve(t, app);
      assert.equal((await ask(port, 'Host: other.example', { target: '/hook' })).status, 200);
      assert.equal((await ask(port, 'Host: other.example', { target: '/' })).status, 421);
    });
  });
}

test('a forged Host gets 421, and nothing of it is in the answer', async (t) => {
  const seen = events(t);
  const { port } = await start(t, { hosts: HOSTS });
  for (const host of ['evil.com', 'evilapp.example.com', 'app.example.com.evil.com', 'example.com']) {
    const got = await ask(port, `Host: ${host}`);
    assert.equal(got.status, 421, host);
    assert.equal(got.location, undefined);
    assert.ok(!(got.head + got.body).includes(host));
    assert.equal(JSON.parse(got.body).code, 'ERR_HAUBERK_HTTPS_HOST');
  }
  assert.deepEqual(
    seen().map(({ code, blocked, practice }) => [code, blocked, practice]),
    Array(4).fill(['ERR_HAUBERK_HTTPS_HOST', true, 'https']),
  );
});

test('two Host headers get 400', async (t) => {
  const { port } = await start(t, { hosts: HOSTS });
  for (const [first, second] of [
    ['app.example.com', 'evil.com'],
    ['evil.com', 'app.example.com'],
    ['app.example.com', 'app.example.com'],
  ]) {
    const got = await ask(port, `Host: ${first}`, { fields: [`hOST: ${second}`] });
    assert.equal(got.status, 400);
    assert.equal(got.location, undefined);
  }
});

test('targets in absolute form: the target counts, and Host must be ours too', async (t) => {
  const { port } = await start(t, { hosts: [...HOSTS, 'other.example.com'] });
  const cases = /** @type {const} */ ([
    ['http://app.example.com/x?y', 'app.example.com', 308, 'https://app.example.com/x?y'],
    ['http://other.example.com/x', 'app.example.com', 308, 'https://other.example.com/x'],
    ['http://app.example.com', 'app.example.com', 308, 'https://app.example.com/'],
    ['HTTP://APP.example.com?q', 'app.example.com', 308, 'https://app.example.com/?q'],
    ['http://evil.com/x', 'app.example.com', 421, undefined],
    ['https://evil.com:443/x', 'app.example.com', 421, undefined],
    ['http://app.example.com/x', 'evil.com', 421, undefined],
    ['http://app.example.com@evil.com/x', 'app.example.com', 400, undefined],
    ['http://evil.com\\@app.example.com/', 'app.example.com', 400, undefined],
    ['http:///x', 'app.example.com', 400, undefined],
    ['ftp://app.example.com/x', 'app.example.com', 400, undefined],
  ]);
  for (const [target, host, status, location] of cases) {
    const got = await ask(port, `Host: ${host}`, { target });
    assert.deepEqual([got.status, got.location], [status, location], target);
  }
});

test('//evil, /\\evil, encoded CRLF and the like stay a path of the listed host', async (t) => {
  const { port } = await start(t, { hosts: HOSTS });
  for (const target of [
    '//evil.com',
    '///evil.com/%2e%2e',
    '/\\evil.com',
    '/%5cevil.com',
    '/%2f%2fevil.com',
    '/@evil.com',
    '/%0d%0aLocation:%20//evil.com',
    '/%0d%0aSet-Cookie:a=1',
  ]) {
    const got = await ask(port, 'Host: app.example.com', { target });
    assert.equal(got.status, 308, target);
    assert.equal(new URL(String(got.location)).origin, 'https://app.example.com', target);
    assert.equal(got.head.match(/^location:/gim)?.length, 1);
    assert.doesNotMatch(got.head, /^set-cookie/im);
    assert.match(String(got.location), /^[\x21-\x7e]+$/);
  }
});

test('raw CR and LF in Host or target never reach the answer', async (t) => {
  const { port } = await start(t, { hosts: HOSTS });
  for (const text of [
    'GET /\rX: 1 HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: app.example.com\rSet-Cookie: a=1\r\nConnection: close\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: app.example.com\x00\r\nConnection: close\r\n\r\n',
  ]) {
    const got = await raw(port, text);
    assert.match(got, /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(got, /^(?:location|set-cookie|x):/im);
  }
  // What a lenient parser in front would let through.
  const { create, parse } = require('../../lib/https/stage');
  const stage = create(parse({ hosts: HOSTS }));
  const request = (/** @type {any} */ more) => ({
    method: 'GET',
    headers: { host: 'app.example.com' },
    rawHeaders: [],
    socket: { remoteAddress: '192.0.2.1' },
    ...more,
  });
  /** @type {any} */
  let sent;
  const res = { setHeader: (/** @type {string} */ n, /** @type {any} */ v) => (sent[n] = v), end() {} };
  for (const url of ['/\r\nSet-Cookie: a=1', '/\0', '/b\xfccher', '/ b', '/\u{1f600}\ud800']) {
    sent = {};
    const refusal = /** @type {any} */ (stage.run)?.(request({ url }), {}, {});
    refusal.send({}, res);
    assert.match(sent.Location, /^https:\/\/app\.example\.com\/[\x21-\x7e]+$/);
  }
});

test('ports: the default ones, the own one and the listed ones, no other', async (t) => {
  const { port } = await start(t, { hosts: [...HOSTS, 'b.example.com:9000'], port: 8443 });
  const cases = /** @type {const} */ ([
    ['app.example.com', 308, 'app.example.com'],
    ['app.example.com:', 308, 'app.example.com'],
    ['app.example.com:80', 308, 'app.example.com'],
    ['app.example.com:0080', 308, 'app.example.com'],
    ['app.example.com:443', 308, 'app.example.com'],
    ['app.example.com:8443', 308, 'app.example.com'],
    [`app.example.com:${port}`, 308, 'app.example.com'],
    ['app.example.com:1', 421, undefined],
    ['b.example.com:9000', 308, 'b.example.com'],
    ['b.example.com', 421, undefined],
    ['app.example.com:0', 400, undefined],
    ['app.example.com:65536', 400, undefined],
    ['app.example.com:-1', 400, undefined],
    ['app.example.com:80:80', 400, undefined],
    ['app.example.com:0x50', 400, undefined],
  ]);
  for (const [host, status, name] of cases) {
    const got = await ask(port, `Host: ${host}`, { target: '/x' });
    const location = name === undefined ? undefined : `https://${name}:8443/x`;
    assert.deepEqual([got.status, got.location], [status, location], host);
  }
});

test('IDN: listed in Unicode or punycode, compared in punycode; raw bytes get 400', async (t) => {
  const { port } = await start(t, { hosts: ['B\u00fccher.example', 'xn--80ak6aa92e.com'] });
  const good = await ask(port, 'Host: XN--BCHER-KVA.example', { target: '/' });
  assert.equal(good.location, 'https://xn--bcher-kva.example/');
  const other = await ask(port, 'Host: xn--80ak6aa92e.com', { target: '/' });
  assert.equal(other.location, 'https://xn--80ak6aa92e.com/');
  for (const host of ['b\xfccher.example', Buffer.from('b\u00fccher.example').toString('latin1')]) {
    assert.equal((await ask(port, `Host: ${host}`)).status, 400);
  }
  assert.equal((await ask(port, 'Host: b%C3%BCcher.example')).status, 400);
});

test('IPv6 literals: only listed ones, in any spelling of the address', async (t) => {
  const { port } = await start(t, { hosts: ['[2001:DB8:0::1]', '[::ffff:192.0.2.1]', '192.0.2.7'] });
  const cases = /** @type {const} */ ([
    ['[2001:db8::1]', 'https://[2001:db8::1]/'],
    ['[2001:0db8:0:0:0:0:0:1]:80', 'https://[2001:db8::1]/'],
    ['[::ffff:c000:201]', 'https://[::ffff:c000:201]/'],
    ['192.0.2.7', 'https://192.0.2.7/'],
    ['[2001:db8::2]', 421],
    ['[::]', 421],
    ['192.0.2.8', 421],
    ['3221225991', 421],
    ['0xc0000207', 421],
    ['[2001:db8::1', 400],
    ['[2001:db8::1%25eth0]', 400],
    ['[2001:db8::1]evil', 400],
    ['2001:db8::1', 400],
    ['[::1::]', 400],
  ]);
  for (const [host, expected] of cases) {
    const got = await ask(port, `Host: ${host}`, { target: '/' });
    assert.equal(got.location ?? got.status, expected, host);
  }
});

test('empty Host, no Host, HTTP/1.0', async (t) => {
  const { port } = await start(t, { hosts: HOSTS, exempt: ['/healthz'] });
  assert.equal((await ask(port, 'Host:')).status, 421);
  assert.equal((await ask(port, '')).status, 400, "Node.js's own answer");
  assert.equal((await ask(port, '', { version: '1.0' })).status, 421);
  assert.equal((await ask(port, '', { version: '1.0', target: '/healthz' })).status, 200);
  const old = await ask(port, 'Host: app.example.com', { version: '1.0', target: '/' });
  assert.equal(old.location, 'https://app.example.com/');
});

test('wildcards: one label, as in a certificate', async (t) => {
  const { port } = await start(t, { hosts: ['*.shop.example.com', '*.x.example.com:81'] });
  const cases = /** @type {const} */ ([
    ['a.shop.example.com', 308],
    ['a.shop.example.com.', 308],
    ['shop.example.com', 421],
    ['a.b.shop.example.com', 421],
    ['evilshop.example.com', 421],
    ['*.shop.example.com', 400],
    ['.shop.example.com', 400],
    ['a.x.example.com:81', 308],
    ['a.x.example.com', 421],
  ]);
  for (const [host, status] of cases) assert.equal((await ask(port, `Host: ${host}`)).status, status, host);
});

test('health checks: exempt paths pass by IP address, everything else does not', async (t) => {
  const { port } = await start(t, { hosts: HOSTS, exempt: ['/healthz', '/probe/*'] });
  const cases = /** @type {const} */ ([
    ['/healthz', 200],
    ['/healthz?full=1', 200],
    ['/probe/live', 200],
    ['/healthz/', 421],
    ['/healthzz', 421],
    ['/HEALTHZ', 421],
    ['/probe', 421],
    ['/probe/../admin', 421],
    ['/probe/%2e%2e/admin', 421],
    ['/probe/..%2fadmin', 421],
    ['/probe//admin', 421],
    ['/probe/\\..\\admin', 421],
    ['/', 421],
  ]);
  for (const [target, status] of cases) {
    assert.equal((await ask(port, 'Host: 10.1.2.3:8080', { target })).status, status, target);
  }
  const post = await ask(port, 'Host: 10.1.2.3', { target: '/healthz', method: 'POST' });
  assert.equal(post.status, 421);
});

test('X-Forwarded-Proto and X-Forwarded-Host count from a trusted hop only', async (t) => {
  const cases = /** @type {const} */ ([
    [1, ['X-Forwarded-Proto: https'], 'app.example.com', 200],
    [1, ['X-Forwarded-Proto: HTTPS'], 'app.example.com', 200],
    [1, ['X-Forwarded-Proto: http'], 'app.example.com', 308],
    [1, ['X-Forwarded-Proto: https', 'X-Forwarded-Proto: http'], 'app.example.com', 308],
    [1, ['X-Forwarded-Proto: https,https'], 'app.example.com', 200],
    [1, ['X-Forwarded-Proto: https', 'X-Forwarded-Host: app.example.com'], 'upstream:3000', 200],
    [1, ['X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.com'], 'app.example.com', 421],
    [false, ['X-Forwarded-Proto: https'], 'app.example.com', 308],
    [false, ['X-Forwarded-Host: app.example.com'], 'evil.com', 421],
    [false, ['X-Forwarded-Host: evil.com'], 'app.example.com', 308],
    [false, ['Forwarded: proto=https', 'Front-End-Https: on', 'X-Forwarded-Ssl: on'], 'app.example.com', 308],
  ]);
  for (const [trustProxy, fields, host, status] of cases) {
    const guard = hauberk({ client: { trustProxy }, https: { hosts: HOSTS } });
    t.after(() => guard.close());
    const app = expresses[1].express();
    app.use(guard, (/** @type {any} */ _req, /** @type {any} */ res) => res.send('ok'));
    const { port } = await serve(t, app);
    const got = await ask(port, `Host: ${host}`, { fields: [...fields] });
    assert.equal(got.status, status, `${trustProxy} ${fields}`);
    if (status === 308) assert.equal(got.location, 'https://app.example.com/a?b=1');
  }
});

test("api: 'refuse' redirects pages of browsers and refuses the rest", async (t) => {
  const html = 'Accept: text/html,*/*;q=0.8';
  for (const apiStatus of /** @type {const} */ ([403, 426])) {
    const { port } = await start(t, { hosts: HOSTS, api: 'refuse', apiStatus });
    const cases = /** @type {const} */ ([
      [{ fields: [html] }, 308],
      [{ fields: ['Accept: application/json'] }, apiStatus],
      [{}, apiStatus],
      [{ fields: [html, 'Authorization: Bearer x'] }, apiStatus],
      [{ fields: [html, 'Content-Length: 0'], method: 'POST' }, apiStatus],
    ]);
    for (const [request, status] of cases) {
      const got = await ask(port, 'Host: app.example.com', /** @type {any} */ (request));
      assert.equal(got.status, status);
      if (status === 308) continue;
      assert.equal(JSON.parse(got.body).code, 'ERR_HAUBERK_HTTPS_REQUIRED');
      assert.match(got.head, /^connection: (?:upgrade, )?close$/im);
      if (status === 426) assert.match(got.head, /^upgrade: TLS\/1\.2, HTTP\/1\.1$/im);
    }
  }
});

test('a refused API request ends its connection, also where the client would keep it', async (t) => {
  for (const apiStatus of [403, 426]) {
    const { port } = await start(t, { hosts: HOSTS, api: 'refuse', apiStatus });
    // It ends without `Connection: close` of the client's.
    const got = await raw(port, 'POST / HTTP/1.1\r\nHost: app.example.com\r\nContent-Length: 0\r\n\r\n');
    assert.match(got, new RegExp(`^HTTP/1.1 ${apiStatus} `));
  }
});

test('a redirect keeps the method: 308 for POST, and its body is not waited for', async (t) => {
  const { port } = await start(t, { hosts: HOSTS });
  const text = 'POST /a HTTP/1.1\r\nHost: app.example.com\r\nContent-Length: 1000\r\n\r\n';
  const got = await raw(port, text);
  assert.match(got, /^HTTP\/1\.1 308 /);
  assert.match(got, /^location: https:\/\/app\.example\.com\/a$/im);
});

test('without hosts nothing happens, and the report says so', async (t) => {
  const { port } = await start(t, {});
  assert.equal((await ask(port, 'Host: evil.com')).status, 200);
  const guard = hauberk();
  t.after(() => guard.close());
  const { practices, findings } = guard.report();
  assert.equal(practices.https, 'off');
  const found = findings.filter(({ practice }) => practice === 'https');
  assert.equal(found.length, 1);
  assert.match(found[0].fix, /hosts/);
  const on = hauberk({ https: { hosts: HOSTS } });
  t.after(() => on.close());
  assert.equal(on.report().practices.https, 'on');
  assert.deepEqual(
    on.report().findings.filter(({ practice }) => practice === 'https'),
    [],
  );
});

/**
 * Sets NODE_ENV until the test ends.
 *
 * @param {import('node:test').TestContext} t
 */
function environment(t) {
  const before = process.env.NODE_ENV;
  const set = (/** @type {string | undefined} */ value) => {
    if (value === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = value;
  };
  t.after(() => set(before));
  return set;
}

test('development over plain HTTP works without a setting, in production it does not', async (t) => {
  const set = environment(t);
  const { port } = await start(t, { hosts: HOSTS });
  const statusOf = async (/** @type {string} */ host, /** @type {string[]} */ fields = []) =>
    (await ask(port, `Host: ${host}`, { fields })).status;
  for (const name of [undefined, 'development', 'test']) {
    set(name);
    for (const host of [`localhost:${port}`, '127.0.0.1', 'app.localhost:3000', '[::1]']) {
      assert.equal(await statusOf(host), 200, host);
    }
    assert.equal(await statusOf('localhost', ['X-Forwarded-For: 192.0.2.1']), 421);
    assert.equal(await statusOf('localhost', ['X-Forwarded-Host: localhost']), 421);
    assert.equal(await statusOf('localhost', ['Forwarded: for=192.0.2.1']), 421);
    assert.equal(await statusOf('evil.com'), 421);
    assert.equal(await statusOf('localhost@evil.com'), 400);
  }
  for (const host of ['10.1.2.3', '[2001:db8::1]', '', '2130706433', '127.1']) {
    assert.equal(await statusOf(host), 421, `${host} is not this machine`);
  }
  set('production');
  assert.equal(await statusOf(`localhost:${port}`), 421);
});

test("mode: 'report' tells what it would do and lets everything through", async (t) => {
  const seen = events(t);
  const { port } = await start(t, { hosts: HOSTS, mode: 'report' });
  assert.equal((await ask(port, 'Host: app.example.com')).status, 200);
  assert.equal((await ask(port, 'Host: evil.com')).status, 200);
  assert.deepEqual(
    seen().map(({ code, blocked }) => [code, blocked]),
    [
      ['ERR_HAUBERK_HTTPS_REQUIRED', false],
      ['ERR_HAUBERK_HTTPS_HOST', false],
    ],
  );
});

test('corpus host-header: no answer leads anywhere but to the listed host', async (t) => {
  const rows = corpus('host-header');
  if (rows === undefined) return t.skip('corpora absent: host-header');
  assert.ok(rows.length > 50);
  environment(t)('production');
  for (const { id, input, expect } of rows) {
    const app = expresses[1].express();
    // Every row is a stranger's.
    app.use(hauberk.client({ trustProxy: false }), https.redirect({ hosts: input.allow }));
    const { port } = await serve(t, app);
    const fields = Object.entries(input.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
    const host = Buffer.from(`Host: ${input.host}`).toString('latin1');
    const got = await ask(port, host, { target: input.target ?? '/x', fields });
    if (got.location !== undefined) {
      assert.equal(new URL(got.location).host, 'app.example.com', id);
      assert.equal(got.status, 308, id);
    } else {
      assert.ok([400, 421].includes(got.status), `${id} ${got.status}`);
    }
    const verdict = expect.redirect_must_target;
    if (verdict === 'allowed') assert.equal(got.status, 308, id);
    if (/^(?:reject|never)/.test(verdict)) {
      // A raw CRLF in Host ends the field: what follows is another one.
      if (/\r\n/.test(input.host)) assert.doesNotMatch(got.head, /^x-injected/im, id);
      else assert.ok(got.status >= 400, `${id} ${got.status}`);
    }
  }
});

test('options: each bad value throws at construction', () => {
  const bad = [
    [{ hosts: 'app.example.com' }, /https\.hosts must be an array/],
    ...[
      '',
      ' ',
      'a b',
      'http://a.example',
      'a.example/x',
      'a.example?',
      'user@a.example',
      'a.example:0',
      'a.example:65536',
      'a.example:x',
      '*.com',
      '*',
      '*.127.0.0.1',
      'a.*.example',
      '[::1',
      '::1',
      '2130706433',
      '0x7f.1',
      `${'a'.repeat(64)}.example`,
      `${'a.'.repeat(127)}`,
      'a..example',
      'a%2eexample',
      'a\r\nb',
      1,
      null,
      {},
    ].map((entry) => [{ hosts: [entry] }, /https\.hosts\[0\] must be/]),
    ...['healthz', '', '/a?b', '/a#b', '/a b', '/*/b', '//*', 1, /x/].map((entry) => [
      { exempt: [entry] },
      /https\.exempt\[0\] must be/,
    ]),
    [{ api: 'block' }, /https\.api must be one of/],
    [{ apiStatus: 418 }, /https\.apiStatus must be one of/],
    ...[0, 65_536, 1.5, NaN, '443', null].map((port) => [{ port }, /https\.port must be/]),
    [{ mode: 'off' }, /https\.mode must be/],
    [{ host: [] }, /did you mean hosts\?/],
    [null, /must be an options object/],
  ];
  for (const [options, message] of bad) {
    assert.throws(() => https.redirect(/** @type {any} */ (options)), {
      message: /** @type {any} */ (message),
    });
  }
});

test('app.use(https.redirect) without the call fails every request', async (t) => {
  const app = expresses[1].express();
  app.use(/** @type {any} */ (https.redirect));
  app.use(
    (/** @type {any} */ error, /** @type {any} */ _req, /** @type {any} */ res, /** @type {any} */ _next) =>
      res.status(500).send(error.code),
  );
  const { url } = await serve(t, app);
  assert.equal(await (await fetch(url)).text(), 'ERR_HAUBERK_GUARD_NOT_CALLED');
});

test('the redirect works without Express', async (t) => {
  const stage = https.redirect({ hosts: HOSTS });
  const { port } = await serve(
    t,
    /** @type {import('node:http').RequestListener} */ (
      (req, res) => stage(req, res, () => res.end('reached'))
    ),
  );
  assert.equal((await ask(port, 'Host: app.example.com')).location, 'https://app.example.com/a?b=1');
});
