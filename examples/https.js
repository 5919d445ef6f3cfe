'use strict';

/**
 * HTTPS only. Start it, then ask for a listed host, a foreign one, and the health check:
 *
 *   curl -i -H 'Host: api.example.com' localhost:3000/orders
 *   curl -i -H 'Host: evil.example' localhost:3000/orders
 *   curl -i -H 'Host: 10.0.0.7' localhost:3000/healthz
 *
 * With TLS_CERT and TLS_KEY (paths of PEM files) it ends TLS itself; replace the files while it runs.
 */

const express = require('express');
const hauberk = require('..');

const app = express();

app.use(
  hauberk({
    https: { hosts: ['api.example.com'], exempt: ['/healthz'] },
    headers: { strictTransportSecurity: { maxAge: hauberk.https.hstsRamp({ from: '2026-01-31' }) } },
  }),
);

app.get('/healthz', (req, res) => {
  res.send('ok');
});

app.get('/orders', (req, res) => {
  res.json([]);
});

app.use(hauberk.errors());

const { TLS_CERT: cert, TLS_KEY: key, PORT = '3000' } = process.env;
const server =
  cert !== undefined && key !== undefined
    ? hauberk.https.createServer(app, { cert, key })
    : require('node:http').createServer(app);

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
