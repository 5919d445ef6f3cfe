'use strict';

/** Sessions with real express-session on real servers, behind the guard and alone. */

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const expressSession = require('express-session');

const hauberk = require('../..');
const sessions = require('../../lib/sessions');
const { events } = require('../helpers/events');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';
const TLS = { 'X-Forwarded-Proto': 'https' };

/** A browser's jar of one site: enough for these tests. */
class Jar {
  constructor() {
    /** @type {Map<string, string>} */
    this.cookies = new Map();
  }

  /** @param {import('node:http').IncomingHttpHeaders} headers */
  take(headers) {
    for (const field of headers['set-cookie'] ?? []) {
      const [pair] = field.split(';', 1);
      const at = pair.indexOf('=');
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/.test(field)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  get header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/**
 * @param {import('node:test').TestContext} t
 * @param {{ express: any, guarded?: boolean, options?: any, secret?: any, wait?: () => Promise<void> }} setup
 */
async function start(t, { express, guarded = true, options = {}, secret = SECRET, wait }) {
  const app = express();
  const guard = hauberk({ secret, ratelimit: false });
  t.after(guard.close);
  const layer = sessions({ secret, ...options });
  if (guarded) app.use(guard);
  app.use(layer);
  const route = hauberk.errors.async;
  app.get('/', (/** @type {any} */ req, /** @type {any} */ res) =>
    res.json({ user: req.session.user ?? null }),
  );
  app.get('/cart', (/** @type {any} */ req, /** @type {any} */ res) => {
    req.session.cart = (req.session.cart ?? 0) + 1;
    req.session.other = 'x';
    res.json({ cart: req.session.cart, id: req.sessionID });
  });
  app.get(
    '/slow',
    route(async (/** @type {any} */ req, /** @type {any} */ res) => {
      await wait?.();
      req.session.slow = true;
      res.json({ id: req.sessionID });
    }),
  );
  app.post(
    '/login',
    route(async (/** @type {any} */ req, /** @type {any} */ res) => {
      await sessions.login(req, { id: req.headers['x-user'] ?? 'u1', role: 'member' }, { keep: ['cart'] });
      res.json({
        session: Object.keys(req.session),
        id: req.sessionID,
        token: guarded ? req.csrfToken() : undefined,
      });
    }),
  );
  app.post(
    '/renew',
    route(async (/** @type {any} */ req, /** @type {any} */ res) => {
      await sessions.renew(req);
      res.json({ id: req.sessionID, user: req.session.user });
    }),
  );
  app.post(
    '/logout',
    route(async (/** @type {any} */ req, /** @type {any} */ res) => {
      await sessions.logout(req);
      res.json({ gone: req.session === undefined });
    }),
  );
  app.get(
    '/mine',
    route(async (/** @type {any} */ req, /** @type {any} */ res) => res.json(await layer.list('u1', req))),
  );
  app.use(guard.errors);
  const { port } = await serve(t, app);
  /** @param {Jar} jar @param {string} line @param {any} [headers] */
  const go = async (jar, line, headers = TLS) => {
    const [method, path] = line.split(' ');
    const answer = await send(port, { method, path, headers: { ...headers, Cookie: jar.header } });
    jar.take(answer.headers);
    return { ...answer, json: answer.text === '' ? undefined : JSON.parse(answer.text) };
  };
  return { go, layer, port };
}

for (const { name, express } of expresses) {
  for (const guarded of [true, false]) {
    describe(`sessions ${guarded ? 'behind the guard' : 'alone'}, ${name}`, () => {
      test('a session that holds nothing is neither saved nor sent; one that does has a safe cookie', async (t) => {
        const store = new expressSession.MemoryStore();
        const { go } = await start(t, { express, guarded, options: { store } });
        const jar = new Jar();
        assert.equal((await go(jar, 'GET /')).headers['set-cookie'], undefined);
        assert.deepEqual(Object.keys(/** @type {any} */ (store).sessions), []);
        const { headers, json } = await go(jar, 'GET /cart');
        const [field] = headers['set-cookie'] ?? [];
        assert.match(String(field), /^__Host-[\w-]{16}=s%3A[\w-]{40}\./);
        for (const part of ['; Path=/', '; HttpOnly', '; Secure', '; SameSite=Lax']) {
          assert.ok(String(field).includes(part), part);
        }
        assert.doesNotMatch(String(field), /domain/i);
        // 192 random bits and the time.
        assert.equal(Buffer.from(json.id, 'base64url').length, 30);
        assert.equal((await go(jar, 'GET /cart')).json.cart, 2);
      });

      test('over plain HTTP the cookie works too, without the prefix that a browser would refuse', async (t) => {
        const { go } = await start(t, { express, guarded });
        const jar = new Jar();
        const local = { Host: 'localhost:3000' };
        const { headers } = await go(jar, 'GET /cart', local);
        assert.match(String(headers['set-cookie']), /^Host-[\w-]{16}=/);
        assert.doesNotMatch(String(headers['set-cookie']), /Secure/);
        assert.equal((await go(jar, 'GET /cart', local)).json.cart, 2);
        assert.equal((await go(jar, 'GET /cart', local)).json.cart, 3);
      });

      test('attack: a cookie without the prefix counts for nothing over TLS', async (t) => {
        const { go } = await start(t, { express, guarded });
        const jar = new Jar();
        await go(jar, 'GET /cart');
        const planted = new Jar();
        for (const [key, value] of jar.cookies) planted.cookies.set(key.replace('__', ''), value);
        assert.equal((await go(planted, 'GET /cart')).json.cart, 1);
      });

      test('attack: fixation: a planted id is worth nothing after the login, and holds nothing more', async (t) => {
        const { go } = await start(t, { express, guarded });
        const victim = new Jar();
        const before = (await go(victim, 'GET /cart')).json;
        const attacker = new Jar();
        attacker.cookies = new Map(victim.cookies);
        const after = (await go(victim, 'POST /login')).json;
        assert.notEqual(after.id, before.id);
        assert.deepEqual(after.session.sort(), ['cart', 'cookie', 'hauberk', 'user']);
        assert.deepEqual((await go(victim, 'GET /')).json.user, { id: 'u1', role: 'member' });
        assert.equal((await go(attacker, 'GET /')).json.user, null);
        const made = new Jar();
        for (const key of victim.cookies.keys()) made.cookies.set(key, `s%3A${'A'.repeat(40)}.forged`);
        const answer = await go(made, 'GET /cart');
        assert.notEqual(answer.json.id, 'A'.repeat(40));
      });

      test('renew: another id, the same content; logout: nothing is left', async (t) => {
        const told = events(t);
        const { go } = await start(t, { express, guarded });
        const jar = new Jar();
        const { id } = (await go(jar, 'POST /login')).json;
        const old = new Jar();
        old.cookies = new Map(jar.cookies);
        const renewed = (await go(jar, 'POST /renew')).json;
        assert.notEqual(renewed.id, id);
        assert.equal(renewed.user.id, 'u1');
        assert.equal((await go(old, 'GET /')).json.user, null);
        const last = new Jar();
        last.cookies = new Map(jar.cookies);
        assert.deepEqual((await go(jar, 'POST /logout')).json, { gone: true });
        assert.equal(jar.cookies.size, 0);
        assert.equal((await go(last, 'GET /')).json.user, null);
        assert.deepEqual(
          told()
            .filter(({ practice }) => practice === 'sessions')
            .map(({ event }) => event),
          [
            'session_created',
            'session_renewed',
            'session_use_after_expire',
            'session_expired',
            'session_use_after_expire',
          ],
        );
      });

      test('race: a request that was on its way brings no session back after a logout or a login', async (t) => {
        for (const line of ['POST /logout', 'POST /login']) {
          /** @type {() => void} */
          let release = () => {};
          /** @type {() => void} */
          let arrived = () => {};
          const inside = new Promise((resolve) => (arrived = () => resolve(undefined)));
          const wait = () => (arrived(), new Promise((/** @type {any} */ resolve) => (release = resolve)));
          const store = new expressSession.MemoryStore();
          const { go } = await start(t, { express, guarded, options: { store }, wait });
          const jar = new Jar();
          const { id } = (await go(jar, 'POST /login')).json;
          const copy = new Jar();
          copy.cookies = new Map(jar.cookies);
          const slow = go(copy, 'GET /slow');
          await inside;
          await go(jar, line);
          release();
          const late = await slow;
          // Neither in the store nor in the browser.
          assert.equal(Object.hasOwn(/** @type {any} */ (store).sessions, id), false, line);
          assert.equal(late.headers['set-cookie'], undefined, line);
          assert.equal((await go(copy, 'GET /')).json.user, null, line);
          const still = (await go(jar, 'GET /')).json.user;
          assert.equal(still?.id, line === 'POST /login' ? 'u1' : undefined, line);
        }
      });

      test('20 parallel requests and 10 parallel logins leave sessions that work', async (t) => {
        const { go, layer } = await start(t, { express, guarded });
        const jar = new Jar();
        await go(jar, 'POST /login');
        const copies = Array.from({ length: 20 }, () =>
          Object.assign(new Jar(), { cookies: new Map(jar.cookies) }),
        );
        const all = await Promise.all(copies.map((copy) => go(copy, 'GET /cart')));
        assert.equal(new Set(all.map(({ json }) => json.id)).size, 1);
        const ids = await Promise.all(copies.slice(0, 10).map((copy) => go(copy, 'POST /login')));
        assert.equal(new Set(ids.map(({ json }) => json.id)).size, 10);
        for (const copy of copies.slice(0, 10)) assert.equal((await go(copy, 'GET /')).json.user.id, 'u1');
        assert.equal((await layer.list('u1')).length, 10);
      });

      test('idle and absolute lifetime', async (t) => {
        const told = events(t);
        const { go } = await start(t, { express, guarded, options: { idleMs: 1500, absoluteMs: 3000 } });
        const jar = new Jar();
        await go(jar, 'POST /login');
        const idle = new Jar();
        idle.cookies = new Map(jar.cookies);
        const began = Date.now();
        const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
        // Requests keep it alive beyond the idle time, but not beyond the absolute end.
        for (; Date.now() - began < 2300; await pause()) {
          assert.equal((await go(jar, 'GET /')).json.user?.id, 'u1');
        }
        while (Date.now() - began < 3100) await pause();
        assert.equal((await go(jar, 'GET /')).json.user, null);
        const second = new Jar();
        await go(second, 'POST /login');
        await new Promise((resolve) => setTimeout(resolve, 1700));
        assert.equal((await go(second, 'GET /')).json.user, null);
        const names = told().map(({ event }) => event);
        assert.ok(names.includes('session_expired') || names.includes('session_use_after_expire'));
      });

      test('list and revoke', async (t) => {
        const { go, layer } = await start(t, { express, guarded });
        const jars = [new Jar(), new Jar(), new Jar()];
        for (const jar of jars) await go(jar, 'POST /login');
        const other = new Jar();
        await go(other, 'POST /login', { ...TLS, 'X-User': 'u2' });
        const mine = (await go(jars[0], 'GET /mine')).json;
        assert.equal(mine.length, 3);
        assert.equal(mine.filter((/** @type {any} */ one) => one.current).length, 1);
        for (const one of mine) {
          assert.match(one.handle, /^[\w-]{22}$/);
          assert.ok(![...jars.values()].some((jar) => jar.header.includes(one.handle)));
        }
        const { handle } = mine.find((/** @type {any} */ one) => one.current);
        assert.equal(await layer.revoke('u1', { handle }), 1);
        assert.equal((await go(jars[0], 'GET /')).json.user, null);
        assert.equal((await go(jars[1], 'GET /')).json.user.id, 'u1');
        assert.equal(await layer.revoke('u1'), 2);
        assert.equal((await go(jars[1], 'GET /')).json.user, null);
        assert.equal((await go(other, 'GET /')).json.user.id, 'u2');
      });

      test('secrets rotate: the old one is read, the new one is written', async (t) => {
        const store = new expressSession.MemoryStore();
        const newer = 'the next secret of the tests, long enough: 9876543210';
        const one = await start(t, { express, guarded, options: { store } });
        const two = await start(t, { express, guarded, options: { store }, secret: [newer, SECRET] });
        const three = await start(t, { express, guarded, options: { store }, secret: newer });
        const jar = new Jar();
        await one.go(jar, 'POST /login');
        assert.equal((await two.go(jar, 'GET /')).json.user.id, 'u1');
        const lost = new Jar();
        lost.cookies = new Map(jar.cookies);
        assert.equal((await three.go(lost, 'GET /')).json.user, null);
        const fresh = new Jar();
        await two.go(fresh, 'POST /login');
        assert.equal((await three.go(fresh, 'GET /')).json.user.id, 'u1');
      });

      test('a store that fails, hangs or is disconnected fails closed', async (t) => {
        const down = (/** @type {any[]} */ ...args) =>
          args.at(-1)(new Error('connection refused to 10.0.0.7'));
        for (const method of [down, () => {}, async () => Promise.reject(new Error('refused'))]) {
          const store = Object.assign(new expressSession.MemoryStore(), { get: method });
          const { go } = await start(t, { express, guarded, options: { store, storeDeadlineMs: 200 } });
          const jar = new Jar();
          await go(jar, 'POST /login');
          store.emit('disconnect');
          const answer = await go(jar, 'GET /');
          assert.equal(answer.status, 503);
          assert.equal(answer.code, 'ERR_HAUBERK_SESSIONS_STORE');
          assert.doesNotMatch(answer.text, /10\.0\.0\.7/);
        }
        const store = Object.assign(new expressSession.MemoryStore(), { set: down });
        const { go } = await start(t, { express, guarded, options: { store } });
        assert.equal((await go(new Jar(), 'POST /login')).code, 'ERR_HAUBERK_SESSIONS_STORE');
      });
    });
  }

  test(`csrf tokens go with the session: new at login, dead after logout, ${name}`, async (t) => {
    const { go, port } = await start(t, { express });
    const jar = new Jar();
    const evil = { ...TLS, Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    const { token } = (await go(jar, 'POST /login')).json;
    const withToken = (/** @type {string} */ path) =>
      send(port, { path, headers: { ...evil, Cookie: jar.header, 'X-CSRF-Token': token } });
    assert.equal(
      (await send(port, { path: '/renew', headers: { ...evil, Cookie: jar.header } })).status,
      403,
    );
    const renewed = await withToken('/renew');
    assert.equal(renewed.status, 200);
    jar.take(renewed.headers);
    assert.equal((await withToken('/renew')).code, 'ERR_HAUBERK_CSRF_TOKEN');
  });
}

test('production: MemoryStore and a missing secret are refused', (t) => {
  const before = [process.env.NODE_ENV, process.env.HAUBERK_SECRET];
  t.after(() => {
    [process.env.NODE_ENV] = before;
    if (before[1] !== undefined) [, process.env.HAUBERK_SECRET] = before;
  });
  process.env.NODE_ENV = 'production';
  delete process.env.HAUBERK_SECRET;
  assert.throws(() => sessions({ secret: SECRET }), { code: 'ERR_HAUBERK_SESSIONS_MEMORY' });
  const memory = new expressSession.MemoryStore();
  assert.throws(() => sessions({ secret: SECRET, store: memory }), { code: 'ERR_HAUBERK_SESSIONS_MEMORY' });
  const store = { get() {}, set() {}, destroy() {} };
  assert.throws(() => sessions({ store }), { code: 'ERR_HAUBERK_SECRET' });
  assert.equal(typeof sessions({ secret: SECRET, store }), 'function');
});

test('bad options throw at construction', async () => {
  for (const secret of ['short', 'a'.repeat(40), 'ababababababababababababababababab', [], ['short']]) {
    assert.throws(() => sessions({ secret }), { code: 'ERR_HAUBERK_SECRET' }, String(secret));
  }
  for (const options of [
    { store: {} },
    { store: null },
    { name: 'connect.sid' },
    { name: 'sid' },
    { name: '__Host-app' },
    { name: 'a b' },
    { idleMs: 0 },
    { idleMs: NaN },
    { idleMs: 90_000_000 },
    { absoluteMs: 1000, idleMs: 2000 },
    { sameSite: 'Lax' },
    { storeDeadlineMs: 5 },
    { index: {} },
    { user: 'id' },
    null,
  ]) {
    assert.throws(() => sessions({ secret: SECRET, .../** @type {any} */ (options ?? { name: 7 }) }), {
      code: 'ERR_HAUBERK_OPTION_INVALID',
    });
  }
  assert.throws(() => sessions(/** @type {any} */ ({ secret: SECRET, idleMS: 1000 })), /did you mean idleMs/);
  await assert.rejects(sessions.login(/** @type {any} */ ({}), 'u'), { code: 'ERR_HAUBERK_SESSIONS_ABSENT' });
  await assert.rejects(sessions.logout(/** @type {any} */ ({})), { code: 'ERR_HAUBERK_SESSIONS_ABSENT' });
  const layer = sessions({ secret: SECRET, store: { get() {}, set() {}, destroy() {} } });
  await assert.rejects(layer.list('u'), { code: 'ERR_HAUBERK_SESSIONS_UNSUPPORTED' });
});
