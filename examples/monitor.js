'use strict';

/**
 * Events on stdout, metrics, and live charts. Start it, then:
 *
 *   curl localhost:3000/metrics
 *   for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{http_code} ' localhost:3000/; done
 *
 * and open http://localhost:3000/operations in a browser.
 */

const express = require('express');
const hauberk = require('..');

const guard = hauberk({
  ratelimit: {
    limit: 5,
    windowMs: 60_000,
    skip: (req) => req.path === '/metrics' || req.path.startsWith('/operations'),
  },
  monitor: { log: true, keys: 'mac', anomalies: { ban: 60_000 } },
});

const app = express();
app.use(guard);

app.get('/', (_req, res) => res.json({ ok: true }));

// For this machine only. From another one: scrape({ token: process.env.METRICS_TOKEN }).
app.get('/metrics', guard.monitor.scrape());
app.use('/operations', guard.monitor.dashboard());

// Where browsers send their reports of violations (report-to, report-uri).
app.post('/reports', guard.monitor.reports());

app.use(guard.errors);

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
