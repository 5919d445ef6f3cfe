'use strict';

const crypto = require('node:crypto');
const { failure } = require('../failure');
const { observatory } = require('./observatory');
const { request } = require('./request');

/**
 * A server that runs, by harmless requests: what it is asked for is a page, a missing page, a broken body, a broken
 * path. All go to the one host, and no redirect is followed.
 *
 * @typedef {import('./request').Answer} Answer
 *
 * @typedef {object} Live
 * @property {URL} url
 * @property {boolean} local the host is this machine or a private address
 * @property {Record<string, Answer>} answers by what was asked
 * @property {Answer[]} ordinary those whose headers should all be alike
 * @property {Answer | undefined} plain what plain HTTP got, where the address is HTTPS
 * @property {'https' | 'elsewhere-first' | 'http-first' | 'none' | undefined} redirect
 * @property {import('../index').Observatory & { response: string }} observatory
 */

const FOREIGN = 'doctor.invalid';
const ORIGIN = `https://${FOREIGN}`;
const JSON_BODY = '{"doctor":true}';

/** @param {string} place of the address */
const REQUESTS = (place) =>
  Object.freeze(
    /** @type {Record<string, import('./request').Asked>} */ ({
      missing: { path: `/hauberk-doctor-${crypto.randomBytes(6).toString('hex')}` },
      malformedPath: { path: '/%E0%A4%A' },
      malformedJson: { method: 'POST', path: place, body: '{"doctor":' },
      json: { method: 'POST', path: place, body: JSON_BODY },
      prototype: { method: 'POST', path: place, body: '{"doctor":true,"__proto__":{"doctor":true}}' },
      origin: { path: place, headers: { Origin: ORIGIN } },
      forgedHost: { path: place, headers: { Host: FOREIGN } },
      forgedForwardedHost: { path: place, headers: { 'X-Forwarded-Host': FOREIGN } },
      trace: { method: 'TRACE', path: place, headers: { 'X-Doctor': 'echo-of-the-doctor' } },
      robots: { path: '/robots.txt' },
      favicon: { path: '/favicon.ico' },
      git: { path: '/.git/HEAD' },
      env: { path: '/.env' },
      manifest: { path: '/package.json' },
      lockfile: { path: '/package-lock.json' },
    }),
  );

/** @param {string} address @param {{ timeoutMs: number, paths: readonly string[] }} settings @returns {Promise<Live>} */
async function look(address, { timeoutMs, paths }) {
  const url = new URL(address);
  const place = url.pathname + url.search;
  const ask = (/** @type {import('./request').Asked} */ asked) => request(url, asked, timeoutMs);
  const base = await ask({ path: place });
  if (base.error !== undefined) throw failure(`${url.origin} gives no answer: ${base.error}`);
  /** @type {Record<string, Answer>} */
  const answers = { base };
  for (const [name, asked] of Object.entries(REQUESTS(place))) answers[name] = await ask(asked);
  const further = [];
  for (const path of paths) further.push(await ask({ path }));
  for (const path of scriptsOf(base)) answers[`map ${path}`] = await ask({ path: `${path}.map` });
  const local = isLocal(url.hostname);
  const plain = url.protocol === 'https:' ? await askPlain(url, place, timeoutMs) : base;
  const ordinary = [
    base,
    answers.missing,
    answers.malformedPath,
    answers.malformedJson,
    answers.robots,
    answers.favicon,
    ...further,
  ].filter(({ error }) => error === undefined);
  const live = { url, local, answers, ordinary, plain, redirect: redirectOf(plain, url) };
  return { ...live, observatory: worst(live) };
}

/** @param {URL} url @param {string} path @param {number} timeoutMs */
function askPlain(url, path, timeoutMs) {
  const plain = new URL(url);
  plain.protocol = 'http:';
  plain.port = '';
  return request(plain, { path }, timeoutMs);
}

/** @param {Answer} plain @param {URL} url @returns {Live['redirect']} */
function redirectOf(plain, url) {
  if (plain.error !== undefined) return undefined;
  if (![301, 302, 303, 307, 308].includes(plain.status)) return 'none';
  const to = plain.headers.location ?? '';
  if (!URL.canParse(to, `http://${url.host}`)) return 'none';
  const target = new URL(to, `http://${url.host}`);
  if (target.protocol !== 'https:') return 'http-first';
  return target.hostname === url.hostname ? 'https' : 'elsewhere-first';
}

/** @param {Omit<Live, 'observatory'>} live */
function worst({ url, local, answers, ordinary, redirect }) {
  const corsReflected = reflectsCredentials(answers.origin);
  const scored = ordinary.map((answer) => {
    const { headers, cookies, body, https, name } = answer;
    return {
      response: name,
      ...observatory({
        headers,
        cookies,
        body,
        https,
        redirect,
        corsReflected,
        local: local && url.protocol === 'http:',
      }),
    };
  });
  return scored.reduce((a, b) => (b.score < a.score ? b : a));
}

/** @param {Answer} answer */
function reflectsCredentials({ headers }) {
  return (
    headers['access-control-allow-origin'] === ORIGIN &&
    headers['access-control-allow-credentials'] === 'true'
  );
}

/** Scripts of the page's own host. @param {Answer} base */
function scriptsOf({ body, headers }) {
  if (!/html/i.test(headers['content-type'] ?? '')) return [];
  const found = [
    ...body.matchAll(/<script\b[^>]{0,500}?\ssrc\s*=\s*["']?(\/[^/"'\s>?#][^"'\s>?#]{0,200}\.m?js)\b/gi),
  ];
  return [...new Set(found.map(([, path]) => path))].filter((path) => /^[!-~]+$/.test(path)).slice(0, 3);
}

/** @param {string} host */
function isLocal(host) {
  return (
    /^(?:localhost|.*\.localhost|.*\.local|\[?::1\]?|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+)$/i.test(
      host,
    ) || /^172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+$|^\[f[cd][\da-f]{2}:/i.test(host)
  );
}

module.exports = { look, FOREIGN, ORIGIN, reflectsCredentials };
