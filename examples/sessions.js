'use strict';

/**
 * Log in, see all sessions of the account, log out everywhere. Start it, then:
 *
 *   curl -c jar -b jar -X POST localhost:3000/login -d 'password=correct horse battery'
 *   curl -c jar -b jar localhost:3000/sessions
 *   curl -c jar -b jar -X POST localhost:3000/logout-everywhere
 */

const express = require('express');
const hauberk = require('..');

const app = express();
const guard = hauberk();
// In production: a store such as connect-redis, and HAUBERK_SECRET.
const sessions = hauberk.sessions({ idleMs: 30 * 60_000 });
app.use(guard);
app.use(sessions);

const hash = hauberk.passwords.hash('correct horse battery');

app.post('/login', async (req, res) => {
  if (!(await hauberk.passwords.verify(await hash, String(req.body?.password)))) return res.sendStatus(401);
  await hauberk.sessions.login(req, { id: 'u-17' });
  return res.json({ user: req.session.user });
});
app.use((req, res, next) => (req.session.user ? next() : res.sendStatus(401)));
app.get('/sessions', async (req, res) => res.json(await sessions.list(req.session.user.id, req)));
app.post('/logout', async (req, res) => {
  await hauberk.sessions.logout(req);
  res.json({ loggedOut: true });
});
app.post('/logout-everywhere', async (req, res) => {
  res.json({ ended: await sessions.revoke(req.session.user.id) });
});
app.use(guard.errors);

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
