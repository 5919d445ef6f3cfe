'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const session = require('express-session');

const { passkeys, memoryStore } = require('../../lib/mfa');
const { browser } = require('../helpers/browser');
const { ceremony, send, visit } = require('../helpers/passkeys');
const { expresses, serve } = require('../helpers/server');
const { otherInputs } = require('./inputs');

const REFUSED = { ok: false, code: 'ERR_HAUBERK_MFA_PASSKEY' };
const SESSION = 'a-session-id-of-some-length';
const USER = { id: '7', name: 'someone@example.com' };

/** Passkeys in memory, as an application would keep them in a table. */
function table() {
  /** @type {Map<string, any>} */
  const rows = new Map();
  return {
    rows,
    list: (/** @type {string} */ user) => [...rows.values()].filter((row) => row.user === user),
    find: (/** @type {string} */ id) => rows.get(id),
    add: (/** @type {any} */ row) => !rows.has(row.id) && Boolean(rows.set(row.id, row)),
    touch: (/** @type {string} */ id, /** @type {number} */ counter, /** @type {boolean} */ backedUp) => {
      const row = rows.get(id);
      if (!(counter > row.counter || (counter === 0 && row.counter === 0))) return false;
      rows.set(id, { ...row, counter, backedUp });
      return true;
    },
  };
}

/** @param {object} [more] */
function make(more) {
  const credentials = table();
  const challenges = memoryStore();
  const keys = passkeys({
    rpID: 'localhost',
    rpName: 'Example',
    origin: 'http://localhost',
    challenges,
    credentials,
    ...more,
  });
  return { keys, credentials, challenges };
}

/** @param {any} express @param {any} keys */
function appOf(express, keys) {
  const app = express();
  app.use(session({ secret: 'x'.repeat(32), resave: false, saveUninitialized: true }));
  app.use(express.json());
  const answer =
    (/** @type {(req: any) => any} */ work) =>
    (/** @type {any} */ req, /** @type {any} */ res, /** @type {any} */ next) =>
      Promise.resolve(work(req)).then((value) => res.json(value), next);
  app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) =>
    res.type('html').send('<!doctype html><title>x</title>'),
  );
  app.post(
    '/register/options',
    answer((req) => keys.registrationOptions(req.sessionID, USER)),
  );
  app.post(
    '/register',
    answer((req) => keys.verifyRegistration(req.sessionID, USER.id, req.body)),
  );
  app.post(
    '/login/options',
    answer((req) => keys.authenticationOptions(req.sessionID, req.query.user)),
  );
  app.post(
    '/login',
    answer((req) => keys.verifyAuthentication(req.sessionID, req.body)),
  );
  return app;
}

