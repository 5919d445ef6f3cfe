'use strict';

/**
 * Bodies and query strings, judged before any object exists. Run it, then try:
 *
 * curl -s localhost:3000/notes -H 'Content-Type: application/json' -d '{"title":"rings"}'
 * curl -s localhost:3000/notes -H 'Content-Type: application/json' -d '{"\u005f_proto__":{"admin":true}}'
 * curl -s 'localhost:3000/notes?sort=title&sort=owner&tag=a&tag=b'
 */

const express = require('express');
const hauberk = require('hauberk');

const app = express();
app.use(hauberk.body.query({ arrays: ['tag'] }));

// A webhook's signature covers bytes, so this route asks for them.
app.post('/webhook', hauberk.body({ raw: true }), (req, res) => {
  res.json({ bytes: req.body.length });
});

app.use(hauberk.body({ limit: '50kb', operatorKeys: 'refuse' }));
app.post('/notes', (req, res) => res.status(201).json(req.body));
app.get('/notes', (req, res) => res.json({ query: req.query, original: hauberk.body.originalQuery(req) }));

app.use(hauberk.errors());

const port = Number(process.env.PORT ?? 3000);
app.listen(port, () => console.log(`listening on http://localhost:${port}`));
