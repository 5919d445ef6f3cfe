'use strict';

/** The error handler alone, without the guard: what a client sees, and what the log gets. */

const express = require('express');
const hauberk = require('..');

const app = express();
const { async } = hauberk.errors;

app.use(express.json({ limit: '100kb' }));

app.get('/crash', () => {
  throw new Error('connect ECONNREFUSED postgres://app:secret@10.0.0.5/orders');
});

// Express 5 hands rejections on by itself; on Express 4 this needs the wrapper.
app.get(
  '/orders/:id',
  async(async (req) => {
    const error = new Error(`there is no order ${Number(req.params.id)}`);
    throw Object.assign(error, { status: 404, expose: true });
  }),
);

app.use(hauberk.errors({ redact: ['customerNumber'] }));

if (require.main === module) {
  const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
    const { port } = server.address();
    console.log(`Listening on http://127.0.0.1:${port}. Try:`);
    console.log(`  curl http://127.0.0.1:${port}/crash`);
    console.log(`  curl http://127.0.0.1:${port}/orders/7`);
    console.log(`  curl -H 'Accept: text/html' http://127.0.0.1:${port}/nowhere`);
    console.log(`  curl -H 'Content-Type: application/json' -d '{' http://127.0.0.1:${port}/orders`);
  });
}

module.exports = app;
