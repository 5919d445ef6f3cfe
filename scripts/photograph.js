'use strict';

/**
 * Photographs the dashboard for the docs: a real application behind a guard, two minutes of real requests from many
 * addresses, a real Chromium. Writes docs/images/dashboard.png and dashboard-dark.png.
 *
 * node scripts/photograph.js [seconds]
 */

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const express = require('express');
const { chromium } = require('playwright-core');
const hauberk = require('..');

const SECONDS = Number(process.argv[2] ?? 120);
const IMAGES = path.join(__dirname, '../docs/images');
const STEP_MS = 400;
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

const HOST = 'shop.example';

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });

/** One request in the name of a client. @param {number} port @param {string} from @param {any} request */
function send(port, from, { method = 'GET', path: target = '/', headers = {}, body = '' }) {
  return new Promise((resolve) => {
    const all = {
      Host: HOST,
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-For': from,
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    };
    const req = http.request(
      { port, host: '127.0.0.1', method, path: target, headers: all, agent },
      (res) => {
        res.resume().on('end', resolve);
      },
    );
    req.on('error', resolve);
    req.end(body);
  });
}

const some = (/** @type {number} */ most) => Math.floor(Math.random() * most);
/** An address of the range for measurements (RFC 2544). @param {number} n */
const address = (n) => `198.18.${n % 250}.${1 + (Math.floor(n / 250) % 250)}`;
const JSON_TYPE = { 'Content-Type': 'application/json' };

function application() {
  const guard = hauberk({
    secret: 'only for a photograph: 0123456789abcdef',
    https: { hosts: [HOST] },
    client: { trustProxy: 'private' },
    ratelimit: { limit: 120, windowMs: 60_000, burst: 60 },
    monitor: { anomalies: { ban: { ms: 15 * 60_000 } } },
  });
  const app = express();
  // The figures of the page are those of the application's clients.
  app.use('/operations', guard.monitor.dashboard({ title: 'shop-api', intervalMs: STEP_MS }));
  app.use(guard);
  app.get(['/', '/products', '/products/:id'], (_req, res) => res.json({ ok: true }));
  app.get('/account', (_req, res) => res.status(401).json({ error: 'log in first' }));
  app.get('/old', (_req, res) => res.redirect('/products'));
  const input = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };
  app.post('/comments', hauberk.validate({ body: input }), (_req, res) => res.status(201).json({ ok: true }));
  app.post('/register', async (req, res) => {
    await hauberk.passwords.hash(req.body.password);
    res.status(201).json({ ok: true });
  });
  app.use(guard.errors);
  return { app, guard };
}

/** @param {number} port @param {string} from */
function register(port, from) {
  const body = JSON.stringify({ password: `correct horse ${some(1e9)}` });
  return send(port, from, { method: 'POST', path: '/register', headers: JSON_TYPE, body });
}

/** What people do. @param {number} port */
function ordinary(port) {
  const from = address(some(600));
  const roll = Math.random();
  if (roll < 0.04) return send(port, from, { path: '/old' });
  if (roll < 0.06) return send(port, from, { path: '/account' });
  if (roll < 0.07) return send(port, from, { path: `/products/${some(9)}/reviews` });
  if (roll < 0.16) {
    const body = JSON.stringify(roll < 0.08 ? { txt: 'oops' } : { text: 'good' });
    return send(port, from, { method: 'POST', path: '/comments', headers: JSON_TYPE, body });
  }
  if (roll < 0.2) {
    return register(port, from);
  }
  return send(port, from, { path: `/products/${some(1000)}` });
}

/** What others do, each in its own part of the time (0 to 1). @param {number} port @param {number} part */
function hostile(port, part) {
  const roll = Math.random();
  if (part > 0.3 && part < 0.5) {
    return send(port, `198.18.${75 + some(3)}.8`, { path: `/products/${some(1000)}` });
  }
  if (part > 0.62 && part < 0.66) {
    return send(port, '198.18.203.9', {
      path: `/${['wp-login.php', '.env', '.git/config', 'admin', 'backup.sql'][some(5)]}`,
    });
  }
  if (part > 0.72 && part < 0.76) {
    const headers = { 'User-Agent': 'sqlmap/1.8.2#stable (https://sqlmap.org)' };
    return send(port, '198.18.141.30', { path: `/products/1%27%20OR%20${some(99)}`, headers });
  }
  if (part > 0.8 && part < 0.9) {
    return send(port, '198.18.9.214', { path: `/files/${some(1e6)}` });
  }
  if (roll < 0.12) {
    const body = '{"text":"x","__proto__":{"admin":true}}';
    return send(port, '198.18.160.4', { method: 'POST', path: '/comments', headers: JSON_TYPE, body });
  }
  if (roll < 0.3) {
    const headers = {
      'Content-Type': 'text/plain',
      Cookie: 'session=1',
      Origin: 'https://other.example',
      'Sec-Fetch-Site': 'cross-site',
    };
    return send(port, '198.18.33.77', { method: 'POST', path: '/comments', headers, body: '{"text":"x"}' });
  }
  return Promise.resolve();
}

/** Files that are opened while this program may: what follows runs as nobody, as a server should. */
function openAndDrop() {
  const files = ['dashboard.png', 'dashboard-dark.png'].map((name) =>
    fs.openSync(path.join(IMAGES, name), 'w'),
  );
  if (process.getuid?.() === 0) {
    process.env.HOME = os.tmpdir();
    process.setgroups?.([]);
    process.setgid?.(65534);
    process.setuid?.(65534);
  }
  return files;
}

/** Requests until it is told to stop. @param {number} port @param {number} start */
async function traffic(port, start, /** @type {{ stopped: boolean }} */ state) {
  while (!state.stopped) {
    const part = (Date.now() - start) / (SECONDS * 1000);
    const wave = 4 + 2 * Math.sin(part * 14) + some(3);
    const all = Array.from({ length: Math.round(wave) }, () => ordinary(port));
    for (let i = 0; i < 4; i += 1) all.push(hostile(port, part));
    const rush = part > 0.52 && part < 0.6 ? 6 : 0;
    for (let i = 0; i < rush; i += 1) void register(port, address(some(600)));
    await Promise.all(all);
    await new Promise((resolve) => setTimeout(resolve, 45));
  }
}

/** @param {import('playwright-core').Browser} browser @param {string} url @param {'light' | 'dark'} scheme @param {number} file */
async function photograph(browser, url, scheme, file) {
  const page = await browser.newPage({
    colorScheme: scheme,
    viewport: { width: 1360, height: 900 },
    deviceScaleFactor: 1.5,
  });
  page.on('console', (message) => console.log(message.text()));
  page.on('pageerror', (error) => console.log(String(error)));
  await page.goto(url);
  await page.waitForSelector('#requests svg polygon');
  fs.writeSync(file, await page.screenshot({ fullPage: true }));
  await page.close();
}

async function main() {
  const files = openAndDrop();
  const { app, guard } = application();
  const server = http.createServer(app);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const state = { stopped: false };
  const done = traffic(port, Date.now(), state);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  await photograph(browser, `http://127.0.0.1:${port}/operations`, 'light', files[0]);
  await photograph(browser, `http://127.0.0.1:${port}/operations`, 'dark', files[1]);
  state.stopped = true;
  await done;
  await browser.close();
  agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  guard.close();
}

main();
