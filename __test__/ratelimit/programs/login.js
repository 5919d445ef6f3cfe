'use strict';

/** A login whose password is `right`; argument: options of the guard (JSON). Tells its port on stdout. */
const express = require('express');
const ratelimit = require('../../../lib/ratelimit');

const [options] = process.argv.slice(2);
const guard = ratelimit.login({ account: (req) => req.body.email, ...JSON.parse(options) });
const app = express();
app.post('/login', express.json(), guard, async (req, res) => {
  if (req.body.password !== 'right') {
    await guard.failed(req);
    return res.status(401).end();
  }
  await guard.succeeded(req, res);
  return res.end();
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`${port}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
