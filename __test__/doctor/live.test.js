'use strict';

/** The requests of the doctor: where they go, how long they may take, and what servers may do to it. */

const assert = require('node:assert/strict');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const path = require('node:path');
const { test } = require('node:test');
const doctor = require('../../lib/doctor');
const { check, hauberk, manifest, project } = require('./project');
const { selfSigned } = require('../helpers/certificates');

/** @param {import('node:test').TestContext} t @param {import('node:net').Server} server @returns {Promise<number>} */
async function listen(t, server) {
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve(undefined)));
  });
  return /** @type {net.AddressInfo} */ (server.address()).port;
}

const files = () => ({ ...manifest({ express: '5.3.0' }), 'app.js': '' });

test('redirects are not followed, and only harmless requests are sent', async (t) => {
  /** @type {string[]} */
  const elsewhere = [];
  const other = http.createServer((req, res) => (elsewhere.push(String(req.url)), res.end()));
  const otherPort = await listen(t, other);
  /** @type {[string, string][]} */
  const seen = [];
  const server = http.createServer((req, res) => {
    seen.push([String(req.method), String(req.url)]);
    res.writeHead(302, { Location: `http://127.0.0.1:${otherPort}/next` }).end();
  });
  const port = await listen(t, server);
  await doctor({
    root: project(t, files()),
    url: `http://127.0.0.1:${port}/start?a=1`,
    paths: ['/more'],
    timeoutMs: 60_000,
  });
  assert.deepEqual(elsewhere, []);
  assert.deepEqual([...new Set(seen.map(([method]) => method))].sort(), ['GET', 'POST', 'TRACE']);
  const posts = seen.filter(([method]) => method === 'POST');
  assert.ok(posts.length === 3 && posts.every(([, url]) => url === '/start?a=1'));
  assert.ok(seen.some(([, url]) => url === '/more'));
  assert.ok(seen.length <= 25, `${seen.length} requests`);
});

test('a server that never answers: exit 3, in time', async (t) => {
  const port = await listen(
    t,
    net.createServer(() => {}),
  );
  const done = await hauberk([
    'doctor',
    project(t, files()),
    '--url',
    `http://127.0.0.1:${port}`,
    '--timeout',
    '300',
  ]);
  assert.equal(done.code, 3);
  assert.match(
    done.err,
    /could not look: http:\/\/127\.0\.0\.1:\d+ gives no answer: no answer within 300 ms/,
  );
  assert.doesNotMatch(done.err, /\n {4}at /);
});

test('a server that answers once and then cuts every connection: what is left is skipped', async (t) => {
  let count = 0;
  const server = http.createServer((req, res) => {
    count += 1;
    if (count === 1) res.end('hello');
    else req.socket.destroy();
  });
  const port = await listen(t, server);
  const report = await doctor({
    root: project(t, files()),
    url: `http://127.0.0.1:${port}`,
    timeoutMs: 60_000,
  });
  for (const id of ['body/prototype', 'errors/trace', 'https/forged-host', 'headers/cors-live'])
    assert.equal(check(report, id).status, 'skip', id);
});

for (const [what, bytes] of /** @type {[string, string][]} */ ([
  ['garbage', '\u0000\u0001 not http at all\r\n\r\n'],
  ['a head without end', `HTTP/1.1 200 OK\r\n${'X-Long: '.padEnd(70_000, 'a')}`],
  ['nothing', ''],
])) {
  test(`a server that answers ${what}: exit 3, without a stack`, async (t) => {
    const port = await listen(
      t,
      net.createServer((socket) => socket.once('data', () => socket.end(bytes))),
    );
    const done = await hauberk([
      'doctor',
      project(t, files()),
      '--url',
      `http://127.0.0.1:${port}`,
      '--timeout',
      '3000',
    ]);
    assert.equal(done.code, 3, done.err);
    assert.match(done.err, /gives no answer: /);
    assert.doesNotMatch(done.err, /\n {4}at /);
  });
}

test('a server that answers without end: its first bytes count', async (t) => {
  const server = http.createServer((_req, res) => {
    res.setHeader('X-Frame-Options', 'DENY');
    const more = () => {
      while (!res.destroyed && res.write('a'.repeat(65_536)));
    };
    res.on('drain', more);
    more();
  });
  const port = await listen(t, server);
  const report = await doctor({
    root: project(t, files()),
    url: `http://127.0.0.1:${port}`,
    timeoutMs: 60_000,
  });
  assert.equal(check(report, 'headers/software').status, 'pass');
});

test('a server that drips: the doctor does not wait for its last byte', async (t) => {
  const server = http.createServer((req, res) => {
    if (req.url !== '/slow') return res.end('hello');
    res.setHeader('X-Powered-By', 'drops').write('a');
    const timer = setInterval(() => res.write('a'), 50);
    return res.on('close', () => clearInterval(timer));
  });
  const port = await listen(t, server);
  const url = `http://127.0.0.1:${port}`;
  const report = await doctor({ root: project(t, files()), url, paths: ['/slow'], timeoutMs: 6000 });
  assert.deepEqual(check(report, 'headers/software').evidence, [{ text: 'GET /slow: X-Powered-By: drops' }]);
});