for (const { name, express } of expresses) {
  test(`${name}: registration and login in a real Chromium; replay, foreign session, cloned passkey are refused`, async (t) => {
    const chromium = await browser(t);
    if (!chromium) return t.skip('chromium is not installed');
    const credentials = table();
    const app = express();
    app.use((/** @type {any} */ req, /** @type {any} */ res, /** @type {any} */ next) =>
      inner(req, res, next),
    );
    const { port } = await serve(t, app);
    const url = `http://localhost:${port}`;
    const { keys } = make({ origin: url, credentials });
    const inner = appOf(express, keys);
    const { page, cdp, authenticatorId } = await visit(chromium, url);

    const created = await page.evaluate(ceremony, { kind: 'create', from: '/register/options' });
    assert.equal(created.options.authenticatorSelection.userVerification, 'required');
    const registered = await page.evaluate(send, { to: '/register', body: created.response });
    assert.equal(registered.ok, true);
    assert.equal(credentials.rows.size, 1);
    assert.deepEqual(await page.evaluate(send, { to: '/register', body: created.response }), REFUSED);

    for (const from of ['/login/options', '/login/options?user=7']) {
      const got = await page.evaluate(ceremony, { kind: 'get', from });
      const login = await page.evaluate(send, { to: '/login', body: got.response });
      assert.deepEqual(login, { ok: true, user: '7', credentialId: registered.credential.id });
      // The challenge is gone: the very same answer does not count again.
      assert.deepEqual(await page.evaluate(send, { to: '/login', body: got.response }), REFUSED);
    }

    const before = credentials.find(registered.credential.id);
    assert.ok(before.counter >= 0);
    const stolen = await page.evaluate(ceremony, { kind: 'get', from: '/login/options' });
    const other = await (await chromium.newContext()).newPage();
    await other.goto(url);
    await other.evaluate(send, { to: '/login/options', body: {} });
    assert.deepEqual(await other.evaluate(send, { to: '/login', body: stolen.response }), REFUSED);
    // In its own session it is still good: nobody else could use the challenge up.
    assert.equal((await page.evaluate(send, { to: '/login', body: stolen.response })).ok, true);

    credentials.rows.set(before.id, { ...credentials.find(before.id), counter: 1_000_000 });
    const cloned = await page.evaluate(ceremony, { kind: 'get', from: '/login/options' });
    assert.deepEqual(await page.evaluate(send, { to: '/login', body: cloned.response }), REFUSED);
    credentials.rows.set(before.id, { ...credentials.find(before.id), counter: before.counter });

    const changed = await page.evaluate(ceremony, { kind: 'get', from: '/login/options' });
    const { signature } = changed.response.response;
    changed.response.response.signature =
      signature.slice(0, -6) + (signature.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA');
    assert.deepEqual(await page.evaluate(send, { to: '/login', body: changed.response }), REFUSED);

    const foreign = await page
      .evaluate(ceremony, { kind: 'get', from: '/login/options?user=8' })
      .catch(() => undefined);
    if (foreign)
      assert.deepEqual(await page.evaluate(send, { to: '/login', body: foreign.response }), REFUSED);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    const unverified = page.evaluate(ceremony, { kind: 'get', from: '/login/options' });
    await assert.rejects(unverified, /NotAllowedError/);
  });
}

test('an answer made on another origin is refused', async (t) => {
  const chromium = await browser(t);
  if (!chromium) return t.skip('chromium is not installed');
  const { express } = expresses[1];
  const { keys } = make({ origin: 'http://localhost:1' });
  const { port } = await serve(t, appOf(express, keys));
  const { page } = await visit(chromium, `http://localhost:${port}`);
  const created = await page.evaluate(ceremony, { kind: 'create', from: '/register/options' });
  assert.deepEqual(await page.evaluate(send, { to: '/register', body: created.response }), REFUSED);
});

test('without user verification an answer is refused, unless it is only preferred', async (t) => {
  const chromium = await browser(t);
  if (!chromium) return t.skip('chromium is not installed');
  const { express } = expresses[1];
  for (const userVerification of /** @type {const} */ (['preferred', 'required'])) {
    const { port } = await serve(t, (req, res) => inner(req, res));
    const { keys } = make({ origin: `http://localhost:${port}`, userVerification });
    // The page asks for less than the server does: only the server's word counts.
    const weak = {
      ...keys,
      registrationOptions: async (/** @type {string} */ id, /** @type {any} */ user) => {
        const options = await keys.registrationOptions(id, user);
        return {
          ...options,
          authenticatorSelection: { residentKey: 'discouraged', userVerification: 'discouraged' },
        };
      },
    };
    const inner = appOf(express, weak);
    const { page } = await visit(chromium, `http://localhost:${port}`, false);
    const created = await page.evaluate(ceremony, { kind: 'create', from: '/register/options' });
    const verdict = await page.evaluate(send, { to: '/register', body: created.response });
    assert.equal(verdict.ok, userVerification === 'preferred');
  }
});

test('what a client sends is refused, whatever it is (1 MB input, wrong types)', async () => {
  const { keys, credentials } = make();
  credentials.add({ id: 'abc', user: '7', publicKey: 'AAAA', counter: 0, transports: [], backedUp: false });
  const inner = {
    clientDataJSON: 'AAAA',
    authenticatorData: 'AAAA',
    signature: 'AAAA',
    attestationObject: 'AAAA',
  };
  const responses = [
    ...otherInputs(),
    'x'.repeat(1_000_000),
    { id: 'abc' },
    { id: 'abc', response: null },
    { id: ['abc'], response: inner },
    { id: 'x'.repeat(1_000_000), response: inner },
    { id: 'abc', rawId: 'abc', type: 'public-key', response: inner },
    { id: 'abc', rawId: 'abc', type: 'public-key', response: { ...inner, userHandle: 'xyz' } },
    { id: 'abc', rawId: 'abc', type: 'public-key', response: { ...inner, signature: 'A'.repeat(1_000_000) } },
    { id: 'abc', rawId: 'abc', type: 'public-key', response: { ...inner, clientDataJSON: {} } },
    { id: 'no-such', rawId: 'no-such', type: 'public-key', response: inner },
  ];
  for (const response of responses) {
    await keys.authenticationOptions(SESSION);
    assert.deepEqual(await keys.verifyAuthentication(SESSION, response), REFUSED);
    await keys.registrationOptions(SESSION, USER);
    assert.deepEqual(await keys.verifyRegistration(SESSION, '7', response), REFUSED);
  }
});

test('a challenge counts once, for its own session, purpose and user, and expires', async () => {
  const { keys, challenges } = make({ expiresInMs: 30_000 });
  assert.deepEqual(await keys.verifyAuthentication(SESSION, {}), REFUSED);
  const taken = [];
  const spied = {
    ...challenges,
    take: (/** @type {string} */ key) => {
      const text = challenges.take(key);
      taken.push(text);
      return text;
    },
  };
  const { keys: watched } = make({ challenges: spied });
  const first = await watched.authenticationOptions(SESSION);
  const second = await watched.authenticationOptions(SESSION);
  assert.notEqual(first.challenge, second.challenge);
  await watched.verifyRegistration(SESSION, '7', {});
  await watched.verifyAuthentication(`${SESSION}-other`, {});
  assert.deepEqual(taken, [undefined, undefined]);
  await watched.verifyAuthentication(SESSION, {});
  assert.ok(String(taken[2]).includes(second.challenge) && !String(taken[2]).includes(SESSION));
  await watched.verifyAuthentication(SESSION, {});
  assert.equal(taken[3], undefined);
  // A store that keeps a challenge too long does not make it count longer.
  const late = { put() {}, take: () => JSON.stringify({ challenge: 'x', until: Date.now() - 1 }) };
  const { keys: old } = make({ challenges: late });
  assert.deepEqual(await old.verifyAuthentication(SESSION, {}), REFUSED);
});

test('origin and rpID are checked at construction', () => {
  for (const origin of [
    undefined,
    '',
    [],
    'https://example.com/',
    'https://example.com/login',
    'http://example.com',
    'https://example.org',
    'https://evilexample.com',
    'https://example.com.evil.org',
    'https://example.com\\@evil.com',
    'https://user@example.com',
    'null',
    '*',
    ['https://example.com', 'http://example.com'],
  ]) {
    assert.throws(
      () => make({ rpID: 'example.com', origin }),
      { code: 'ERR_HAUBERK_OPTION_INVALID' },
      String(origin),
    );
  }
  for (const rpID of [
    undefined,
    '',
    'https://example.com',
    'Example.com',
    'com',
    '127.0.0.1',
    '::1',
    'a..b',
    5,
  ]) {
    assert.throws(() => make({ rpID, origin: 'https://example.com' }), {
      code: 'ERR_HAUBERK_OPTION_INVALID',
    });
  }
  make({ rpID: 'example.com', origin: ['https://example.com', 'https://login.example.com:8443'] });
  for (const more of [
    { rpName: undefined },
    { rpName: '' },
    { expiresInMs: 1 },
    { userVerification: 'discouraged' },
    { challenges: {} },
    { credentials: {} },
  ]) {
    assert.throws(() => make(more), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  assert.throws(() => make({ rpId: 'example.com' }), { code: 'ERR_HAUBERK_OPTION_UNKNOWN' });
});

test('sessions and users out of range reject', async () => {
  const { keys } = make();
  for (const id of [...otherInputs(), '', 'short', 'x'.repeat(1025)]) {
    const call = keys.authenticationOptions(/** @type {any} */ (id));
    await assert.rejects(call, { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  for (const user of [undefined, {}, { id: '7' }, { id: '', name: 'x' }, { id: 'x'.repeat(65), name: 'x' }]) {
    const call = keys.registrationOptions(SESSION, /** @type {any} */ (user));
    await assert.rejects(call, { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  const broken = make({
    challenges: { put: () => Promise.reject(new Error('down')), take: () => undefined },
  });
  await assert.rejects(broken.keys.authenticationOptions(SESSION), { code: 'ERR_HAUBERK_MFA_STORE' });
});
