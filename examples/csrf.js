'use strict';

/**
 * A form that only its own page can send. Start it, open localhost:3000, and then:
 *
 *   curl -i -X POST localhost:3000/notes -d text=hello                                    (no browser: passes)
 *   curl -i -X POST localhost:3000/notes -d text=hello -H 'Sec-Fetch-Site: cross-site'    (403)
 */

const express = require('express');
const hauberk = require('..');

const app = express();
const guard = hauberk({ csrf: { origins: ['https://partner.example'] } });
app.use(guard);

app.get('/', (req, res) => {
  const token = hauberk.csrf.token(req, res);
  res.type('html').send(`<!doctype html><title>Notes</title>
<form method="post" action="/notes">
  <input type="hidden" name="_csrf" value="${token}">
  <input name="text"> <button>Save</button>
</form>`);
});
app.post('/notes', (req, res) => res.json({ saved: String(req.body.text).slice(0, 100) }));
app.use(guard.errors);

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
