'use strict';

/** The main job, end to end over real HTTP: the program that `npm start` runs. */

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const crypto = require('node:crypto');
const path = require('node:path');
const { describe, test } = require('node:test');

const { createApp } = require('../../examples/api');
const { expresses, serve } = require('../helpers/server');

const PASSWORD = 'correct horse battery';
const ADMIN_PASSWORD = 'the password of the admin';
const WEBHOOK_SECRET = 'shared with the sender';

/** A client of the API. */
function clientOf(/** @type {string} */ url) {
  const send = async (/** @type {string} */ line, /** @type {unknown} */ json, token = '') => {
    const [method, target] = line.split(' ');
    const headers = {
      'Content-Type': 'application/json',
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const answer = await fetch(url + target, { method, headers, body });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: text.startsWith('{') ? JSON.parse(text) : undefined,
    };
  };
  const login = async (name, password) => (await send('POST /login', { name, password })).json.token;
  return { send, login };
}

for (const { name, express } of expresses) {
  describe(name, () => {
    /** @param {import('node:test').TestContext} t */
    async function start(t) {
      const { app, close } = await createApp({
        express,
        adminPassword: ADMIN_PASSWORD,
        webhookSecret: WEBHOOK_SECRET,
        guard: { errors: { logger: { error() {} } } },
      });
      t.after(close);
      const { url } = await serve(t, app);
      return { url, ...clientOf(url) };
    }

    test('register, login, post a comment with HTML, read it', async (t) => {
      const { send, login } = await start(t);
      const registered = await send('POST /accounts', { name: 'newcomer', password: PASSWORD });
      assert.equal(registered.status, 201);
      assert.equal((await send('POST /accounts', { name: 'newcomer', password: PASSWORD })).status, 409);
      const token = await login('newcomer', PASSWORD);
      assert.match(token, /^[\w-]{43}$/);
      const dirty = '<b>hello</b><script>alert(1)</script><img src=x onerror=alert(2)>';
      const posted = await send('POST /comments', { html: dirty }, token);
      assert.equal(posted.status, 201);
      assert.equal(posted.json.html, '<b>hello</b>');
      const listed = await send('GET /comments');
      assert.deepEqual(
        listed.json.comments.map(({ name, html }) => ({ name, html })),
        [{ name: 'newcomer', html: '<b>hello</b>' }],
      );
    });

    test('a wrong password, an unknown name and a malformed token are refused alike', async (t) => {
      const { send } = await start(t);
      await send('POST /accounts', { name: 'newcomer', password: PASSWORD });
      const wrong = await send('POST /login', { name: 'newcomer', password: `${PASSWORD}!` });
      const unknown = await send('POST /login', { name: 'nobody', password: PASSWORD });
      assert.equal(wrong.status, 401);
      assert.equal(unknown.status, 401);
      assert.equal(wrong.json.detail, unknown.json.detail);
      for (const token of ['x', 'x'.repeat(43), `${'x'.repeat(42)}'`, "' or 1=1 --"]) {
        const refused = await send('POST /comments', { html: 'x' }, token);
        assert.equal(refused.status, 401);
        assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
      }
    });

    test('credentials of other types and lengths are refused, not guessed', async (t) => {
      const { send } = await start(t);
      for (const body of [
        undefined,
        [],
        { name: ['newcomer'], password: PASSWORD },
        { name: 'newcomer', password: { $gt: '' } },
        { name: "x' or 1=1 --", password: PASSWORD },
        { name: 'newcomer', password: 'short' },
        { name: 'newcomer', password: 'x'.repeat(5000) },
      ]) {
        assert.equal((await send('POST /accounts', body)).status, 422, JSON.stringify(body)?.slice(0, 60));
      }
    });

    test('the admin route is for the admin', async (t) => {
      const { send, login } = await start(t);
      await send('POST /accounts', { name: 'newcomer', password: PASSWORD });
      assert.equal((await send('GET /admin/accounts')).status, 401);
      assert.equal(
        (await send('GET /admin/accounts', undefined, await login('newcomer', PASSWORD))).status,
        403,
      );
      const admin = await send('GET /admin/accounts', undefined, await login('admin', ADMIN_PASSWORD));
      assert.equal(admin.status, 200);
      assert.deepEqual(
        admin.json.accounts.map(({ name }) => name),
        ['admin', 'newcomer'],
      );
      assert.doesNotMatch(admin.text, /argon2/);
      assert.equal(admin.headers.get('cache-control'), 'no-store');
    });

    test('login is limited more strictly than the rest', async (t) => {
      const { send } = await start(t);
      const statuses = [];
      for (let i = 0; i < 11; i += 1) {
        statuses.push((await send('POST /login', { name: 'x', password: 'too short' })).status);
      }
      assert.deepEqual(statuses, [...Array(10).fill(422), 429]);
      assert.equal((await send('GET /comments')).status, 200);
    });

    test('the webhook checks the signature over the raw bytes', async (t) => {
      const { url } = await start(t);
      const body = '{ "amount":  10.50 }';
      const signature = crypto.createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
      const deliver = (/** @type {string} */ text, /** @type {string} */ sign) =>
        fetch(`${url}/webhooks/payment`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-Signature': sign },
          body: text,
        });
      assert.equal((await deliver(body, signature)).status, 204);
      assert.equal((await deliver(`${body} `, signature)).status, 401);
      assert.equal((await deliver(body, 'zz')).status, 401);
    });

    test('the page has a nonce that its policy names, a new one each time', async (t) => {
      const { send } = await start(t);
      const nonces = new Set();
      for (let i = 0; i < 3; i += 1) {
        const page = await send('GET /');
        const [, nonce] = /<script nonce="([^"]+)">/.exec(page.text) ?? [];
        assert.ok(Buffer.from(nonce, 'base64').length >= 16);
        assert.ok(page.headers.get('content-security-policy')?.includes(`'nonce-${nonce}'`));
        nonces.add(nonce);
      }
      assert.equal(nonces.size, 3);
    });

    test('errors tell nothing, under any NODE_ENV', async (t) => {
      const { send } = await start(t);
      const before = process.env.NODE_ENV;
      t.after(() => (process.env.NODE_ENV = before));
      for (const value of ['', 'development', 'test', 'production', 'prod']) {
        process.env.NODE_ENV = value;
        const malformed = await send('GET /%E0%A4%A');
        assert.ok([400, 404].includes(malformed.status));
        assert.doesNotMatch(malformed.text, /node_modules|\.js|at /);
      }
    });
  });
}

test(
  'npm start: the program says where it listens and what to try, and ends on SIGTERM',
  { skip: process.platform === 'win32' && 'no signals on Windows' },
  async () => {
    const root = path.join(__dirname, '../..');
    const api = spawn(process.execPath, ['examples/api.js'], {
      cwd: root,
      env: { ...process.env, PORT: '0' },
    });
    let said = '';
    api.stdout.on('data', (chunk) => (said += chunk));
    api.stderr.on('data', (chunk) => (said += chunk));
    while (!said.includes('For production')) {
      assert.equal(api.exitCode, null, said);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(said.match(/^ {2}.*\bcurl -/gm)?.length, 3);
    const [url] = /** @type {RegExpExecArray} */ (/http:\/\/127\.0\.0\.1:\d+/.exec(said));
    assert.equal((await fetch(`${url}/comments`)).status, 200);
    api.kill('SIGTERM');
    const code = await new Promise((resolve) => api.on('exit', (status) => resolve(status)));
    assert.equal(code, 0, said);
  },
);
