'use strict';

/**
 * A whole API behind hauberk: accounts with a password policy, logins by token or by session with a second factor,
 * passkeys, comments with HTML, an admin-only route, a page, and a webhook that checks a signature over the raw body.
 * `npm start` runs it; everything it keeps is in memory. Accounts are in api/accounts.js and api/passkeys.js, the tables
 * in api/store.js.
 */

const crypto = require('node:crypto');
const hauberk = require('hauberk');
const accounts = require('./api/accounts');
const passkeys = require('./api/passkeys');
const { openStore } = require('./api/store');
const { httpError } = require('./api/http-error');

/** The page has a script with a nonce and talks to its own origin; nothing else is allowed to it. */
const PAGE_POLICY = { directives: { defaultSrc: ["'none'"], connectSrc: ["'self'"], styleSrc: ["'self'"] } };

/** JSON Schema, judged on the raw bytes of the request. */
const NEW_COMMENT = {
  type: 'object',
  properties: { html: { type: 'string', minLength: 1, maxLength: 10_000 } },
  required: ['html'],
};

/**
 * @param {object} [options]
 * @param {any} [options.express] Express 5, or Express 4
 * @param {string} [options.adminPassword] makes the account `admin`
 * @param {string} [options.webhookSecret] shared with the sender of webhooks
 * @param {string} [options.secret] signs sessions and seals what second factors need; at least 32 bytes
 * @param {string} [options.origin] where browsers find it; passkeys answer to nobody else
 * @param {object} [options.guard] further options of the guard
 * @param {string} [options.file] where the database is kept; in memory by default
 */
async function createApp(options = {}) {
  const {
    express = require('express'),
    adminPassword,
    webhookSecret = crypto.randomBytes(32).toString('hex'),
    origin = 'http://localhost:3000',
    // Undefined: each practice reads HAUBERK_SECRET. Without one, as short-lived as the database in memory.
    secret = process.env.HAUBERK_SECRET ? undefined : crypto.randomBytes(32).toString('hex'),
  } = options;
  const store = openStore(options.file ?? ':memory:');
  if (adminPassword !== undefined) {
    store.addAccount('admin', await hauberk.passwords.hash(adminPassword), 'admin');
  }

  const app = express();
  const guard = hauberk({
    secret: options.secret,
    // The hosts that are served: HTTPS only, as soon as they are named.
    https: { hosts: process.env.HOSTS?.split(',') ?? [] },
    headers: { contentSecurityPolicy: PAGE_POLICY, crossOriginEmbedderPolicy: true },
    routes: {
      'POST /webhooks/payment': { body: { raw: true } },
    },
    ...options.guard,
  });
  app.use(guard);
  // errors.async brings rejections of async handlers to the error handler; Express 5 does so by itself.
  const route = hauberk.errors.async;

  const account = accounts.create({ store, secret });
  app.use(account.sessions);
  app.post('/accounts', hauberk.validate({ body: accounts.NEW_ACCOUNT }), route(account.register));
  // For programs: a bearer token. For browsers: a session in a cookie. Both share one guard against guessing.
  app.post('/login', account.loginGuard, route(account.login('token')));
  app.post('/login/code', route(account.secondFactor('token')));
  app.post('/session', account.loginGuard, route(account.login('session')));
  app.post('/session/code', route(account.secondFactor('session')));
  app.delete('/session', account.required, route(account.logout));
  app.delete('/sessions', account.required, route(account.logoutEverywhere));
  app.post('/totp', account.required, route(account.enrolTotp));
  app.post('/totp/confirm', account.required, route(account.confirmTotp));

  const passkey = passkeys.create({ store, origin });
  app.post('/passkeys/options', account.required, route(passkey.registrationOptions));
  app.post('/passkeys', account.required, route(passkey.register));
  app.post('/session/passkey/options', route(passkey.loginOptions));
  app.post('/session/passkey', route(passkey.login));

  app.get('/comments', listComments(store));
  app.post('/comments', account.required, hauberk.validate({ body: NEW_COMMENT }), postComment(store));
  app.get('/admin/accounts', account.required, requireRole('admin'), listAccounts(store));
  app.post('/webhooks/payment', webhook(webhookSecret));
  app.get('/', page(store));
  // For a browser and a Prometheus on this machine.
  app.use('/operations', guard.monitor.dashboard());
  app.get('/metrics', guard.monitor.scrape());

  app.use(guard.errors);
  return { app, guard, close: () => (guard.close(), account.close(), store.close()) };
}

