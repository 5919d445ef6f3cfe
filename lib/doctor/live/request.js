'use strict';

const http = require('node:http');
const https = require('node:https');
const { isIP } = require('node:net');

/**
 * @typedef {object} Answer
 * @property {string} name such as `GET /login`
 * @property {string} path
 * @property {boolean} https
 * @property {number} status 0 where there was no answer
 * @property {Record<string, string | undefined>} headers in lower case, joined by `, `
 * @property {string[]} cookies
 * @property {string} body its first 256 KiB
 * @property {string | undefined} error why there is no answer
 *
 * @typedef {object} Asked
 * @property {string} [method]
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 */

const MAX_BODY = 256 * 1024;
const AGENT = 'hauberk-doctor';

const REASONS = Object.freeze({
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'the host has no address',
  EAI_AGAIN: 'the host could not be looked up',
  ENETUNREACH: 'the network cannot be reached',
  EHOSTUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'no answer in time',
  EPROTO: 'it does not speak TLS',
  HPE_HEADER_OVERFLOW: 'the head of the answer is too large',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
});

/** @param {unknown} error */
function reasonOf(error) {
  const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  if (Object.hasOwn(REASONS, code)) return REASONS[/** @type {keyof typeof REASONS} */ (code)];
  return code.startsWith('HPE_') ? 'what it answers is no HTTP' : `the request failed (${code || 'unknown'})`;
}

/**
 * One request to one host: no redirect is followed, time and bytes are bounded. It never fails; an answer that did
 * not come says why.
 *
 * @param {URL} base
 * @param {Asked} asked
 * @param {number} timeoutMs
 * @returns {Promise<Answer>}
 */
function request(base, { method = 'GET', path, headers = {}, body }, timeoutMs) {
  const secure = base.protocol === 'https:';
  const host = base.hostname.replace(/^\[|\]$/g, '');
  const answer = {
    name: `${method} ${path}`,
    path,
    https: secure,
    status: 0,
    headers: {},
    cookies: [],
    body: '',
  };
  return new Promise((resolve) => {
    let settled = false;
    const settle = (/** @type {Partial<Answer>} */ more) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      outgoing.destroy();
      resolve({ ...answer, error: undefined, ...more });
    };
    const outgoing = (secure ? https : http).request({
      host,
      // Of its own accord Node.js takes the Host header, which is forged in one request.
      servername: isIP(host) ? '' : host,
      port: base.port || (secure ? 443 : 80),
      method,
      path,
      agent: false,
      maxHeaderSize: 64 * 1024,
      headers: {
        Host: base.host,
        'User-Agent': AGENT,
        Accept: 'text/html, application/json;q=0.9, */*;q=0.8',
        ...(body === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    // A clock of our own: one that looks at idle sockets never ends a server that drips.
    const timer = setTimeout(() => settle({ error: `no answer within ${timeoutMs} ms` }), timeoutMs);
    outgoing.on('error', (error) => settle({ error: reasonOf(error) }));
    outgoing.on('response', (incoming) => {
      const head = {
        status: incoming.statusCode ?? 0,
        headers: fieldsOf(incoming.rawHeaders),
        cookies: incoming.headers['set-cookie'] ?? [],
      };
      let text = '';
      incoming.setEncoding('latin1');
      incoming.on('data', (chunk) => {
        text += chunk;
        if (text.length >= MAX_BODY) settle({ ...head, body: text.slice(0, MAX_BODY) });
      });
      incoming.on('end', () => settle({ ...head, body: text }));
      incoming.on('error', () => settle({ ...head, body: text }));
      clearTimeout(timer);
      const rest = setTimeout(() => settle({ ...head, body: text }), timeoutMs);
      incoming.on('close', () => {
        clearTimeout(rest);
        settle({ ...head, body: text });
      });
    });
    outgoing.end(body);
  });
}

/** @param {string[]} raw @returns {Record<string, string>} */
function fieldsOf(raw) {
  /** @type {Record<string, string>} */
  const fields = Object.create(null);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i].toLowerCase();
    fields[name] = fields[name] === undefined ? raw[i + 1] : `${fields[name]}, ${raw[i + 1]}`;
  }
  return fields;
}

module.exports = { request };
