'use strict';

/**
 * Limits of every kind. Start it, then:
 *
 *   curl -i localhost:3000                                  two policies, in the RateLimit fields
 *   for i in 1 2 3 4; do curl -i -X POST localhost:3000/reports; done
 *   for i in 1 2 3; do curl -s localhost:3000/slow & done   the third is turned away at once
 *   for i in 1 2 3 4 5 6; do curl -i localhost:3000/login --json '{"email":"a@b.co","password":"?"}'; done
 *   curl -i -X POST localhost:3000/ban; curl -i localhost:3000
 */

const express = require('express');
const hauberk = require('..');

const app = express();
const bans = hauberk.ratelimit.bans({ name: 'example' });
const guard = hauberk({
  bans: { use: bans },
  // All processes of this user that give the same name count in one table: start this file twice.
  ratelimit: {
    name: 'example',
    scope: 'machine',
    policies: [
      { name: 'second', limit: 20, windowMs: 1000 },
      { name: 'minute', limit: 300, windowMs: 60_000 },
    ],
  },
});
app.use(guard);
app.get('/', (_req, res) => res.json({ ok: true }));

// A tighter limit for one route.
const reports = hauberk.ratelimit({ name: 'reports', limit: 3, windowMs: 3_600_000 });
app.post('/reports', reports, (_req, res) => res.status(202).json({ accepted: true }));

// At most two at once for each client, and 503 for everybody where the event loop is late.
const slow = hauberk.ratelimit({ name: 'slow', concurrencyPerKey: 2, maxLoopDelayMs: 200 });
app.get('/slow', slow, (_req, res) => setTimeout(() => res.json({ done: true }), 3000));

// A login: by address, by account, and by both together.
const login = hauberk.ratelimit.login({ account: (req) => req.body?.email });
app.post(
  '/login',
  login,
  hauberk.errors.async(async (req, res) => {
    // Nobody exists here; the time is that of an account which does.
    if (!(await hauberk.passwords.verify(null, req.body.password))) {
      await login.failed(req);
      return res.status(401).json({ error: 'wrong name or password' });
    }
    await login.succeeded(req, res);
    return res.json({ ok: true });
  }),
);

// Shuts the caller out for a minute.
app.post('/ban', (req, res) => {
  res.json({ bannedUntil: new Date(bans.ban(hauberk.client.key(req), 60_000, 'manual').untilMs) });
});

app.use(guard.errors);

// The same limiter, without a request.
console.log(reports.consume('account-17'));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
