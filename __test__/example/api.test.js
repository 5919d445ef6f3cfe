'use strict';

/** The main job, end to end over real HTTP: the program that `npm start` runs. */

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const crypto = require('node:crypto');
const path = require('node:path');
const { describe, test } = require('node:test');

const { createApp } = require('../../examples/api');
const hauberk = require('hauberk');
const { browser } = require('../helpers/browser');
const { ceremony, visit } = require('../helpers/passkeys');
const { expresses, serve } = require('../helpers/server');

const PASSWORD = 'correct horse battery';
const ADMIN_PASSWORD = 'the password of the admin';
const WEBHOOK_SECRET = 'shared with the sender';

/** A client of the API. With `jar` it keeps cookies as a browser does. */
function clientOf(/** @type {string} */ url, /** @type {Map<string, string> | undefined} */ jar = undefined) {
  const send = async (/** @type {string} */ line, /** @type {unknown} */ json, token = '', more = {}) => {
    const [method, target] = line.split(' ');
    const headers = {
      'Content-Type': 'application/json',
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(jar?.size && { Cookie: Array.from(jar, (pair) => pair.join('=')).join('; ') }),
      ...more,
    };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const answer = await fetch(url + target, { method, headers, body });
    for (const field of answer.headers.getSetCookie()) {
      const [, cookie, value] = /** @type {RegExpExecArray} */ (/^([^=]+)=([^;]*)/.exec(field));
      jar?.set(cookie, value);
    }
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

    test('a weak password is refused at registration, with the reasons', async (t) => {
      const { send } = await start(t);
      for (const [password, code] of [
        ['short', 'too_short'],
        ['passwordpassword', 'weak'],
        ['newcomer newcomer', 'context'],
        ['password', 'common'],
      ]) {
        const refused = await send('POST /accounts', { name: 'newcomer', password });
        assert.equal(refused.status, 422);
        assert.ok(
          refused.json.reasons.some((/** @type {any} */ reason) => reason.code === code && reason.text),
          `${code}: ${refused.text}`,
        );
      }
      assert.equal((await send('POST /accounts', { name: 'newcomer', password: PASSWORD })).status, 201);
    });

    test('guessing: after five failures the login is closed, but not to a browser that was in before', async (t) => {
      const { url, send } = await start(t);
      const owner = clientOf(url, new Map());
      await send('POST /accounts', { name: 'newcomer', password: PASSWORD });
      assert.match(await owner.login('newcomer', PASSWORD), /^[\w-]{43}$/);
      for (const [name, right] of [
        ['newcomer', PASSWORD],
        ['nobody', 'x'],
      ]) {
        const statuses = [];
        for (let i = 0; i < 5; i += 1) {
          const target = i % 2 ? 'POST /login' : 'POST /session';
          statuses.push((await send(target, { name, password: `wrong ${i}` })).status);
        }
        assert.deepEqual(statuses, Array(5).fill(401));
        const closed = await send('POST /login', { name, password: right });
        assert.equal(closed.status, 429);
        assert.ok(Number(closed.headers.get('retry-after')) > 0);
      }
      assert.match(await owner.login('newcomer', PASSWORD), /^[\w-]{43}$/);
      assert.equal((await send('GET /comments')).status, 200);
    });

    test('a session: log in, post, not from another site, log out', async (t) => {
      const { url, send } = await start(t);
      await send('POST /accounts', { name: 'newcomer', password: PASSWORD });
      const jar = new Map();
      const browser = clientOf(url, jar);
      const entered = await browser.send('POST /session', { name: 'newcomer', password: PASSWORD });
      assert.equal(entered.status, 200);
      assert.match(entered.headers.getSetCookie().join('\n'), /^Host-[^\n]*HttpOnly[^\n]*SameSite=Lax/m);
      assert.equal((await browser.send('POST /comments', { html: 'hello' })).status, 201);
      const forged = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://attacker.example' };
      assert.equal((await browser.send('POST /comments', { html: 'hello' }, '', forged)).status, 403);
      const before = clientOf(url, new Map(jar));
      assert.equal((await browser.send('DELETE /session')).status, 204);
      assert.equal((await before.send('POST /comments', { html: 'hello' })).status, 401);
    });

    test('log out everywhere ends every session of the account, and no other', async (t) => {
      const { url, send } = await start(t);
      const browsers = [];
      for (const name of ['newcomer', 'newcomer', 'neighbour']) {
        await send('POST /accounts', { name, password: PASSWORD });
        const browser = clientOf(url, new Map());
        await browser.send('POST /session', { name, password: PASSWORD });
        browsers.push(browser);
      }
      assert.deepEqual((await browsers[0].send('DELETE /sessions')).json, { ended: 2 });
      const statuses = [];
      for (const { send: post } of browsers) {
        statuses.push((await post('POST /comments', { html: 'hello' })).status);
      }
      assert.deepEqual(statuses, [401, 401, 201]);
    });

    /** An account with a second factor. @param {any} api */
    async function enrolled({ send, login }) {
      const who = { name: 'newcomer', password: PASSWORD };
      await send('POST /accounts', who);
      const token = await login('newcomer', PASSWORD);
      const { secret, uri, svg } = (await send('POST /totp', {}, token)).json;
      assert.ok(uri.startsWith('otpauth://totp/'));
      assert.match(svg, /^<svg/);
      // Until a code has come back, the password is enough.
      assert.equal((await send('POST /login', who)).status, 200);
      const first = hauberk.mfa.totp.generate(secret);
      const confirmed = await send('POST /totp/confirm', { code: first }, token);
      assert.equal(confirmed.status, 200);
      assert.equal((await send('POST /totp', {}, token)).status, 409);
      const ticketFor = async (/** @type {string} */ target) => {
        const answer = await send(target, who);
        assert.equal(answer.status, 202);
        assert.equal(answer.json.token, undefined);
        return answer.json.ticket;
      };
      return { secret, first, recoveryCodes: confirmed.json.recoveryCodes, ticketFor };
    }

    test('TOTP: enrolment, login with a code, a replayed code is refused', async (t) => {
      const api = await start(t);
      const { secret, first, ticketFor } = await enrolled(api);
      const ticket = await ticketFor('POST /login');
      assert.equal((await api.send('POST /comments', { html: 'x' }, ticket)).status, 401);
      const enter = (/** @type {string} */ one, /** @type {unknown} */ code) =>
        api.send('POST /login/code', { ticket: one, code });
      assert.equal((await enter(ticket, first)).status, 401, 'the code of the enrolment');
      const code = hauberk.mfa.totp.generate(secret, { time: Date.now() + 30_000 });
      const entered = await enter(ticket, code);
      assert.equal(entered.status, 200);
      assert.equal((await api.send('POST /comments', { html: 'x' }, entered.json.token)).status, 201);
      assert.equal((await enter(await ticketFor('POST /login'), code)).status, 401, 'the same code again');
      assert.equal((await enter(ticket, code)).status, 401, 'the same ticket again');
    });

    test('a recovery code opens a session once; attempts are capped', async (t) => {
      const api = await start(t);
      const { recoveryCodes, ticketFor } = await enrolled(api);
      assert.equal(recoveryCodes.length, 10);
      const jar = new Map();
      const browser = clientOf(api.url, jar);
      const ticket = await ticketFor('POST /session');
      const wrongRoute = await api.send('POST /login/code', { ticket, recoveryCode: recoveryCodes[0] });
      assert.equal(wrongRoute.status, 401, 'a ticket is for the way in that it was asked for');
      const once = await browser.send('POST /session/code', { ticket, recoveryCode: recoveryCodes[0] });
      assert.equal(once.status, 200);
      assert.equal((await browser.send('POST /comments', { html: 'x' })).status, 201);
      const next = await ticketFor('POST /session');
      const statuses = [];
      for (let i = 0; i < 5; i += 1) {
        const again = { ticket: next, recoveryCode: recoveryCodes[0] };
        statuses.push((await api.send('POST /session/code', again)).status);
      }
      assert.deepEqual(statuses, [401, 401, 401, 401, 429]);
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

    test('passkey: added in a session, then a login with nothing else, in a real Chromium', async (t) => {
      const chromium = await browser(t);
      if (!chromium) return t.skip('chromium is not installed');
      const { port } = await serve(t, (req, res) => made.app(req, res));
      const url = `http://localhost:${port}`;
      const made = await createApp({ express, origin: url, guard: { errors: { logger: { error() {} } } } });
      t.after(made.close);
      const { page } = await visit(chromium, url);
      const send = (/** @type {string} */ to, /** @type {any} */ body = {}) =>
        page.evaluate(
          async ([path, text]) => {
            const headers = { 'Content-Type': 'application/json' };
            const answer = await fetch(path, {
              method: path === '/session' && !text ? 'DELETE' : 'POST',
              headers,
              body: text,
            });
            const json = await answer.text();
            return { status: answer.status, json: json && JSON.parse(json) };
          },
          [to, body && JSON.stringify(body)],
        );
      const account = { name: 'newcomer', password: PASSWORD };
      await send('/accounts', account);
      assert.equal((await send('/passkeys/options')).status, 401, 'not before a login');
      assert.equal((await send('/session', account)).status, 200);
      const created = await page.evaluate(ceremony, { kind: 'create', from: '/passkeys/options' });
      assert.equal((await send('/passkeys', { ...created.response, id: 'AAAA' })).status, 422);
      const again = await page.evaluate(ceremony, { kind: 'create', from: '/passkeys/options' });
      assert.equal((await send('/passkeys', again.response)).status, 201);
      assert.equal((await send('/session', null)).status, 204);
      assert.equal((await send('/comments', { html: 'x' })).status, 401);

      const got = await page.evaluate(ceremony, { kind: 'get', from: '/session/passkey/options' });
      const login = await send('/session/passkey', got.response);
      assert.deepEqual([login.status, login.json.name], [200, 'newcomer']);
      assert.equal((await send('/comments', { html: 'x' })).status, 201);
      assert.equal((await send('/session/passkey', got.response)).status, 401, 'an answer counts once');
    });

    test('a passkey is not added with a bearer token: its challenge belongs to a session', async (t) => {
      const { send, login } = await start(t);
      await send('POST /accounts', { name: 'newcomer', password: PASSWORD });
      const token = await login('newcomer', PASSWORD);
      assert.equal((await send('POST /passkeys/options', {}, token)).status, 409);
      for (const body of [{}, [], { id: 5 }, { id: 'A'.repeat(1000), response: null }]) {
        assert.equal((await send('POST /session/passkey', body)).status, 401);
      }
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
