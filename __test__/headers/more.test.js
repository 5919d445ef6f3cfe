'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { test } = require('node:test');
const headers = require('../../lib/headers');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

const OPTIONS = {
  permissionsPolicy: {
    features: {
      camera: [],
      geolocation: ['self', 'https://maps.example'],
      displayCapture: ['src'],
      fullscreen: '*',
    },
  },
  reportingEndpoints: { csp: '/reports/csp', 'co-op': 'https://reports.example/coop?a=b' },
  crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups', reportTo: 'co-op' },
  crossOriginOpenerPolicyReportOnly: { policy: 'same-origin', reportTo: 'co-op' },
  crossOriginEmbedderPolicyReportOnly: true,
};

for (const { name, express } of expresses) {
  test(`${name}: the fields leave, on errors too, in every preset`, async (t) => {
    for (const preset of ['auto', 'api', 'site', 'helmet']) {
      const app = express();
      app.use(headers({ ...OPTIONS, preset }));
      app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.send('<p>page'));
      app.get('/error', () => {
        throw Object.assign(new Error('no'), { status: 500 });
      });
      app.set('env', 'test');
      const { url } = await serve(t, app);
      for (const path of ['/', '/error', '/none']) {
        const fields = (await fetch(url + path)).headers;
        const where = `${preset} ${path}`;
        assert.equal(
          fields.get('permissions-policy'),
          'camera=(), geolocation=(self "https://maps.example"), display-capture=(src), fullscreen=*',
          where,
        );
        assert.equal(
          fields.get('reporting-endpoints'),
          'csp="/reports/csp", co-op="https://reports.example/coop?a=b"',
          where,
        );
        assert.equal(
          fields.get('cross-origin-opener-policy'),
          'same-origin-allow-popups; report-to="co-op"',
          where,
        );
        assert.equal(
          fields.get('cross-origin-opener-policy-report-only'),
          'same-origin; report-to="co-op"',
          where,
        );
        assert.equal(fields.get('cross-origin-embedder-policy-report-only'), 'require-corp', where);
        assert.equal(fields.get('cross-origin-embedder-policy'), null, where);
      }
    }
  });

  test(`${name}: mode report sends each once, under its reporting name`, async (t) => {
    const app = express();
    app.use(headers({ ...OPTIONS, mode: 'report' }));
    const { url } = await serve(t, app);
    const fields = (await fetch(url)).headers;
    assert.equal(fields.get('permissions-policy'), null);
    assert.match(String(fields.get('permissions-policy-report-only')), /^camera=\(\)/);
    assert.match(String(fields.get('reporting-endpoints')), /^csp=/);
    assert.equal(
      fields.get('cross-origin-opener-policy-report-only'),
      'same-origin-allow-popups; report-to="co-op"',
    );
  });

  test(`${name}: clearSiteData`, async (t) => {
    const app = express();
    app.use(headers());
    app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) => {
      headers.clearSiteData(res);
      res.end();
    });
    app.get('/all', (/** @type {any} */ _req, /** @type {any} */ res) => {
      headers.clearSiteData(res, '*');
      res.end();
    });
    const { url } = await serve(t, app);
    assert.equal((await fetch(url)).headers.get('clear-site-data'), '"cache", "cookies", "storage"');
    assert.equal((await fetch(`${url}/all`)).headers.get('clear-site-data'), '"*"');
  });
}

for (const preset of ['auto', 'site', 'helmet']) {
  test(`${preset}: one policy blocks, a second reports, both with the nonce of the response`, async (t) => {
    const { express } = expresses[1];
    const app = express();
    app.use(
      headers({
        preset,
        contentSecurityPolicy: { directives: { scriptSrc: ["'self'", "'nonce'"] } },
        contentSecurityPolicyReportOnly: {
          useDefaults: false,
          directives: { defaultSrc: "'none'", scriptSrc: ["'nonce'", "'strict-dynamic'"], reportTo: 'csp' },
        },
        reportingEndpoints: { csp: '/reports' },
      }),
    );
    app.get('/', (_req, res) => res.type('html').send(`<script nonce="${res.locals.cspNonce}"></script>`));
    app.get('/error', (_req, res) => {
      assert.ok(res.locals.cspNonce);
      res.removeHeader('Content-Security-Policy-Report-Only');
      res.status(500).type('html').send('failed');
    });
    app.get('/own', (_req, res) => {
      res.set('Content-Security-Policy-Report-Only', "default-src 'self'").type('html').send('own');
    });
    app.get('/fresh', (_req, res) => res.status(304).end());
    app.get('/json', (_req, res) => res.json({}));
    const { url } = await serve(t, app);
    const page = await fetch(url);
    const nonce = /nonce="([^"]+)"/.exec(await page.text())?.[1];
    assert.ok(nonce);
    assert.ok(page.headers.get('content-security-policy')?.includes(`script-src 'self' 'nonce-${nonce}'`));
    assert.equal(
      page.headers.get('content-security-policy-report-only')?.replaceAll('; ', ';'),
      `default-src 'none';script-src 'nonce-${nonce}' 'strict-dynamic';report-to csp`,
    );
    const failed = (await fetch(`${url}/error`)).headers;
    assert.match(
      String(failed.get('content-security-policy-report-only')),
      /'nonce-[\w+/=-]{22,}' 'strict-dynamic'/,
    );
    const own = (await fetch(`${url}/own`)).headers;
    assert.equal(own.get('content-security-policy-report-only'), "default-src 'self'");
    const fresh = (await fetch(`${url}/fresh`)).headers;
    assert.doesNotMatch(String(fresh.get('content-security-policy-report-only')), /nonce/);
    const json = (await fetch(`${url}/json`)).headers.get('content-security-policy-report-only');
    assert.equal(json === null, preset === 'auto');
  });
}

