'use strict';

/**
 * A whole API behind hauberk: accounts, tokens, comments with HTML, an admin-only route, a page, and a
 * webhook that checks a signature over the raw body. `npm start` runs it; everything it keeps is in memory.
 */

const crypto = require('node:crypto');
const Database = require('libsql');
const hauberk = require('hauberk');

const TOKEN_BYTES = 32;
const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
const PAGE_SIZE = 20;

/**
 * @param {object} [options]
 * @param {any} [options.express] Express 5, or Express 4
 * @param {string} [options.adminPassword] makes the account `admin`
 * @param {string} [options.webhookSecret] shared with the sender of webhooks
 * @param {object} [options.guard] further options of the guard
 * @param {string} [options.file] where the database is kept; in memory by default
 */
async function createApp(options = {}) {
  const {
    express = require('express'),
    adminPassword,
    webhookSecret = crypto.randomBytes(32).toString('hex'),
  } = options;
  const store = openStore(options.file ?? ':memory:');
  if (adminPassword !== undefined) {
    store.addAccount('admin', await hauberk.passwords.hash(adminPassword), 'admin');
  }

  const app = express();
  const guard = hauberk({
    routes: {
      'POST /login': { ratelimit: { limit: 10, windowMs: 60_000 } },
      'POST /webhooks/payment': { body: { raw: true } },
    },
    ...options.guard,
  });
  app.use(guard);
  // errors.async brings rejections of async handlers to the error handler; Express 5 does so by itself.
  const route = hauberk.errors.async;

  app.post('/accounts', route(register(store)));
  app.post('/login', route(login(store)));
  app.get('/comments', listComments(store));
  app.post('/comments', requireAccount(store), postComment(store));
  app.get('/admin/accounts', requireAccount(store), requireRole('admin'), listAccounts(store));
  app.post('/webhooks/payment', webhook(webhookSecret));
  app.get('/', page(store));

  app.use(guard.errors);
  return { app, guard, close: () => (guard.close(), store.close()) };
}

/** The only file that knows SQL; every value is bound, none is put into the text of a statement. */
function openStore(/** @type {string} */ file) {
  const db = new Database(file);
  db.exec(`
    create table accounts (id integer primary key, name text unique not null, hash text not null, role text not null);
    create table tokens (digest text primary key, account integer not null references accounts, expires integer not null);
    create table comments (id integer primary key, account integer not null references accounts, html text not null, posted integer not null);
  `);
  const sql = (/** @type {string} */ text) => db.prepare(text);
  const insertAccount = sql('insert into accounts (name, hash, role) values (?, ?, ?)');
  const accountByName = sql('select id, name, hash, role from accounts where name = ?');
  const updateHash = sql('update accounts set hash = ? where id = ?');
  const insertToken = sql('insert into tokens (digest, account, expires) values (?, ?, ?)');
  const dropExpired = sql('delete from tokens where expires <= ?');
  const accountByToken = sql(
    'select a.id, a.name, a.role from tokens t join accounts a on a.id = t.account where t.digest = ? and t.expires > ?',
  );
  const insertComment = sql('insert into comments (account, html, posted) values (?, ?, ?)');
  const latestComments = sql(
    'select c.id, a.name, c.html, c.posted from comments c join accounts a on a.id = c.account order by c.id desc limit ?',
  );
  const allAccounts = sql('select id, name, role from accounts order by id');
  return {
    addAccount: (/** @type {string} */ name, /** @type {string} */ hash, role = 'member') =>
      Number(insertAccount.run(name, hash, role).lastInsertRowid),
    findAccount: (/** @type {string} */ name) => accountByName.get(name),
    setHash: (/** @type {number} */ id, /** @type {string} */ hash) => updateHash.run(hash, id),
    addToken(/** @type {string} */ digest, /** @type {number} */ account, /** @type {number} */ expires) {
      dropExpired.run(Date.now());
      insertToken.run(digest, account, expires);
    },
    accountOf: (/** @type {string} */ digest) => accountByToken.get(digest, Date.now()),
    addComment: (/** @type {number} */ account, /** @type {string} */ html) =>
      Number(insertComment.run(account, html, Date.now()).lastInsertRowid),
    comments: () =>
      latestComments.all(PAGE_SIZE).map(({ id, name, html, posted }) => ({ id, name, html, posted })),
    accounts: () => allAccounts.all().map(({ id, name, role }) => ({ id, name, role })),
    close: () => db.close(),
  };
}

/** An error whose text the client may see: `errors` keeps exposed 4xx messages. */
function httpError(/** @type {number} */ status, /** @type {string} */ message) {
  return Object.assign(new Error(message), { status, expose: true });
}

/** The two fields of register and login, or a 422 that says what is wrong. */
function credentials(/** @type {any} */ body) {
  const { name, password } = body ?? {};
  if (typeof name !== 'string' || !/^[a-z0-9_-]{3,32}$/.test(name)) {
    throw httpError(422, 'name: 3 to 32 of a-z, 0-9, _ and -');
  }
  // NIST SP 800-63B-4: at least 15 characters where the password is the only factor.
  if (typeof password !== 'string' || [...password].length < 15 || password.length > 256) {
    throw httpError(422, 'password: 15 to 256 characters');
  }
  return { name, password };
}

function register(/** @type {any} */ store) {
  return async (/** @type {any} */ req, /** @type {any} */ res) => {
    const { name, password } = credentials(req.body);
    const hash = await hauberk.passwords.hash(password);
    if (store.findAccount(name) !== undefined) throw httpError(409, 'this name is taken');
    res.status(201).json({ id: store.addAccount(name, hash), name });
  };
}

function login(/** @type {any} */ store) {
  return async (/** @type {any} */ req, /** @type {any} */ res) => {
    const { name, password } = credentials(req.body);
    const account = store.findAccount(name);
    // With null, verify works as long as with a real hash: the time does not tell whether the name exists.
    if (!(await hauberk.passwords.verify(account?.hash ?? null, password))) {
      throw httpError(401, 'name or password is wrong');
    }
    if (hauberk.passwords.needsRehash(account.hash)) {
      store.setHash(account.id, await hauberk.passwords.hash(password));
    }
    const token = crypto.randomBytes(TOKEN_BYTES).toString('base64url');
    const expires = Date.now() + TOKEN_LIFETIME_MS;
    store.addToken(digest(token), account.id, expires);
    res.set('Cache-Control', 'no-store').json({ token, expires: new Date(expires).toISOString() });
  };
}

/** Tokens are 256 random bits, so a plain hash is enough to store them: there is nothing to guess. */
function digest(/** @type {string} */ token) {
  return crypto.createHash('sha256').update(token).digest('hex');
}

function requireAccount(/** @type {any} */ store) {
  return (/** @type {any} */ req, /** @type {any} */ res, /** @type {any} */ next) => {
    const token = /^Bearer ([\w-]{43})$/.exec(req.get('Authorization') ?? '')?.[1];
    req.account = token === undefined ? undefined : store.accountOf(digest(token));
    if (req.account !== undefined) return next();
    res.set('WWW-Authenticate', 'Bearer');
    return next(httpError(401, 'log in first: POST /login'));
  };
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
    const dirty = req.body?.html;
    if (typeof dirty !== 'string' || dirty === '' || dirty.length > 10_000) {
      throw httpError(422, 'html: text of 1 to 10000 characters');
    }
    const html = hauberk.sanitize.html(dirty, 'basic');
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
  const { app, guard, close } = await createApp({ adminPassword });
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

For production:
${notes.join('\n')}
`);
}

module.exports = { createApp };

if (require.main === module) main(Number(process.env.PORT ?? 3000));
