'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { test } = require('node:test');

const hauberk = require('../..');
const { HauberkError } = require('../../lib/internal/fault');
const { scoreOf } = require('../../lib/monitor/view');
const { browser } = require('../helpers/browser');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';
const TOKEN = 'a-token-of-the-tests-0123456789';

/**
 * @param {import('node:test').TestContext} t
 * @param {any} options
 * @param {any} [express]
 * @param {any} [more] of the guard
 */
async function dashboard(t, options, express = expresses[1].express, more = {}) {
  const guard = hauberk({
    secret: SECRET,
    privileges: false,
    client: { trustProxy: 'private' },
    monitor: { anomalies: { thresholds: { notFound: 3 } } },
    ...more,
  });
  t.after(() => guard.close());
  const app = express();
  app.use(guard);
  app.use('/operations', guard.monitor.dashboard(options));
  app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.json({ ok: true }));
  app.use(guard.errors);
  const { url, port } = await serve(t, app);
  return { url, port, guard, page: `${url}/operations` };
}

/** @param {number} port @param {string} path @param {any} headers @returns {Promise<{ status: number, text: string }>} */
function ask(port, path, headers) {
  return new Promise((resolve, reject) => {
    http
      .get({ port, host: '127.0.0.1', path, headers, agent: false }, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
      })
      .on('error', reject);
  });
}