test('contentSecurityPolicyReportOnly: dry run leaves it out, bad values throw', async (t) => {
  const { express } = expresses[1];
  const app = express();
  app.use(
    headers({
      mode: 'report',
      contentSecurityPolicyReportOnly: { directives: { imgSrc: 'https://a.example' } },
    }),
  );
  const { url } = await serve(t, app);
  const sent = (await fetch(url)).headers.get('content-security-policy-report-only') ?? '';
  assert.ok(sent.length > 0 && !sent.includes('a.example'));
  for (const value of [true, null, [], 'x', 1]) refused({ contentSecurityPolicyReportOnly: value });
  refused({ contentSecurityPolicyReportOnly: { reportOnly: true } }, 'ERR_HAUBERK_OPTION_UNKNOWN');
  refused({ contentSecurityPolicy: { reportOnly: true }, contentSecurityPolicyReportOnly: {} });
  refused(
    { contentSecurityPolicyReportOnly: { directives: { scriptSrc: 'self' } } },
    'ERR_HAUBERK_HEADERS_DIRECTIVE',
  );
});

test('permissionsPolicy: true denies, nothing by default', async (t) => {
  const { express } = expresses[1];
  const app = express();
  app.use('/on', headers({ permissionsPolicy: true }));
  app.use('/off', headers());
  const { url } = await serve(t, app);
  const on = (await fetch(`${url}/on`)).headers.get('permissions-policy') ?? '';
  assert.ok(on.split(', ').every((one) => /^[a-z-]+=\(\)$/.test(one)) && on.includes('microphone=()'));
  assert.equal((await fetch(`${url}/off`)).headers.get('permissions-policy'), null);
});

/** @param {any} options @param {string} [code] @param {RegExp} [message] */
function refused(options, code = 'ERR_HAUBERK_OPTION_INVALID', message = /./) {
  assert.throws(() => headers(options), { code, message }, JSON.stringify(options));
}

test('permissionsPolicy: bad values, one by one', () => {
  for (const features of [{}, [], null, 'camera', 1, undefined]) refused({ permissionsPolicy: { features } });
  const bad = [
    "'self'",
    'none',
    '',
    'https://a b',
    'https://a"',
    'https://a/path',
    'https://a\r\nX: y',
    'a,b',
    1,
    null,
  ];
  for (const source of bad) refused({ permissionsPolicy: { features: { camera: [source] } } });
  for (const list of ['self', null, true, {}, 1])
    refused({ permissionsPolicy: { features: { camera: list } } });
  refused({ permissionsPolicy: { features: { displayCapture: [], 'display-capture': [] } } });
  refused({ permissionsPolicy: { features: { camra: [] } } }, 'ERR_HAUBERK_OPTION_UNKNOWN', /camera/);
  refused({ permissionsPolicy: { features: { 'a=(), b': [] } } }, 'ERR_HAUBERK_OPTION_UNKNOWN');
  refused({ permissionsPolicy: { feature: {} } }, 'ERR_HAUBERK_OPTION_UNKNOWN', /features/);
});

test('reportingEndpoints: bad values, one by one', () => {
  for (const value of [true, {}, [], null, 'https://a.example', 1]) refused({ reportingEndpoints: value });
  const bad = [
    'http://a.example',
    '//evil.example',
    '/\\evil',
    'reports',
    '',
    'https://',
    'https://a"b',
    '/a\r\nX: y',
    1,
  ];
  for (const url of bad) refused({ reportingEndpoints: { csp: url } });
  for (const name of ['', 'Csp', 'a b', 'a="x", b', '1']) refused({ reportingEndpoints: { [name]: '/r' } });
  refused({ crossOriginOpenerPolicyReportOnly: { reportTo: 'a"; x' } });
});

