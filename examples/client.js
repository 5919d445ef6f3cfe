'use strict';

/**
 * Who is calling. Start it, then ask with and without a made-up header:
 *
 *   curl localhost:3000
 *   curl -H 'X-Forwarded-For: 6.6.6.6, 203.0.113.9' localhost:3000
 */

const express = require('express');
const hauberk = require('..');

const app = express();

// One proxy stands in front of this app: what it appended counts, what stands left of that does not.
app.use(hauberk.client({ trustProxy: 1 }));

app.get('/', (req, res) => {
  res.json({
    address: hauberk.client.address(req),
    key: hauberk.client.key(req),
    peerIsTrusted: hauberk.client.trusts(req),
  });
});

app.use(hauberk.errors());

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