for (const { name, express } of expresses) {
  test(`${name}: one page that needs no other file, under a strict policy`, async (t) => {
    const { page } = await dashboard(t, {}, express);
    const answer = await fetch(page);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const policy = answer.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([\w+/=]{24})'/.exec(policy)?.[1];
    assert.ok(nonce);
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    const html = await answer.text();
    assert.doesNotMatch(html, /\b(?:src|href|action)=|https?:\/\/(?!www\.w3\.org\/2000\/svg)|@import|url\(/);
    assert.doesNotMatch(html, / on\w+="| style="/);
    assert.equal(html.split(`nonce="${nonce}"`).length, 3);
    const again = await fetch(page);
    assert.notEqual(again.headers.get('content-security-policy'), policy);
  });

  test(`${name}: the data says what happened`, async (t) => {
    const { page, port } = await dashboard(t, { title: 'shop-api' }, express);
    for (let i = 0; i < 4; i += 1) await ask(port, '/nowhere', { 'X-Forwarded-For': '198.18.4.5' });
    const data = /** @type {any} */ (await (await fetch(`${page}?data=0`)).json());
    assert.equal(data.title, 'shop-api');
    assert.ok(data.total >= 4);
    assert.ok(data.status[2] >= 4);
    assert.equal(data.anomalies.recent[0].client, '198.18.4.0/24');
    assert.equal(data.anomalies.recent[0].kind, 'notFound');
    assert.ok(data.score.score > 0 && data.score.findings.length > 0);
    assert.ok(data.points.length >= 1);
    const latest = data.points.at(-1).time;
    const next = /** @type {any} */ (await (await fetch(`${page}?data=${latest}`)).json());
    assert.ok(next.points.every((/** @type {any} */ point) => point.time > latest));
    // A whole address never leaves.
    assert.doesNotMatch(JSON.stringify(data), /198\.18\.4\.5/);
  });

  test(`${name}: behind a proxy, under another name, from elsewhere: refused`, async (t) => {
    const { port } = await dashboard(t, {}, express);
    for (const headers of [
      { 'X-Forwarded-For': '198.18.0.1' },
      { 'X-Forwarded-For': '127.0.0.1' },
      { Forwarded: 'for=127.0.0.1' },
      { Via: '1.1 proxy' },
      { Host: 'rebound.example' },
      { Authorization: 'Bearer something-or-other-0123456789' },
    ]) {
      for (const path of ['/operations', '/operations?data=0']) {
        const { status, text } = await ask(port, path, headers);
        const open = 'Authorization' in headers;
        assert.equal(status, open ? 200 : 403, JSON.stringify(headers));
        if (!open) assert.doesNotMatch(text, /<script|points/);
      }
    }
  });

  test(`${name}: with a token and loopback: false only the token opens`, async (t) => {
    const { port } = await dashboard(t, { token: TOKEN, loopback: false }, express);
    const data = (/** @type {any} */ headers) => ask(port, '/operations?data=0', headers);
    assert.equal((await data({})).status, 403);
    for (const wrong of [`${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase(), '', 'a'.repeat(600)]) {
      assert.equal((await data({ Authorization: `Bearer ${wrong}` })).status, 403);
    }
    assert.equal((await data({ Authorization: `Basic ${TOKEN}` })).status, 403);
    const right = { Authorization: `Bearer ${TOKEN}`, 'X-Forwarded-For': '198.18.0.1', Host: 'api.example' };
    assert.equal((await data(right)).status, 200);
    assert.equal((await ask(port, '/operations', right)).status, 200);
    // A browser cannot send a token by itself: it gets the page that asks for it, and no data.
    const shell = await ask(port, '/operations', { Host: 'api.example' });
    assert.equal(shell.status, 401);
    assert.doesNotMatch(shell.text, new RegExp(`"points"|${TOKEN}`));
    assert.equal((await ask(port, '/operations', { Authorization: 'Bearer wrong' })).status, 403);
  });

  test(`${name}: it only reads`, async (t) => {
    const { page } = await dashboard(t, {}, express);
    const answer = await fetch(page, { method: 'POST' });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    const head = await fetch(page, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
  });
}

test('a title is text', async (t) => {
  const { page } = await dashboard(t, { title: '</title><script>alert(1)</script>$&' });
  const html = await (await fetch(page)).text();
  assert.doesNotMatch(html, /<script>alert/);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;\$&amp;/);
});

test('a monitor without a guard has a dashboard without a score', async (t) => {
  const monitor = hauberk.monitor();
  t.after(() => monitor.close());
  const { url } = await serve(t, expresses[1].express().use('/d', hauberk.monitor.dashboard(monitor)));
  const data = /** @type {any} */ (await (await fetch(`${url}/d?data`)).json());
  assert.equal(data.score, undefined);
  assert.equal(data.anomalies, undefined);
});

test('the score: 20 for what is unsafe, 5 for a note, the letters of the Observatory', () => {
  const of = (/** @type {string[]} */ levels) =>
    scoreOf({ findings: levels.map((level) => ({ level, practice: 'p', what: 'w', fix: 'f' })) });
  assert.deepEqual([of([]).grade, of([]).score], ['A+', 100]);
  assert.deepEqual([of(['note']).grade, of(['note']).score], ['A', 95]);
  assert.deepEqual([of(['note', 'unsafe']).grade, of(['note', 'unsafe']).findings[0].level], ['B', 'unsafe']);
  assert.deepEqual([of(Array(9).fill('unsafe')).grade, of(Array(9).fill('unsafe')).score], ['F', 0]);
});

test('options: what is misspelt or out of range throws, and no token gets into a message', () => {
  const bad = (/** @type {any} */ options, /** @type {RegExp} */ message) =>
    assert.throws(
      () => hauberk({ secret: SECRET, monitor: {} }).monitor.dashboard(options),
      (error) =>
        error instanceof HauberkError && message.test(error.message) && !error.message.includes('hunter2'),
    );
  bad({ tokn: TOKEN }, /did you mean token/);
  bad({ token: 'hunter2' }, /token/);
  bad({ token: 'hunter2 hunter2 hunter2' }, /token/);
  for (const value of [0, 249, 60_001, '2s']) bad({ intervalMs: value }, /intervalMs/);
  bad({ title: '' }, /title/);
  bad({ title: 'a\nb' }, /title/);
  bad({ loopback: 'no' }, /loopback/);
  bad({ report: {} }, /report/);
});

test(
  'in Chromium: charts are drawn, live, dark and light, and nothing is blocked',
  { timeout: 180_000 },
  async (t) => {
    const chromium = await browser(t);
    if (chromium === undefined) return t.skip('chromium is not installed');
    const { page: url, port } = await dashboard(t, { title: 'shop-api', intervalMs: 250 });
    for (let i = 0; i < 5; i += 1) {
      await ask(port, '/', { 'X-Forwarded-For': '198.18.4.5' });
      await ask(port, '/nowhere', { 'X-Forwarded-For': '198.18.4.5' });
    }
    const page = await chromium.newPage({ colorScheme: 'light', viewport: { width: 1280, height: 900 } });
    /** @type {string[]} */
    const wrong = [];
    /** @type {Set<string>} */
    const paths = new Set();
    page.on('console', (message) => wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('request', (request) => paths.add(new URL(request.url()).pathname));
    await page.goto(url);
    await page.waitForSelector('#requests svg polygon');
    assert.equal(await page.title(), 'shop-api');
    assert.equal(await page.textContent('#state-word'), 'Attack');
    assert.match(
      (await page.textContent('#anomalies')) ?? '',
      /198\.18\.4\.0\/24.*3 things that do not exist/s,
    );
    assert.match((await page.textContent('#ring')) ?? '', /^[A-F][+-]?\d+ of 100$/);
    const before = await page.textContent('#answers-legend');
    for (let i = 0; i < 5; i += 1) await ask(port, '/nowhere', { 'X-Forwarded-For': '198.18.4.6' });
    await page.waitForFunction(
      (text) =>
        /** @type {any} */ (globalThis).document.querySelector('#answers-legend').textContent !== text,
      before,
    );
    const background = () =>
      page.evaluate(() => {
        const { document, getComputedStyle } = /** @type {any} */ (globalThis);
        return getComputedStyle(document.body).backgroundColor;
      });
    const light = await background();
    await page.click('#theme');
    const dark = await background();
    assert.notEqual(dark, light);
    await page.reload();
    await page.waitForSelector('#requests svg polygon');
    assert.equal(await background(), dark);
    // No panel is wider than the window, also on a telephone.
    await page.setViewportSize({ width: 390, height: 800 });
    await page.waitForFunction(() => {
      const { document, innerWidth } = /** @type {any} */ (globalThis);
      return document.documentElement.scrollWidth <= innerWidth;
    });
    // Chromium asks for an icon by itself.
    paths.delete('/favicon.ico');
    assert.deepEqual([...paths], ['/operations']);
    assert.deepEqual(
      wrong.filter((text) => !text.includes('favicon') && !text.includes('404')),
      [],
    );
  },
);

test('in Chromium: the page asks for the token and opens with it', { timeout: 180_000 }, async (t) => {
  const chromium = await browser(t);
  if (chromium === undefined) return t.skip('chromium is not installed');
  const { page: url } = await dashboard(t, { token: TOKEN, loopback: false, intervalMs: 250 });
  const page = await chromium.newPage();
  await page.goto(url);
  await page.waitForSelector('#ask:not([hidden])');
  assert.equal(await page.isHidden('#panels'), true);
  await page.fill('#token', 'wrong-token-0123456789');
  await page.click('#ask button');
  await page.waitForSelector('#ask-wrong:not([hidden])');
  await page.fill('#token', TOKEN);
  await page.click('#ask button');
  await page.waitForSelector('#panels:not([hidden])');
  assert.equal(await page.isHidden('#ask'), true);
  assert.doesNotMatch(page.url(), /token/);
  const picture = await page.screenshot();
  assert.ok(picture.length > 10_000);
});
