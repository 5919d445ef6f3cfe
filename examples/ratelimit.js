'use strict';

/**
 * Two limits: one for everything, a tighter one for a route. Start it, then:
 *
 *   curl -i localhost:3000
 *   for i in 1 2 3 4; do curl -i -X POST localhost:3000/reports; done
 */

const express = require('express');
const hauberk = require('..');

const app = express();
app.use(hauberk.ratelimit({ name: 'all', limit: 100, windowMs: 60_000 }));

const reports = hauberk.ratelimit({ name: 'reports', limit: 3, windowMs: 3_600_000 });
app.get('/', (_req, res) => res.json({ ok: true }));
app.post('/reports', reports, (_req, res) => res.status(202).json({ accepted: true }));

app.use(hauberk.errors());

// The same limiter, without a request.
console.log(reports.consume('account-17'));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
