'use strict';

/** A login with express-session behind the guard, and a cart in a sealed cookie. */

const { randomBytes } = require('node:crypto');
const express = require('express');
const session = require('express-session');
const hauberk = require('..');

const { cookies } = hauberk;
// Without one in the environment it lives as long as this process.
const secret = process.env.HAUBERK_SECRET ?? randomBytes(32).toString('base64url');

const app = express();
const guard = hauberk({ secret, cookies: { names: ['cart'], readable: ['theme'] } });
app.use(guard);
// eslint-disable-next-line hauberk/no-default-session-name -- the guard renames it
app.use(session({ secret, resave: false, saveUninitialized: false }));

app.get('/login', (req, res, next) => {
  // A new id at login: what was planted before is worth nothing.
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.user = 'u-17';
    return res.cookie('theme', 'dark').json({ user: 'u-17' });
  });
});

app.get('/cart', (req, res) => {
  const received = cookies.parse(req.headers.cookie ?? '').cart;
  const cart = cookies.open(received, { name: 'cart' }) ?? { items: 0 };
  cart.items += 1;
  res.cookie('cart', cookies.seal(cart, { name: 'cart', expiresInMs: 3_600_000 }));
  res.json({ user: req.session.user ?? null, ...cart });
});

app.use(guard.errors);

if (require.main === module) {
  const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
    const { port } = server.address();
    console.log(`Listening on http://127.0.0.1:${port}. Try:`);
    console.log(`  curl -i -c jar http://127.0.0.1:${port}/login`);
    console.log(`  curl -i -b jar -c jar http://127.0.0.1:${port}/cart`);
    console.log(
      `  curl -i -H 'X-Forwarded-Proto: https' http://127.0.0.1:${port}/login    as a client of a proxy with HTTPS`,
    );
    console.log(`  curl -i -b 'connect.sid=planted; cart=planted' http://127.0.0.1:${port}/cart`);
  });
}

module.exports = app;
