'use strict';

/** Binds a port, becomes a user that owns nothing, and answers with what is left of its privileges. */

const express = require('express');
const hauberk = require('..');

const app = express();
const guard = hauberk({ privileges: { root: 'refuse' } });

app.use(guard);
app.get('/', (req, res) => {
  const { root, user, effectiveCapabilities, noNewPrivileges } = hauberk.privileges.check();
  res.json({ root, user, effectiveCapabilities, noNewPrivileges });
});
app.use(guard.errors);

// Only root can become somebody else; started as an ordinary user there is nothing to drop.
const { root } = hauberk.privileges.check();
const server = guard.listen(app, process.env.PORT ?? 3000, root ? { user: 'nobody' } : {}, () => {
  const { user } = hauberk.privileges.check();
  console.log(`http://localhost:${server.address().port} as ${user.name ?? user.id}`);
});