function requireRole(/** @type {string} */ role) {
  return (/** @type {any} */ req, /** @type {any} */ _res, /** @type {any} */ next) =>
    next(req.account.role === role ? undefined : httpError(403, `only for ${role}`));
}

function listComments(/** @type {any} */ store) {
  return (/** @type {any} */ _req, /** @type {any} */ res) => res.json({ comments: store.comments() });
}

function postComment(/** @type {any} */ store) {
  return (/** @type {any} */ req, /** @type {any} */ res) => {
    const html = hauberk.sanitize.html(req.body.html, 'basic');
    res.status(201).json({ id: store.addComment(req.account.id, html), html });
  };
}

function listAccounts(/** @type {any} */ store) {
  return (/** @type {any} */ _req, /** @type {any} */ res) => res.json({ accounts: store.accounts() });
}

/** The signature is over the bytes as they came: `body: { raw: true }` on the route keeps them. */
function webhook(/** @type {string} */ secret) {
  return (/** @type {any} */ req, /** @type {any} */ res) => {
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const expected = crypto.createHmac('sha256', secret).update(body).digest();
    const given = Buffer.from(req.get('X-Signature') ?? '', 'hex');
    if (given.length !== expected.length || !crypto.timingSafeEqual(given, expected)) {
      throw httpError(401, 'the signature does not match');
    }
    res.status(204).end();
  };
}

/** Names are checked at registration and comments are sanitized when stored, so both may be put into HTML. */
function page(/** @type {any} */ store) {
  return (/** @type {any} */ _req, /** @type {any} */ res) => {
    const nonce = res.locals.cspNonce;
    const items = store
      .comments()
      .map(({ name, html }) => `<li><b>${name}</b> ${html}</li>`)
      .join('\n');
    res.type('html').send(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>hauberk example</title>
<h1>Comments</h1>
<ul>${items}</ul>
<p id="said">The script has not run.</p>
<script nonce="${nonce}">document.getElementById('said').textContent = 'The script with the nonce ran.';</script>
</html>`);
  };
}

/** @param {number} port */
async function main(port) {
  const adminPassword = crypto.randomBytes(15).toString('base64url');
  const { app, guard, close } = await createApp({ adminPassword, origin: `http://localhost:${port}` });
  const server = app.listen(port, '127.0.0.1', (/** @type {Error | undefined} */ error) => {
    if (error) return failed(error);
    const { port: bound } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return tellWhatToTry(`http://127.0.0.1:${bound}`, adminPassword, guard);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close(close);
      server.closeIdleConnections();
    });
  }
}

/** @param {Error & { code?: string }} error */
function failed(error) {
  console.error(
    error.code === 'EADDRINUSE'
      ? 'The port is in use; choose another: PORT=3001 npm start'
      : `The server could not start: ${error.message}`,
  );
  process.exitCode = 1;
}

/**
 * @param {string} url
 * @param {string} adminPassword
 * @param {any} guard
 */
function tellWhatToTry(url, adminPassword, guard) {
  const json = `-H 'Content-Type: application/json'`;
  const notes = guard.report().findings.map((/** @type {any} */ { what, fix }) => `  - ${what}: ${fix}`);
  console.log(`
hauberk example API on ${url}   (admin's password: ${adminPassword})

Try:
  curl -i ${url}/accounts ${json} -d '{"name":"newcomer","password":"correct horse battery"}'
  TOKEN=$(curl -s ${url}/login ${json} -d '{"name":"newcomer","password":"correct horse battery"}' | node -p 'JSON.parse(fs.readFileSync(0)).token')
  curl -i ${url}/comments -H "Authorization: Bearer $TOKEN" ${json} -d '{"html":"<b>hello</b><script>alert(1)</script>"}'

Watch: ${url}/operations

For production:
${notes.join('\n')}
`);
}

module.exports = { createApp };

if (require.main === module) main(Number(process.env.PORT ?? 3000));
