'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const helmet = require('helmet');
const headers = require('../../lib/headers');
const { expresses, raw, serve } = require('../helpers/server');

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** Every byte of a response but the date, in order. */
async function bytes(t, express, guard) {
  const app = express();
  app.use(guard);
  app.get('/', (req, res) => res.json({ ok: true }));
  app.use((error, req, res, _next) => res.status(500).json({ message: error.message }));
  const { port } = await serve(t, app);
  return (await raw(port, GET)).replace(/^Date: .*\r\n/m, '');
}

const csp = (contentSecurityPolicy) => ({ contentSecurityPolicy });
const directives = (list, more) => csp({ directives: list, ...more });
const switches = [
  'contentSecurityPolicy',
  'crossOriginEmbedderPolicy',
  'crossOriginOpenerPolicy',
  'crossOriginResourcePolicy',
  'originAgentCluster',
  'referrerPolicy',
  'strictTransportSecurity',
  'xContentTypeOptions',
  'xDnsPrefetchControl',
  'xDownloadOptions',
  'xFrameOptions',
  'xPermittedCrossDomainPolicies',
  'xPoweredBy',
  'xXssProtection',
  'hsts',
  'noSniff',
  'dnsPrefetchControl',
  'ieNoOpen',
  'frameguard',
  'permittedCrossDomainPolicies',
  'hidePoweredBy',
  'xssFilter',
];
const values = {
  crossOriginEmbedderPolicy: [{}, ...policies('require-corp', 'credentialless', 'unsafe-none')],
  crossOriginOpenerPolicy: [
    {},
    ...policies('same-origin', 'same-origin-allow-popups', 'noopener-allow-popups', 'unsafe-none'),
  ],
  crossOriginResourcePolicy: [{}, ...policies('same-origin', 'same-site', 'cross-origin')],
  referrerPolicy: [
    {},
    ...policies('no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin', ''),
    ...policies('origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'),
    ...policies(['no-referrer', 'strict-origin-when-cross-origin'], ['origin']),
  ],
  strictTransportSecurity: [
    {},
    ...[0, -0, 1, 1.5, 123.999, 31536000, 63072000].map((maxAge) => ({ maxAge })),
    { includeSubDomains: false },
    { preload: true },
    { maxAge: 60, includeSubDomains: false, preload: true },
  ],
  xDnsPrefetchControl: [{}, { allow: true }, { allow: false }],
  xFrameOptions: ['deny', 'DENY', 'sameorigin', 'SameOrigin', 'same-origin', 'SAME-ORIGIN']
    .map((action) => ({ action }))
    .concat({}),
  xPermittedCrossDomainPolicies: ['none', 'master-only', 'by-content-type', 'all']
    .map((permittedPolicies) => ({ permittedPolicies }))
    .concat({}),
};
const aliases = {
  hsts: 'strictTransportSecurity',
  dnsPrefetchControl: 'xDnsPrefetchControl',
  frameguard: 'xFrameOptions',
  permittedCrossDomainPolicies: 'xPermittedCrossDomainPolicies',
};

function policies(...list) {
  return list.map((policy) => ({ policy }));
}

const cases = [
  {},
  ...switches.flatMap((name) => [{ [name]: true }, { [name]: false }, { [name]: undefined }]),
  ...Object.entries(values).flatMap(([name, list]) => list.map((value) => ({ [name]: value }))),
  ...Object.entries(aliases).flatMap(([alias, name]) => values[name].map((value) => ({ [alias]: value }))),
  csp({}),
  csp({ reportOnly: true }),
  csp({ useDefaults: true, reportOnly: false }),
  directives({}),
  directives({ scriptSrc: ["'self'", 'https://cdn.example'] }),
  directives({ 'script-src': "'self' https://cdn.example" }),
  directives({ defaultSrc: ["'none'"], connectSrc: new Set(["'self'", 'wss://a.example']) }),
  directives({ upgradeInsecureRequests: null, fontSrc: null }),
  directives({ sandbox: [], reportUri: '/csp', reportTo: '' }),
  directives({ imgSrc: ["'self'", (req) => `https://${req.method.toLowerCase()}.example`] }),
  directives({ scriptSrc: [(req, res) => `'nonce-${res.locals.nonce}'`, "'strict-dynamic'"] }),
  directives({ defaultSrc: ["'self'"], 'img-src': '*' }, { useDefaults: false }),
  directives({ defaultSrc: ["'self'"], mediaSrc: [] }, { useDefaults: false, reportOnly: true }),
  directives({ someFutureDirective: ['a'] }),
];

for (const { name, express } of expresses) {
  test(`the preset helmet sends helmet's bytes, whatever the options (${name})`, async (t) => {
    for (const options of cases) {
      const theirs = await bytes(t, express, helmet(options));
      const ours = await bytes(t, express, headers({ preset: 'helmet', ...options }));
      assert.equal(ours, theirs, JSON.stringify(options));
    }
  });

  test(`the preset helmet with default-src disabled (${name})`, async (t) => {
    const of = (made) => ({ directives: { 'default-src': made.dangerouslyDisableDefaultSrc } });
    const theirs = await bytes(t, express, helmet(csp(of(helmet.contentSecurityPolicy))));
    const ours = headers({ preset: 'helmet', ...csp(of(headers.contentSecurityPolicy)) });
    assert.equal(await bytes(t, express, ours), theirs);
  });

  test(`an error of a dynamic value goes to next(error) (${name})`, async (t) => {
    const boom = () => {
      throw new Error('no host today');
    };
    const options = directives({ imgSrc: [boom] });
    const theirs = await bytes(t, express, helmet(options));
    const ours = await bytes(t, express, headers({ preset: 'helmet', ...options }));
    assert.match(theirs, /500 [^]*no host today/);
    assert.match(ours, /500 [^]*no host today/);
    assert.match(await bytes(t, express, headers(options)), /500 [^]*no host today/);
  });

  test(`in the preset helmet the application may change and remove fields (${name})`, async (t) => {
    const answers = [];
    for (const guard of [helmet(), headers({ preset: 'helmet' })]) {
      const app = express();
      app.use(guard);
      app.get('/', (req, res) => {
        res.removeHeader('X-Frame-Options');
        res.setHeader('Content-Security-Policy', "default-src 'none'");
        res.send('framed');
      });
      const { port } = await serve(t, app);
      answers.push((await raw(port, GET)).replace(/^Date: .*\r\n/m, ''));
    }
    assert.equal(answers[1], answers[0]);
    assert.doesNotMatch(answers[1], /X-Frame-Options/i);
  });
}

test('the default directives are those of helmet', () => {
  assert.deepEqual(
    headers.contentSecurityPolicy.getDefaultDirectives(),
    helmet.contentSecurityPolicy.getDefaultDirectives(),
  );
});
