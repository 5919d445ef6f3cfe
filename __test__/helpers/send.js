'use strict';

const http = require('node:http');

/**
 * fetch sets Sec-Fetch-* and refuses forbidden names; this sends what it is told.
 *
 * @param {number} port
 * @param {{ method?: string, path?: string, headers?: Record<string, string | string[]>, body?: string }} [request]
 * @returns {Promise<{ status: number, code: string | undefined, rule: number | undefined, text: string, headers: http.IncomingHttpHeaders }>}
 */
function send(port, { method = 'POST', path = '/', headers = {}, body = '' } = {}) {
  return new Promise((resolve, reject) => {
    const all = {
      Host: 'api.example',
      ...(body !== '' && { 'Content-Length': Buffer.byteLength(body) }),
      ...headers,
    };
    const req = http.request({ port, method, path, host: '127.0.0.1', headers: all, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      res.on('end', () => {
        const problem = res.headers['content-type']?.includes('problem+json') ? JSON.parse(text) : {};
        const { code, rule } = problem;
        resolve({ status: res.statusCode ?? 0, code, rule, text, headers: res.headers });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

module.exports = { send };