test('nobody listens, no such host: exit 3 with the reason', async (t) => {
  const root = project(t, files());
  const refused = await hauberk(['doctor', root, '--url', 'http://127.0.0.1:1']);
  assert.deepEqual([refused.code, /nobody listens there/.test(refused.err)], [3, true], refused.err);
  const unknown = await hauberk(['doctor', root, '--url', 'http://doctor.invalid']);
  assert.deepEqual([unknown.code, /gives no answer/.test(unknown.err)], [3, true], unknown.err);
});

test('a certificate that cannot be verified is no HTTPS: exit 3 with the reason', async (t) => {
  const made = selfSigned();
  const port = await listen(
    t,
    https.createServer(made, (_req, res) => res.end('hello')),
  );
  const done = await hauberk(['doctor', project(t, files()), '--url', `https://127.0.0.1:${port}`]);
  assert.equal(done.code, 3);
  assert.match(done.err, /certificate/);
});

test('over HTTPS: HSTS, the redirect of plain HTTP and Secure count', async (t) => {
  const made = selfSigned();
  const server = https.createServer(made, (_req, res) => {
    res.setHeader('Set-Cookie', 'sid=1');
    res.end('hello');
  });
  const port = await listen(t, server);
  const root = project(t, { ...files(), 'ca.pem': made.cert });
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: path.join(root, 'ca.pem') };
  const done = await hauberk(['doctor', root, '--url', `https://localhost:${port}`, '--json'], { env });
  const report = JSON.parse(done.out);
  assert.equal(check(report, 'https/hsts').status, 'fail');
  assert.equal(check(report, 'cookies/flags').status, 'fail');
  assert.match(check(report, 'cookies/flags').evidence[0].text, /sid without Secure, HttpOnly, SameSite/);
  assert.equal(check(report, 'https/forged-host').status, 'pass', 'the forged Host is asked over TLS too');
});

test('a foreign origin that may read with credentials is found; a forged Host that leads away is found', async (t) => {
  const server = http.createServer((req, res) => {
    if (req.headers.origin) {
      res.setHeader('Access-Control-Allow-Origin', req.headers.origin);
      res.setHeader('Access-Control-Allow-Credentials', 'true');
    }
    if (req.method === 'TRACE') return res.end(`TRACE / HTTP/1.1\r\nX-Doctor: ${req.headers['x-doctor']}`);
    return res
      .writeHead(301, { Location: `https://${req.headers['x-forwarded-host'] ?? req.headers.host}/` })
      .end();
  });
  const port = await listen(t, server);
  const report = await doctor({
    root: project(t, files()),
    url: `http://127.0.0.1:${port}`,
    timeoutMs: 60_000,
  });
  assert.equal(check(report, 'headers/cors-live').status, 'fail');
  assert.equal(check(report, 'https/forged-host').status, 'fail');
  assert.equal(check(report, 'https/forged-host').evidence.length, 2);
  assert.equal(check(report, 'errors/trace').status, 'fail');
  assert.equal(report.observatory?.score, 0);
});

test('a server that answers everything with 200 exposes nothing by that', async (t) => {
  const server = http.createServer((_req, res) =>
    res.setHeader('Content-Type', 'text/html').end('<h1>hello</h1>'),
  );
  const port = await listen(t, server);
  const report = await doctor({
    root: project(t, files()),
    url: `http://127.0.0.1:${port}`,
    timeoutMs: 60_000,
  });
  assert.equal(check(report, 'errors/exposed').status, 'pass');
});

test('.git, .env, package files and source maps are found', async (t) => {
  /** @type {Record<string, string>} */
  const pages = {
    '/': '<script src="/app.js"></script>',
    '/.git/HEAD': 'ref: refs/heads/main\n',
    '/.env': '# secrets\nTOKEN=1\n',
    '/package.json': '{"name":"x","dependencies":{}}',
    '/package-lock.json': '{"lockfileVersion":3}',
    '/app.js.map': '{"version":3,"mappings":"AAAA"}',
  };
  const server = http.createServer((req, res) => {
    const page = pages[String(req.url)];
    res.statusCode = page === undefined ? 404 : 200;
    res.setHeader('Content-Type', 'text/html').end(page);
  });
  const port = await listen(t, server);
  const report = await doctor({
    root: project(t, files()),
    url: `http://127.0.0.1:${port}`,
    timeoutMs: 60_000,
  });
  assert.deepEqual(
    check(report, 'errors/exposed').evidence.map(({ text }) => text),
    [
      'GET /.git/HEAD',
      'GET /.env',
      'GET /package.json',
      'GET /package-lock.json',
      'GET /app.js.map (source map)',
    ],
  );
});
