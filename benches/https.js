'use strict';

/**
 * What the host check costs on a request that passes, and how many full handshakes our TLS server makes, beside
 * `node:https` with its defaults.
 */

const assert = require('node:assert/strict');
const { once } = require('node:events');
const nodeHttps = require('node:https');
const tls = require('node:tls');
const express = require('express');
const hauberk = require('..');
const { selfSigned } = require('../__test__/helpers/certificates');
const { compare } = require('./harness/compare');
const { Pipeline, requestBytes } = require('./harness/pipeline');

const GET = requestBytes('GET /', undefined, { Host: 'api.example.com', 'X-Forwarded-Proto': 'https' });

/** @param {any} https */
function pipeline(https) {
  const app = express();
  app.use(hauberk({ client: { trustProxy: () => true }, ratelimit: false, https }));
  app.get('/', (req, res) => res.json({ ok: true }));
  return new Pipeline(app);
}

/** @param {import('node:https').Server} server */
async function handshakes(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const shake = async () => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const protocol = socket.getProtocol();
    socket.destroy();
    return protocol;
  };
  return {
    result: shake,
    run: async (times) => {
      for (let i = 0; i < times; i += 1) await shake();
    },
  };
}

async function main() {
  const [on, off] = [pipeline({ hosts: ['api.example.com'] }), pipeline(false)];
  await compare(
    'GET over HTTPS (a trusted proxy says so)',
    [
      { name: 'hauberk with https', run: (times) => on.run(GET, times), result: () => on.request(GET) },
      { name: 'hauberk without', run: (times) => off.run(GET, times), result: () => off.request(GET) },
    ],
    { check: (result) => assert.match(String(result), /^HTTP\/1\.1 200 /) },
  );
  const { cert, key } = selfSigned();
  const listener = (req, res) => res.end();
  const ours = hauberk.https.createServer(listener, { cert, key });
  const theirs = nodeHttps.createServer({ cert, key }, listener);
  await compare(
    'full TLS handshakes, client and server in one process',
    [
      { name: 'hauberk.https.createServer', ...(await handshakes(ours)) },
      { name: 'node:https', ...(await handshakes(theirs)) },
    ],
    { check: (result) => assert.equal(result, 'TLSv1.3'), rounds: 7 },
  );
  ours.close();
  theirs.close();
}

main();
