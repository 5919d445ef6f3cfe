'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const net = require('node:net');
const { test } = require('node:test');
const audit = require('../../lib/audit');
const { hauberk, npmProject, project } = require('./project');

const ADVISORY = {
  id: 1099999,
  url: 'https://github.com/advisories/GHSA-1111-2222-3333',
  title: 'Parser reads too far',
  severity: 'moderate',
  vulnerable_versions: '>=1.0.0 <1.6.0',
  cwe: ['CWE-125'],
  cvss: { score: 5.3, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L' },
};

/** A registry that answers as told; gives its address. */
async function registry(t, handler) {
  const server = http.createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/npm`;
}

/** A handler that keeps the question. */
function answering(body, seen = {}) {
  return (req, res) => {
    let text = '';
    req.on('data', (chunk) => (text += chunk));
    req.on('end', () => {
      Object.assign(seen, { method: req.method, url: req.url, body: JSON.parse(text) });
      res.setHeader('Content-Type', 'application/json');
      res.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  };
}

test('one question to the bulk endpoint, with every name and version; its ranges are matched here', async (t) => {
  const seen = {};
  const url = await registry(t, answering({ parser: [ADVISORY] }, seen));
  const cwd = project(t, npmProject());
  const report = await audit({ cwd, registry: url });
  assert.equal(seen.method, 'POST');
  assert.equal(seen.url, '/npm/-/npm/v1/security/advisories/bulk');
  assert.deepEqual(seen.body, { web: ['1.0.0'], parser: ['1.5.0', '0.9.0'], tool: ['1.0.0'] });
  const [one] = report.findings;
  assert.equal(report.findings.length, 1);
  assert.deepEqual(
    [one.package, one.version, one.severity, one.id, one.aliases, one.sources],
    ['parser', '1.5.0', 'moderate', 'GHSA-1111-2222-3333', ['1099999'], ['registry']],
  );
  assert.equal((await audit({ cwd, registry: url, level: 'high' })).exitCode, 0);
});

test('nothing found: exit 0', async (t) => {
  const url = await registry(t, answering({}));
  const done = await hauberk(['audit', '--registry', url], { cwd: project(t, npmProject()) });
  assert.deepEqual([done.code, done.err], [0, '']);
  assert.match(done.out, /4 packages in package-lock\.json.*\n\nclean\n$/s);
});

test('the registry is the one that npm is configured with', async (t) => {
  const seen = {};
  const url = await registry(t, answering({}, seen));
  const cwd = project(t, { ...npmProject(), '.npmrc': `registry=${url}/\n` });
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)));
  const done = await hauberk(['audit'], { cwd, env });
  assert.equal(done.code, 0, done.err);
  assert.equal(seen.url, '/npm/-/npm/v1/security/advisories/bulk');
});

const HUGE = Buffer.alloc(1024 ** 2, ' ');

for (const [what, handler, message] of [
  ['an outage (503)', (req, res) => res.writeHead(503).end(), /status 503/],
  [
    'a retired endpoint (404)',
    (req, res) => res.writeHead(404).end('{}'),
    /no bulk advisory endpoint \(status 404\)/,
  ],
  [
    'a retired endpoint (410)',
    (req, res) => res.writeHead(410).end('{}'),
    /no bulk advisory endpoint \(status 410\)/,
  ],
  ['credentials wanted (401)', (req, res) => res.writeHead(401).end('{}'), /credentials/],
  ['a redirect', (req, res) => res.writeHead(302, { Location: '/elsewhere' }).end(), /status 302/],
  ['an answer that is not JSON', answering('<html>maintenance</html>'), /not JSON/],
  ['an answer cut short', answering('{"parser": [{'), /not JSON/],
  ['an empty answer', answering(''), /not JSON/],
  ['a list', answering([]), /no object/],
  ['null', answering('null'), /no object/],
  ['no list of advisories', answering({ parser: { 0: ADVISORY } }), /no list/],
  ['an error as JSON', answering({ error: 'not available' }), /no list/],
  [
    'an advisory without a range',
    answering({ parser: [{ ...ADVISORY, vulnerable_versions: undefined }] }),
    /without an id or a range/,
  ],
  [
    'a range that is none',
    answering({ parser: [{ ...ADVISORY, vulnerable_versions: 'all of them' }] }),
    /without an id or a range/,
  ],
  ['an advisory that is null', answering({ parser: [null] }), /without an id or a range/],
  ['a server that never answers', () => {}, /did not answer within 500 ms/],
  ['a server that never ends', (req, res) => res.write('{'), /did not answer within 500 ms/],
  ['a connection that is cut', (req) => req.socket.destroy(), /could not be reached/],
]) {
  test(`${what}: exit 3, one line, no stack`, async (t) => {
    const url = await registry(t, handler);
    const cwd = project(t, npmProject());
    // On a busy machine an answer takes its time: only who never answers is given little of it.
    const timeout = message.source.includes('500 ms') ? '500' : '30000';
    const done = await hauberk(['audit', '--registry', url, '--timeout', timeout], { cwd });
    assert.equal(done.code, 3, done.out);
    assert.match(done.err, message);
    assert.match(done.err, /^hauberk audit: could not audit: [^\n]+\n$/);
    assert.equal(done.out, '');
  });
}

test('a huge answer: exit 3 before it is all read', async (t) => {
  let sent = 0;
  const url = await registry(t, (req, res) => {
    const more = () => {
      while (sent < 200 && !res.destroyed) {
        sent += 1;
        if (!res.write(HUGE)) return res.once('drain', more);
      }
      return res.end();
    };
    more();
  });
  const done = await hauberk(['audit', '--registry', url], { cwd: project(t, npmProject()) });
  assert.equal(done.code, 3);
  assert.match(done.err, /larger than 32 MiB/);
  assert.ok(sent < 100, `${sent} MiB were sent`);
});

test('no network: a port where nobody listens is exit 3', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const done = await hauberk(['audit', '--registry', `http://127.0.0.1:${port}`], {
    cwd: project(t, npmProject()),
  });
  assert.equal(done.code, 3);
  assert.match(done.err, /could not be reached \(ECONNREFUSED\)/);
});

test('a registry that is no address, or holds a password, is a mistake of the caller', async (t) => {
  const cwd = project(t, npmProject());
  for (const url of ['here', 'ftp://a.example', 'https://me:secret@a.example']) {
    const done = await hauberk(['audit', '--registry', url], { cwd });
    assert.equal(done.code, 2);
    assert.doesNotMatch(done.err, /secret/);
  }
});
