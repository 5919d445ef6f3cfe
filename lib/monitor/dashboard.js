'use strict';

const { randomBytes } = require('node:crypto');
const options = require('../internal/options');
const { ACCESS, access, refuse } = require('./access');
const { History } = require('./history');
const { pageOf } = require('./page');
const { viewOf } = require('./view');

const SHAPE = Object.freeze({
  ...ACCESS,
  title: options.string({
    pattern: /^[^\p{Cc}]{1,64}$/u,
    expected: 'a text of 1 to 64 characters',
    default: 'hauberk',
  }),
  intervalMs: options.integer({ min: 250, max: 60_000, unit: 'ms', default: 2000 }),
  report: options.func(),
});

/** A nonce of 128 bits (CSP 3, 7.1). */
const NONCE_BYTES = 16;

/**
 * Live charts, as one page without any other file. `app.use('/operations', guard.monitor.dashboard())`.
 *
 * 1. Whoever may read (lib/monitor/access.js) gets the page, and the data at `?data`.
 * 2. Where there is a token, a browser that has not sent it gets the page too, with status 401 and no data: it asks for
 *    the token and sends it with each request for data.
 * 3. Everybody else gets 403.
 *
 * @param {{ snapshot(): import('./index').Snapshot, report?: (() => any) | undefined }} monitor
 * @param {unknown} [input] see DashboardOptions in index.d.ts
 * @returns {((req: any, res: any) => void) & { close(): void }}
 */
function dashboard(monitor, input) {
  const settings = options.parse('monitor.dashboard', input, SHAPE);
  const mayRead = access(settings);
  const page = pageOf(settings.title);
  const history = new History(() => monitor.snapshot(), settings.intervalMs);

  const handler = function hauberkDashboard(/** @type {any} */ req, /** @type {any} */ res) {
    const query = new URLSearchParams(/\?([^#]*)/.exec(req.url)?.[1]);
    const since = query.get('data');
    const allowed = mayRead(req);
    const mayAsk = since === null && settings.token !== undefined && req.headers.authorization === undefined;
    if (!allowed && !mayAsk) return refuse(req, res);
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.statusCode = 405;
      res.setHeader('Allow', 'GET, HEAD');
      return res.end();
    }
    if (since === null) return sendPage(req, res, page, allowed);
    return send(req, res, 'application/json', dataOf(Number(since) || 0));
  };

  /** @param {number} since ms since the epoch */
  function dataOf(since) {
    const snapshot = history.points.length === 0 ? history.sample() : monitor.snapshot();
    const report = (settings.report ?? monitor.report)?.();
    const { title, intervalMs } = settings;
    return JSON.stringify({ title, intervalMs, points: history.after(since), ...viewOf(snapshot, report) });
  }

  return Object.assign(handler, { close: () => history.close() });
}

/**
 * @param {any} req
 * @param {any} res
 * @param {(nonce: string) => string} page
 * @param {boolean} allowed
 */
function sendPage(req, res, page, allowed) {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  res.statusCode = allowed ? 200 : 401;
  if (!allowed) res.setHeader('WWW-Authenticate', 'Bearer');
  res.setHeader('Content-Security-Policy', policy(nonce));
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  send(req, res, 'text/html; charset=utf-8', page(nonce));
}

/** @param {string} nonce */
function policy(nonce) {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** @param {any} req @param {any} res @param {string} type @param {string} text */
function send(req, res, type, text) {
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.end(req.method === 'HEAD' ? undefined : text);
}

exports.dashboard = dashboard;
