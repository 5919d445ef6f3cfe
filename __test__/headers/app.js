'use strict';

/** The application whose answers the tests of presets and nonces look at. */

const http = require('node:http');
const https = require('node:https');
const headers = require('../../lib/headers');

const API_POLICY = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

/** A request with any Host, which fetch does not allow. */
function get(url, path, fields = {}, more = {}) {
  return new Promise((resolve, reject) => {
    const client = url.startsWith('https') ? https : http;
    const request = client.get(
      url + path,
      { headers: { host: 'app.example', ...fields }, ...more },
      (res) => {
        let body = '';
        res.setEncoding('utf8').on('data', (text) => (body += text));
        res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body }));
      },
    );
    request.on('error', reject);
  });
}

function appWith(express, options, trust) {
  const app = express();
  if (trust !== undefined) app.set('trust proxy', trust);
  app.use(headers(options));
  app.get('/json', (req, res) => res.json({ ok: true }));
  app.get('/page', (req, res) => res.send('<p>plain'));
  app.get('/nonce', (req, res) => res.send(`<script nonce="${res.locals.cspNonce}">1</script>`));
  app.get('/nonce-plain', (req, res) => res.type('text').send(res.locals.cspNonce));
  app.get('/cached', (req, res) => {
    res.set('Cache-Control', req.query.control).send(`<script nonce="${res.locals.cspNonce}">1</script>`);
  });
  app.get('/own', (req, res) => res.set('Content-Security-Policy', "default-src 'self'").send('<p>own'));
  app.get('/stale', (req, res) => {
    if (res.locals.cspNonce) res.status(304).end();
  });
  app.get('/powered', (req, res) => res.set('Server', 'app/1').set('X-Powered-By', 'PHP').end());
  return app;
}

module.exports = { API_POLICY, appWith, get };