test('nel: with the group that it names, over HTTPS only and not for addresses; also in dry run', async (t) => {
  const { express } = expresses[1];
  const nel = { url: 'https://reports.example/nel', maxAge: 60, successFraction: 0.05, failureFraction: 0.5 };
  const app = express().set('trust proxy', 'loopback');
  app.use('/all', headers({ nel: { ...nel, includeSubDomains: true } }));
  app.use('/dry', headers({ nel: { url: '/nel' }, mode: 'report' }));
  app.use('/off', headers({ nel: false }));
  const { port } = await serve(t, app);
  const fieldsOf = async (/** @type {string} */ path, host = 'app.example', proto = 'https') => {
    const { headers: fields } = await send(port, {
      method: 'GET',
      path,
      headers: { Host: host, 'X-Forwarded-Proto': proto },
    });
    return [fields.nel, fields['report-to']].map((text) => text && JSON.parse(String(text)));
  };
  assert.deepEqual(await fieldsOf('/all'), [
    {
      report_to: 'nel',
      max_age: 60,
      include_subdomains: true,
      success_fraction: 0.05,
      failure_fraction: 0.5,
    },
    {
      group: 'nel',
      max_age: 60,
      include_subdomains: true,
      endpoints: [{ url: 'https://reports.example/nel' }],
    },
  ]);
  assert.deepEqual(await fieldsOf('/dry'), [
    { report_to: 'nel', max_age: 2_592_000 },
    { group: 'nel', max_age: 2_592_000, endpoints: [{ url: '/nel' }] },
  ]);
  for (const none of [
    fieldsOf('/off'),
    fieldsOf('/all', '192.0.2.1'),
    fieldsOf('/all', 'app.example', 'http'),
  ]) {
    assert.deepEqual(await none, [undefined, undefined]);
  }
});

test('nel: bad values, one by one', () => {
  const url = 'https://reports.example/nel';
  for (const value of [
    true,
    null,
    [],
    'x',
    1,
    {},
    { url: 'http://a.example' },
    { url: '//a.example' },
    { url: 1 },
  ])
    refused({ nel: value });
  for (const maxAge of [-1, 0.5, Number.NaN, 31_536_001, '60', null]) refused({ nel: { url, maxAge } });
  for (const share of [-0.1, 1.1, Number.NaN, '1', null, true]) {
    refused({ nel: { url, successFraction: share } });
    refused({ nel: { url, failureFraction: share } });
  }
  refused({ nel: { url, includeSubDomains: 1 } });
  refused({ nel: { url, includeSubdomains: true } }, 'ERR_HAUBERK_OPTION_UNKNOWN', /includeSubDomains/);
  refused({ nelReportTo: { url } }, 'ERR_HAUBERK_OPTION_UNKNOWN');
});

test('clearSiteData and integrity name bad arguments', () => {
  const res = /** @type {any} */ ({ setHeader: () => assert.fail('nothing is to be set') });
  for (const kinds of [[], ['cookie'], ['"*"'], 'cookies', null, {}, [1]]) {
    assert.throws(() => headers.clearSiteData(res, /** @type {any} */ (kinds)), {
      code: 'ERR_HAUBERK_ARGUMENT',
    });
  }
  for (const content of [undefined, null, 1, {}, [], '\ud800']) {
    assert.throws(() => headers.integrity(/** @type {any} */ (content)), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  for (const algorithm of ['md5', 'sha1', 'SHA384', null, '']) {
    assert.throws(() => headers.integrity('x', /** @type {any} */ (algorithm)), {
      code: 'ERR_HAUBERK_ARGUMENT',
    });
  }
});

test('integrity: known answers', (t) => {
  // The example of the Subresource Integrity recommendation, 3.2.1.
  assert.equal(
    headers.integrity("alert('Hello, world.');"),
    'sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO',
  );
  assert.equal(headers.integrity(Buffer.from('')), headers.integrity(''));
  try {
    const other = execFileSync('openssl', ['dgst', '-sha512', '-binary'], { input: 'gr\u00fcn' }).toString(
      'base64',
    );
    assert.equal(headers.integrity('gr\u00fcn', 'sha512'), `sha512-${other}`);
  } catch (error) {
    if (/** @type {any} */ (error).code !== 'ENOENT') throw error;
    t.skip('openssl is not installed');
  }
});
