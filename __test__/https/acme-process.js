'use strict';

/**
 * One process of a service that gets its certificate by ACME: `node acme-process.js '{ "options": …, "challengePort":
 * 80 }'`. Tells what happens as lines of JSON. A process of its own, because Node.js reads NODE_EXTRA_CA_CERTS (the
 * issuer of the test's ACME server) at its start.
 */

const http = require('node:http');
const https = require('../../lib/https');

const { options, challengePort } = JSON.parse(process.argv[2]);
const say = (/** @type {any} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`);

require('node:diagnostics_channel').subscribe('hauberk:event', (/** @type {any} */ event) =>
  say({ event: event.code, detail: event.detail, time: event.time }),
);
const acme = https.acme(options);

async function run() {
  if (challengePort !== undefined) {
    const server = http.createServer((req, res) => acme.handler(req, res));
    await new Promise((resolve) => server.listen(challengePort, () => resolve(undefined)));
  }
  // Keeps the process alive, as a service would.
  setInterval(() => {}, 1000);
  await acme.start();
  const server = https.createServer((_req, res) => res.end('ok'), {
    cert: acme.cert,
    key: acme.key,
    debounceMs: 20,
    pollMs: 200,
  });
  server.on('certificate', ({ fingerprint }) => say({ exchanged: fingerprint }));
  server.listen(0, '127.0.0.1', () =>
    say({ port: Object(server.address()).port, fingerprint: server.certificateInfo().fingerprint }),
  );
}

run();
