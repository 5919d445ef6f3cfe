'use strict';

/** The packages that set and read cookies on Express run unchanged behind the guard. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const cookieParser = require('cookie-parser');
const cookieSession = require('cookie-session');
const flash = require('connect-flash');
const session = require('express-session');
const passport = require('passport');
const { Strategy } = require('passport-local');
const supertest = require('supertest');

const hauberk = require('../..');
const { CookieNames } = require('../../lib/internal/cookie-names');
const { Keys } = require('../../lib/internal/keys');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret for the tests of cookies, long enough';
const names = new CookieNames(new Keys(SECRET));

/** A browser as far as cookies go: keeps what is set, drops what is over, sends the rest. */
class Jar {
  /** @param {string} url @param {Record<string, string>} headers */
  constructor(url, headers) {
    this.url = url;
    this.headers = headers;
    /** @type {Map<string, string>} */
    this.cookies = new Map();
    /** @type {string[]} */
    this.set = [];
  }

  /** @param {string} path @param {RequestInit} [init] */
  async ask(path, init = {}) {
    const Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...this.headers, ...(Cookie && { Cookie }), .../** @type {any} */ (init.headers) },
    });
    this.set = response.headers.getSetCookie();
    for (const field of this.set) {
      const [pair] = field.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(field)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(name.length + 1));
    }
    return response;
  }

  /** @param {string} path @param {RequestInit} [init] */
  async json(path, init) {
    return (await this.ask(path, init)).json();
  }
}

/** A login, the way that most applications have it. @param {any} express @param {(app: any) => void} before @param {any} [guard] */
function loginApp(express, before, guard) {
  const app = express();
  if (guard) app.use(guard);
  before(app);
  app.use(express.urlencoded({ extended: false }));
  const authenticator = new passport.Passport();
  authenticator.use(
    new Strategy((username, password, done) => done(null, password === 'right' ? { id: username } : false)),
  );
  authenticator.serializeUser((user, done) => done(null, /** @type {any} */ (user).id));
  authenticator.deserializeUser((/** @type {string} */ id, done) => done(null, { id }));
  app.use(authenticator.initialize());
  app.use(authenticator.session());
  app.use(flash());
  app.get('/', (/** @type {any} */ req, /** @type {any} */ res) =>
    res.json({ user: req.user?.id ?? null, flash: req.flash('error') }),
  );
  app.get('/form', (/** @type {any} */ _req, /** @type {any} */ res) =>
    res
      .type('html')
      .send(
        '<form method="post" action="/login"><input name="username"><input name="password"><button>in</button></form>',
      ),
  );
  const options = { successRedirect: '/', failureRedirect: '/', failureFlash: 'wrong password' };
  app.post('/login', authenticator.authenticate('local', options));
  app.post('/logout', (/** @type {any} */ req, /** @type {any} */ res, /** @type {any} */ next) =>
    req.logout((/** @type {any} */ error) => (error ? next(error) : res.redirect('/'))),
  );
  return app;
}

const withSession = (/** @type {any} */ app) =>
  app.use(session({ secret: 'the secret of express-session', resave: false, saveUninitialized: false }));

const form = (/** @type {string} */ password) => ({
  method: 'POST',
  body: new URLSearchParams({ username: 'ada', password }),
});

/** How the request reaches the application: directly on the developer's machine, and through a proxy with HTTPS. */
const transports = [
  { how: 'plain HTTP on this machine', headers: {}, plain: true },
  { how: 'HTTPS at a proxy', headers: { 'X-Forwarded-Proto': 'https' }, plain: false },
];

