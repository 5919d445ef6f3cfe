'use strict';

/** Sessions in a real Redis (connect-redis), and with passport unchanged. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { RedisStore } = require('connect-redis');

const hauberk = require('../..');
const sessions = require('../../lib/sessions');
const { missing, redisServer, clients } = require('../helpers/redis');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';

/** @param {any} express @param {any} layer @param {import('node:test').TestContext} t */
async function loginApp(express, layer, t) {
  const app = express();
  const guard = hauberk({ secret: SECRET, ratelimit: false });
  t.after(guard.close);
  app.use(guard);
  app.use(layer);
  const route = hauberk.errors.async;
  app.get('/', (/** @type {any} */ req, /** @type {any} */ res) => res.json(req.session.user ?? null));
  app.post(
    '/login',
    route(async (/** @type {any} */ req, /** @type {any} */ res) => {
      await sessions.login(req, req.get('X-User') ?? 'u1');
      res.json(req.sessionID);
    }),
  );
  app.post(
    '/logout',
    route(async (/** @type {any} */ req, /** @type {any} */ res) => {
      await sessions.logout(req);
      res.json(true);
    }),
  );
  app.use(guard.errors);
  const { port } = await serve(t, app);
  const login = async (user = 'u1') => {
    const { headers, text } = await send(port, { path: '/login', headers: { 'X-User': user } });
    return { cookie: String(headers['set-cookie']).split(';', 1)[0], id: JSON.parse(text) };
  };
  const who = async (/** @type {string} */ Cookie) => {
    const { status, text } = await send(port, { method: 'GET', headers: { Cookie } });
    return status === 200 ? JSON.parse(text) : status;
  };
  const logout = (/** @type {string} */ Cookie) => send(port, { path: '/logout', headers: { Cookie } });
  return { port, login, logout, who };
}

for (const { name, express } of expresses) {
  test(`connect-redis: login, list, revoke, a second server, a stop of Redis, ${name}`, async (t) => {
    if (missing) return t.skip(missing);
    const redis = await redisServer(t);
    const client = clients.find((one) => one.name === 'node-redis 6')?.open(t, redis.port);
    client.on('error', () => {});
    const options = { secret: SECRET, store: new RedisStore({ client }), storeDeadlineMs: 1000 };
    const layer = sessions(options);
    const one = await loginApp(express, layer, t);
    const two = await loginApp(express, sessions(options), t);
    const [first, second, other] = [await one.login(), await one.login(), await one.login('u2')];
    assert.equal(await two.who(first.cookie), 'u1');
    assert.equal((await layer.list('u1')).length, 2);
    assert.equal((await layer.list('nobody')).length, 0);
    const ttl = await client.sendCommand(['TTL', `sess:${first.id}`]);
    assert.ok(ttl > 3500 && ttl <= 3600, `${ttl}`);
    // Neither key tells the user's name, and the index goes with its last session.
    const keys = await client.sendCommand(['KEYS', 'hauberk:*']);
    assert.equal(keys.length, 2);
    assert.ok(keys.every((/** @type {string} */ key) => !key.includes('u1')));
    const indexTtl = await client.sendCommand(['TTL', keys[0]]);
    assert.ok(indexTtl > 86_000 && indexTtl <= 86_400, `${indexTtl}`);

    await two.logout(first.cookie);
    assert.equal(await one.who(first.cookie), null);
    assert.equal((await layer.list('u1')).length, 1);
    assert.equal(await layer.revoke('u1'), 1);
    assert.equal(await two.who(second.cookie), null);
    assert.equal(await two.who(other.cookie), 'u2');

    redis.kill('SIGSTOP');
    assert.equal(await one.who(other.cookie), 503);
    redis.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await one.who(other.cookie), 'u2');
  });

  test(`passport logs in and out unchanged, ${name}`, async (t) => {
    const { Passport } = /** @type {any} */ (require('passport'));
    const { Strategy } = /** @type {any} */ (require('passport-local'));
    const passport = new Passport();
    passport.use(
      new Strategy((/** @type {string} */ user, /** @type {string} */ password, /** @type {any} */ done) =>
        done(null, password === 'correct horse' ? { id: user } : false),
      ),
    );
    passport.serializeUser((/** @type {any} */ user, /** @type {any} */ done) => done(null, user.id));
    passport.deserializeUser((/** @type {string} */ id, /** @type {any} */ done) => done(null, { id }));
    const app = express();
    const guard = hauberk({ secret: SECRET, ratelimit: false });
    t.after(guard.close);
    const layer = sessions({ secret: SECRET });
    app.use(guard, layer, passport.initialize(), passport.session());
    app.get('/', (/** @type {any} */ req, /** @type {any} */ res) =>
      res.json([req.user?.id ?? null, req.sessionID]),
    );
    app.get('/touch', (/** @type {any} */ req, /** @type {any} */ res) => {
      req.session.seen = true;
      res.json(req.sessionID);
    });
    app.post('/login', passport.authenticate('local'), (/** @type {any} */ _req, /** @type {any} */ res) =>
      res.json(1),
    );
    app.post('/logout', (/** @type {any} */ req, /** @type {any} */ res, /** @type {any} */ next) =>
      req.logout((/** @type {any} */ error) => (error ? next(error) : res.json(1))),
    );
    app.use(guard.errors);
    const { port } = await serve(t, app);
    let Cookie = '';
    const go = async (/** @type {string} */ line, /** @type {any} */ body) => {
      const [method, path] = line.split(' ');
      const headers = { Cookie, ...(body && { 'Content-Type': 'application/json' }) };
      const answer = await send(port, { method, path, headers, body: body ? JSON.stringify(body) : '' });
      const set = answer.headers['set-cookie'];
      if (set !== undefined) [Cookie] = set[0].split(';', 1);
      return answer;
    };
    const before = JSON.parse((await go('GET /touch')).text);
    const planted = Cookie;
    assert.equal((await go('POST /login', { username: 'ada', password: 'wrong' })).status, 401);
    assert.equal((await go('POST /login', { username: 'ada', password: 'correct horse' })).status, 200);
    const [user, id] = JSON.parse((await go('GET /')).text);
    assert.equal(user, 'ada');
    assert.notEqual(id, before);
    assert.equal((await layer.list('ada')).length, 1);
    const mine = Cookie;
    Cookie = planted;
    assert.equal(JSON.parse((await go('GET /')).text)[0], null);
    Cookie = mine;
    assert.equal((await go('POST /logout')).status, 200);
    assert.equal((await layer.list('ada')).length, 0);
    Cookie = mine;
    assert.equal(JSON.parse((await go('GET /')).text)[0], null);
  });
}

test('the index in Redis works with ioredis too, and lets ended ids go', async (t) => {
  if (missing) return t.skip(missing);
  const redis = await redisServer(t);
  const client = clients.find((one) => one.name === 'ioredis 6')?.open(t, redis.port);
  const index = sessions.redisIndex(client, { prefix: 'mine:' });
  const now = Date.now();
  await index.add('u', 'old', now + 300);
  await index.add('u', 'new', now + 60_000);
  await index.add('u', 'older', now + 250);
  assert.deepEqual([...(await index.list('u'))].sort(), ['new', 'old', 'older']);
  await new Promise((resolve) => setTimeout(resolve, 400));
  await index.add('u', 'new', now + 60_000);
  assert.deepEqual(await index.list('u'), ['new']);
  await index.remove('u', 'new');
  assert.deepEqual(await index.list('u'), []);
  assert.throws(() => sessions.redisIndex({}), { code: 'ERR_HAUBERK_ARGUMENT' });
});
