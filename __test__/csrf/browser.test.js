'use strict';

/**
 * Real attempts in Chromium. The victim is on http://localhost; http://127.0.0.1 is another site, another port of
 * localhost a sibling of the same site. Each attempt is also made on an app without csrf, where it must succeed: else it
 * would prove nothing.
 */

const assert = require('node:assert/strict');
const http = require('node:http');
const { test } = require('node:test');
const express = require('express');

const hauberk = require('../..');
const { browser } = require('../helpers/browser');
const { serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';

/**
 * What each attempt does, as the page of the attacker; `target` is the victim's origin, `own` the attacker's.
 *
 * @type {Record<string, (target: string, own: string) => string>}
 */
const ATTEMPTS = {
  'form post': (target) =>
    `<form id="f" method="post" action="${target}/act/form"><input name="a" value="1"></form><script>f.submit()</script>`,
  'text/plain form that spells JSON': (target) =>
    `<form id="f" method="post" enctype="text/plain" action="${target}/act/plain"><input name='{"a":"' value='"}'></form><script>f.submit()</script>`,
  'fetch, no-cors, credentials': (target) =>
    `<script>fetch('${target}/act/fetch', { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'a=1' })</script>`,
  'fetch of text/plain JSON': (target) =>
    `<script>fetch('${target}/act/json', { method: 'POST', mode: 'no-cors', credentials: 'include', headers: { 'Content-Type': 'text/plain' }, body: '{"a":1}' })</script>`,
  beacon: (target) => `<script>navigator.sendBeacon('${target}/act/beacon', 'a=1')</script>`,
  'image of a GET that acts': (target) => `<img src="${target}/act-by-get">`,
  'iframe that posts': (target) =>
    `<iframe name="i"></iframe><form id="f" target="i" method="post" action="${target}/act/iframe"></form><script>f.submit()</script>`,
  'redirect 307 of a form post': (_target, own) =>
    `<form id="f" method="post" action="${own}/bounce"><input name="a" value="1"></form><script>f.submit()</script>`,
  'null origin from a sandboxed frame': (target) =>
    `<iframe sandbox="allow-forms allow-scripts" srcdoc="<form id=f method=post action='${target}/act/null'></form><script>f.submit()</script>"></iframe>`,
};

/**
 * @param {import('node:test').TestContext} t
 * @param {boolean} guarded
 * @param {boolean} needsCookie whether the app acts only for who is logged in
 */
async function victim(t, guarded, needsCookie) {
  /** @type {string[]} what was done with the victim's cookie */
  const done = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  let arrived = 0;
  const app = express();
  app.use((req, res, next) => {
    if (req.path.startsWith('/act')) {
      res.on('close', () => {
        arrived += 1;
        for (const wake of waiting.splice(0)) wake();
      });
    }
    next();
  });
  const guard = hauberk({
    secret: SECRET,
    ratelimit: false,
    // The headers and the cookie policy would stop some attempts too: here csrf stands alone.
    headers: false,
    cookies: false,
    csrf: guarded ? {} : false,
    routes: guarded ? { 'GET /act-by-get': { csrf: { ignoredMethods: ['HEAD', 'OPTIONS'] } } } : {},
  });
  t.after(guard.close);
  app.use(guard);
  app.get('/enter', (_req, res) => {
    res.setHeader('Set-Cookie', 'connect.sid=victim; Path=/; SameSite=None; Secure; HttpOnly');
    res.type('html').send('<h1>in</h1>');
  });
  const act = (/** @type {any} */ req, /** @type {any} */ res) => {
    if (!needsCookie || /connect\.sid=victim/.test(req.headers.cookie ?? '')) done.push(req.path);
    res.send('acted');
  };
  app.post('/act/:what', act);
  app.get('/act-by-get', act);
  app.get('/form', (/** @type {any} */ req, res) => {
    const field = guarded ? `<input type="hidden" name="_csrf" value="${req.csrfToken()}">` : '';
    res.type('html').send(`<form method="post" action="/act/own">${field}<button id="b">go</button></form>`);
  });
  const { port } = await serve(t, app);
  const seen = async (/** @type {number} */ before) => {
    const end = Date.now() + 5000;
    while (arrived === before && Date.now() < end) {
      await Promise.race([
        new Promise((resolve) => waiting.push(() => resolve(undefined))),
        new Promise((resolve) => setTimeout(resolve, 250)),
      ]);
    }
    assert.notEqual(arrived, before, 'the attempt has reached the server');
  };
  return { origin: `http://localhost:${port}`, done, seen, count: () => arrived };
}

/** @param {import('node:test').TestContext} t @param {string} target @param {string} host */
async function attacker(t, target, host) {
  /** @type {{ own: string }} */
  const at = { own: '' };
  const server = http.createServer((req, res) => {
    if (req.url === '/bounce') return res.writeHead(307, { Location: `${target}/act/redirect` }).end();
    const page = ATTEMPTS[decodeURIComponent((req.url ?? '').slice(1))];
    res.setHeader('Content-Type', 'text/html');
    return res.end(page === undefined ? '' : page(target, at.own));
  });
  const { port } = await serve(t, /** @type {any} */ (server.listeners('request')[0]));
  at.own = `http://${host}:${port}`;
  return at.own;
}

// Chromium keeps cookies from what a page of another site loads; an app that trusts its network acts without one.
for (const [relation, host, needsCookie] of /** @type {const} */ ([
  ['cross-site', '127.0.0.1', false],
  ['same-site sibling', 'localhost', true],
])) {
  test(
    `Chromium, ${relation}: each attempt acts on a bare app and is refused by csrf`,
    { timeout: 120_000 },
    async (t) => {
      const chromium = await browser(t);
      if (chromium === undefined) return t.skip('chromium is not installed');
      for (const guarded of [false, true]) {
        const { origin, done, seen, count } = await victim(t, guarded, needsCookie);
        const own = await attacker(t, origin, host);
        const context = await chromium.newContext();
        const page = await context.newPage();
        await page.goto(`${origin}/enter`);
        for (const attempt of Object.keys(ATTEMPTS)) {
          done.length = 0;
          const before = count();
          await page.goto(`${own}/${encodeURIComponent(attempt)}`, { waitUntil: 'commit' }).catch(() => {});
          await seen(before);
          assert.equal(done.length > 0, !guarded, `${attempt}, ${guarded ? 'guarded' : 'bare'}`);
        }
        await context.close();
      }
    },
  );
}

test('Chromium: what the own pages send passes', { timeout: 60_000 }, async (t) => {
  const chromium = await browser(t);
  if (chromium === undefined) return t.skip('chromium is not installed');
  const { origin, done, seen, count } = await victim(t, true, true);
  const page = await (await chromium.newContext()).newPage();
  await page.goto(`${origin}/enter`);
  const statuses = await page.evaluate(async () => {
    const send = async (/** @type {any} */ options) =>
      (await fetch('/act/fetch', { method: 'POST', ...options })).status;
    return [
      await send({ body: 'a=1' }),
      await send({ headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' }),
      (await fetch('/act-by-get')).status,
    ];
  });
  assert.deepEqual(statuses, [200, 200, 200]);
  await page.goto(`${origin}/form`);
  const before = count();
  await page.click('#b');
  await seen(before);
  assert.ok(done.includes('/act/own'));
});
