'use strict';

/** A page with an inline script that a strict policy allows by its nonce, and an answer in JSON. */

const express = require('express');
const hauberk = require('..');

const app = express();

app.use(
  hauberk.headers({
    // Stricter than the preset: scripts run by nonce only, and what they load runs too.
    contentSecurityPolicy: {
      directives: { scriptSrc: ["'nonce'", "'strict-dynamic'"], styleSrc: ["'self'"] },
    },
    xFrameOptions: { action: 'deny' },
  }),
);

app.get('/', (req, res) => {
  const nonce = res.locals.cspNonce;
  res.send(`<!doctype html>
<title>Nonce</title>
<p id="out">The script did not run.</p>
<script nonce="${nonce}">document.getElementById('out').textContent = 'This script ran.';</script>
<script>document.getElementById('out').textContent = 'An injected script ran.';</script>
`);
});

app.get('/api', (req, res) => res.json({ ok: true }));

// A page that one partner may put into a frame: what a handler sets itself is left alone.
app.get('/widget', (req, res) => {
  res.set('Content-Security-Policy', "default-src 'self'; frame-ancestors https://partner.example");
  res.set('X-Frame-Options', 'SAMEORIGIN');
  res.send('<p>widget');
});

app.use(hauberk.errors());

if (require.main === module) {
  const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
    const { port } = server.address();
    console.log(`Listening on http://127.0.0.1:${port}. Open it in a browser, or try:`);
    console.log(`  curl -i http://127.0.0.1:${port}/`);
    console.log(`  curl -i http://127.0.0.1:${port}/api`);
    console.log(`  curl -i http://127.0.0.1:${port}/nowhere`);
  });
}

module.exports = app;
