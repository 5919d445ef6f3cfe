'use strict';

/**
 * What plain HTTP gets, on its real port: each test takes an address of its own in 127.0.0.0/8, where the whole net
 * is this machine (Linux, Windows), and port 80 there. Where that port cannot be had, it says so.
 */

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');
const { test } = require('node:test');
const { check, hauberk, manifest, project } = require('./project');
const { selfSigned } = require('../helpers/certificates');

/** An address that nobody else has taken. */
const address = () => `127.${[0, 1, 2].map(() => crypto.randomInt(1, 255)).join('.')}`;

/** @param {http.Server | https.Server} server @param {number} port @param {string} host @returns {Promise<Error | undefined>} */
function listen(server, port, host) {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, host, () => resolve(undefined));
  });
}

/** @param {http.Server | https.Server} server @returns {Promise<void>} */
function close(server) {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Asks the doctor about a server over HTTPS whose port 80 answers so; `answer` undefined: nobody listens there.
 *
 * @param {import('node:test').TestContext} t
 * @param {((host: string, req: http.IncomingMessage, res: http.ServerResponse) => void) | undefined} answer
 */
async function ask(t, answer) {
  const host = address();
  const plain = http.createServer((req, res) => answer?.(host, req, res));
  const error = await listen(plain, 80, host);
  if (error !== undefined) return t.skip(`port 80 of ${host} cannot be had: ${error.message}`);
  // Bound for a moment, it is certain that nobody else is there.
  if (answer === undefined) await close(plain);
  else t.after(() => close(plain));
  const made = selfSigned({ name: host });
  const secure = https.createServer(made, (_req, res) => res.end('hello'));
  assert.equal(await listen(secure, 0, host), undefined);
  t.after(() => close(secure));
  const root = project(t, { ...manifest({ express: '5.3.0' }), 'app.js': '', 'ca.pem': made.cert });
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: path.join(root, 'ca.pem') };
  const { port } = /** @type {import('node:net').AddressInfo} */ (secure.address());
  const args = ['doctor', root, '--url', `https://${host}:${port}/start?a=1`, '--json', '--min-score', '0'];
  const done = await hauberk(args, { env });
  assert.ok(done.out.startsWith('{'), done.err);
  return check(JSON.parse(done.out), 'https/redirect');
}

/** @param {(host: string) => string} to @returns {(host: string, req: any, res: http.ServerResponse) => void} */
const leads = (to) => (host, _req, res) => res.writeHead(308, { Location: to(host) }).end();

for (const [what, answer, status, text] of /** @type {const} */ ([
  ['leads to HTTPS at the same host', leads((host) => `https://${host}/start?a=1`), 'pass', /leads to HTTPS/],
  ['is refused', (_host, _req, res) => res.writeHead(426).end(), 'pass', /is refused/],
  ['reaches nobody', undefined, 'pass', /nobody listens for plain HTTP/],
  ['cuts the connection', (_host, req) => req.socket.destroy(), 'pass', /nobody listens for plain HTTP/],
  ['leads elsewhere first', leads(() => 'https://www.example.com/'), 'warn', /another host first/],
  ['leads to plain HTTP', leads((host) => `http://${host}/next`), 'fail', /leads to plain HTTP/],
  ['leads to a path of its own', leads(() => '/next'), 'fail', /leads to plain HTTP/],
  ['is answered', (_host, _req, res) => res.end('hello'), 'fail', /is answered/],
  ['leads nowhere', leads(() => 'https://['), 'fail', /is answered/],
])) {
  test(`https/redirect: plain HTTP ${what}: ${status}`, async (t) => {
    const found = await ask(t, answer);
    if (found === undefined) return;
    assert.equal(found.status, status, JSON.stringify(found));
    assert.match(JSON.stringify(found), text);
  });
}

test('https/redirect: port 80 is asked for the same path, under the same host', async (t) => {
  /** @type {unknown[]} */
  const seen = [];
  const found = await ask(t, (host, req, res) => {
    seen.push([req.method, req.url, req.headers.host === host]);
    res.writeHead(301, { Location: `https://${host}${req.url}` }).end();
  });
  if (found === undefined) return;
  assert.deepEqual(seen, [['GET', '/start?a=1', true]]);
});