for (const { name, express } of expresses) {
  for (const { how, headers, plain } of transports) {
    test(`${name}, ${how}: express-session, passport, passport-local and connect-flash: login, flash, logout`, async (t) => {
      const guard = hauberk({ secret: SECRET });
      t.after(() => guard.close());
      const { url } = await serve(t, loginApp(express, withSession, guard));
      const jar = new Jar(url, headers);
      assert.deepEqual(await jar.json('/'), { user: null, flash: [] });
      await jar.ask('/login', form('wrong'));
      assert.deepEqual(await jar.json('/'), { user: null, flash: ['wrong password'] });
      await jar.ask('/login', form('right'));
      const [set] = jar.set;
      const expected = names.outgoing('connect.sid', plain);
      assert.match(
        set,
        new RegExp(`^${expected}=s%3A[^;]+; Path=/; HttpOnly; ${plain ? '' : 'Secure; '}SameSite=Lax$`),
      );
      assert.deepEqual(await jar.json('/'), { user: 'ada', flash: [] });
      assert.equal(jar.cookies.has('connect.sid'), false);
      await jar.ask('/logout', { method: 'POST' });
      assert.deepEqual(await jar.json('/'), { user: null, flash: [] });
    });

    test(`${name}, ${how}: cookie-session with keys: value and signature, clearing`, async (t) => {
      const guard = hauberk({ secret: SECRET });
      t.after(() => guard.close());
      const app = express();
      app.use(guard);
      app.use(cookieSession({ keys: ['the key of cookie-session'] }));
      app.get('/count', (/** @type {any} */ req, /** @type {any} */ res) => {
        req.session.count = (req.session.count ?? 0) + 1;
        res.json(req.session.count);
      });
      app.get('/end', (/** @type {any} */ req, /** @type {any} */ res) => {
        req.session = null;
        res.json('ended');
      });
      const { url } = await serve(t, app);
      const jar = new Jar(url, headers);
      assert.equal(await jar.json('/count'), 1);
      const wire = names.outgoing('session', plain);
      assert.deepEqual([...jar.cookies.keys()].sort(), [wire, `${wire}.sig`]);
      assert.equal(await jar.json('/count'), 2);
      const kept = jar.cookies.get(wire);
      jar.cookies.set(wire, Buffer.from('{"count":1000}').toString('base64'));
      assert.equal(await jar.json('/count'), 1, 'a changed value is not taken');
      jar.cookies.set(wire, String(kept));
      await jar.ask('/end');
      assert.equal(jar.cookies.has(wire), false);
      assert.equal(await jar.json('/count'), 1);
    });

    test(`${name}, ${how}: cookie-parser: plain, JSON and signed cookies`, async (t) => {
      const guard = hauberk({ secret: SECRET });
      t.after(() => guard.close());
      const app = express();
      app.use(guard);
      app.use(cookieParser('the secret of cookie-parser'));
      app.get('/set', (/** @type {any} */ _req, /** @type {any} */ res) => {
        res.cookie('sid', 'abc', { signed: true });
        res.cookie('cart', { items: [1, 2] }, { signed: true });
        res.cookie('theme', 'dark');
        res.json('set');
      });
      app.get('/', (/** @type {any} */ req, /** @type {any} */ res) =>
        res.json({ ...req.cookies, signed: { ...req.signedCookies } }),
      );
      const { url } = await serve(t, app);
      const jar = new Jar(url, headers);
      await jar.json('/set');
      assert.ok(jar.set.every((one) => plain !== one.includes('; Secure')));
      assert.deepEqual(await jar.json('/'), {
        theme: 'dark',
        signed: { sid: 'abc', cart: { items: [1, 2] } },
      });
      jar.cookies.set('cart', String(jar.cookies.get('cart')).replace('1', '7'));
      assert.deepEqual((await jar.json('/')).signed, { sid: 'abc', cart: false });
    });
  }

  test(`${name}: a cookie is mended where cookie-parser is mounted before the guard, too`, async (t) => {
    const guard = hauberk({ secret: SECRET });
    t.after(() => guard.close());
    const app = express();
    app.use(cookieParser());
    app.use(guard);
    app.get('/', (/** @type {any} */ req, /** @type {any} */ res) =>
      res.cookie('connect.sid', '1').json(req.cookies),
    );
    const { url } = await serve(t, app);
    const jar = new Jar(url, { 'X-Forwarded-Proto': 'https' });
    await jar.ask('/');
    assert.match(jar.set[0], /^__Host-[\w-]{16}=1; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  test(`${name}: a login with supertest works on the first try`, async (t) => {
    const guard = hauberk();
    t.after(() => guard.close());
    const agent = supertest.agent(loginApp(express, withSession, guard));
    await agent.post('/login').type('form').send({ username: 'ada', password: 'right' }).expect(302);
    const { body } = await agent.get('/').expect(200);
    assert.equal(body.user, 'ada');
  });

  test(`${name}: a login on localhost works in Chromium on the first try`, async (t) => {
    const browser = await chromium(t);
    if (browser === undefined) return;
    const guard = hauberk({ preset: 'site' });
    t.after(() => guard.close());
    const { port } = await serve(t, loginApp(express, withSession, guard));
    for (const host of ['localhost', '127.0.0.1']) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`http://${host}:${port}/form`);
      await page.fill('input[name=username]', 'ada');
      await page.fill('input[name=password]', 'right');
      await Promise.all([page.waitForURL(`http://${host}:${port}/`), page.click('button')]);
      assert.equal(JSON.parse(String(await page.textContent('body'))).user, 'ada', host);
      const [cookie] = await context.cookies();
      assert.match(cookie.name, /^Host-[\w-]{16}$/);
      assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Lax', '/']);
      assert.equal(await page.evaluate('document.cookie'), '');
      await context.close();
    }
  });
}

test('attack: Chromium drops what the guard leaves out, and takes what it lets through', async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const { url } = await serve(t, (_req, res) => {
    // Without the guard: what a sibling or a bug could try.
    res.setHeader('Set-Cookie', ['=__Host-x=1', '__HOST-y=1', `big=${'v'.repeat(4096)}`, 'ok=1']);
    res.end('done');
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  assert.deepEqual(
    (await context.cookies()).map(({ name }) => name),
    ['ok'],
  );
  await context.close();
});

/**
 * @param {import('node:test').TestContext} t
 * @returns {Promise<import('playwright-core').Browser | undefined>}
 */
async function chromium(t) {
  const executablePath = '/usr/bin/chromium';
  if (!require('node:fs').existsSync(executablePath)) {
    t.skip('chromium is not installed');
    return undefined;
  }
  const args =
    '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  const browser = await require('playwright-core').chromium.launch({ executablePath, args: args.split(' ') });
  t.after(() => browser.close());
  return browser;
}
