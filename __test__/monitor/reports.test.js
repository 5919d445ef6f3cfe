'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const https = require('node:https');
const { test } = require('node:test');

const hauberk = require('../..');
const { HauberkError } = require('../../lib/internal/fault');
const { browser } = require('../helpers/browser');
const { selfSigned } = require('../helpers/certificates');
const { events } = require('../helpers/events');
const { expresses, raw, serve } = require('../helpers/server');

const SECRET = 'a secret of the tests, long enough: 0123456789';
const CSP = 'application/csp-report';
const REPORTS = 'application/reports+json';

/** A report in the form of `report-uri`. @param {any} [fields] */
const legacy = (fields) => ({
  'csp-report': {
    'document-uri': 'https://app.example/page?token=secret#part',
    'violated-directive': 'script-src-elem',
    'effective-directive': 'script-src-elem',
    'original-policy': "script-src 'self'",
    disposition: 'enforce',
    'blocked-uri': 'https://evil.example/x.js?user=1',
    'source-file': 'https://app.example/page',
    'line-number': 10,
    'column-number': 4,
    ...fields,
  },
});

/** One of the Reporting API. @param {any} [fields] */
const modern = (fields) => ({
  type: 'csp-violation',
  age: 53,
  url: 'https://app.example/page',
  user_agent: 'Mozilla/5.0',
  body: {
    documentURL: 'https://app.example/page',
    effectiveDirective: 'img-src',
    blockedURL: 'https://images.example/a.png',
    disposition: 'report',
    ...fields,
  },
});

/**
 * @param {import('node:test').TestContext} t
 * @param {any} options
 * @param {any} [express]
 * @param {(app: any) => void} [before]
 */
async function receiver(t, options, express = expresses[1].express, before = () => {}) {
  const seen = events(t);
  const handler = hauberk.monitor.reports(options);
  const app = express();
  before(app);
  app.use('/reports', handler);
  const { url, port } = await serve(t, app);
  const send = async (/** @type {any} */ body, type = REPORTS, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${url}/reports`, {
      method: 'POST',
      headers: { 'Content-Type': type, ...headers },
      body: text,
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const told = () => seen().filter(({ code }) => code === undefined);
  return { handler, send, told, url, port };
}

for (const { name, express } of expresses) {
  test(`${name}: both forms of a CSP report become the same kind of event`, async (t) => {
    const { send, told, handler } = await receiver(t, {}, express);
    assert.equal(await send(legacy(), CSP), 204);
    assert.equal(await send([modern()]), 204);
    const [one, two] = told();
    assert.equal(one.event, 'malicious_csp_violation');
    assert.equal(one.practice, 'monitor');
    assert.equal(
      one.detail,
      'script-src-elem blocked https://evil.example/x.js on https://app.example/page at https://app.example/page:10:4',
    );
    assert.equal(two.detail, 'img-src would block https://images.example/a.png on https://app.example/page');
    assert.deepEqual(handler.stats().told, 2);
  });

  test(`${name}: behind the guard, and behind parsers that have read the body already`, async (t) => {
    const guard = hauberk({ secret: SECRET, privileges: false });
    t.after(() => guard.close());
    const parsers = {
      guard,
      json: express.json({ type: ['application/csp-report', 'application/reports+json'] }),
      text: express.text({ type: () => true }),
      raw: express.raw({ type: () => true }),
    };
    for (const [parser, before] of Object.entries(parsers)) {
      const { send, handler } = await receiver(t, {}, express, (app) => app.use(before));
      assert.equal(await send(legacy(), CSP, { 'Sec-Fetch-Site': 'cross-site' }), 204, parser);
      assert.equal(await send([modern()], REPORTS), 204, parser);
      assert.equal(handler.stats().told, 2, parser);
    }
  });
}

test('other reports of the Reporting API are told with what they say', async (t) => {
  const { send, told } = await receiver(t, {});
  const body = {
    id: 'PrefixedStorageInfo',
    message: 'is deprecated',
    sourceFile: 'https://a.example/x.js?v=1',
    lineNumber: 3,
  };
  await send([{ type: 'deprecation', url: 'https://a.example/?q=secret', body }]);
  await send([
    { type: 'network-error', url: 'https://a.example/', body: { phase: 'connection', type: 'tcp.reset' } },
  ]);
  assert.deepEqual(
    told().map(({ event, detail }) => [event, detail]),
    [
      [
        'sys_browser_report',
        'deprecation (PrefixedStorageInfo: is deprecated) on https://a.example/ at https://a.example/x.js:3',
      ],
      ['sys_browser_report', 'network-error (tcp.reset: connection) on https://a.example/'],
    ],
  );
});

test('equal reports are told once, and counted', async (t) => {
  /** @type {any[]} */
  const handed = [];
  const { send, told, handler } = await receiver(t, {
    onReport: (/** @type {any} */ one) => handed.push(one),
  });
  for (let i = 0; i < 5; i += 1) await send([modern(), modern()]);
  assert.equal(told().length, 1);
  assert.equal(handed.length, 1);
  assert.equal(handed[0].repeats, 0);
  assert.deepEqual([handler.stats().received, handler.stats().told, handler.stats().repeated], [10, 1, 9]);
});

test('dedupeMs: 0 tells every report', async (t) => {
  const { send, told } = await receiver(t, { dedupeMs: 0 });
  await send([modern(), modern(), modern()]);
  assert.equal(told().length, 3);
});

test('the memory of what was told is bounded', async (t) => {
  const { send, handler } = await receiver(t, { maxReports: 1000, perMinute: 1000, maxBytes: '1mb' });
  for (let i = 0; i < 3; i += 1) {
    const many = Array.from({ length: 700 }, (_, n) => modern({ blockedURL: `https://a.example/${i}/${n}` }));
    assert.equal(await send(many), 204);
  }
  assert.equal(handler.stats().told, 2100);
  assert.equal(handler.stats().remembered, 1000);
});

test('rate limited by client, with Retry-After', async (t) => {
  const { url, handler } = await receiver(t, { perMinute: 1 });
  const statuses = [];
  let after;
  for (let i = 0; i < 5; i += 1) {
    const answer = await fetch(`${url}/reports`, {
      method: 'POST',
      headers: { 'Content-Type': CSP },
      body: JSON.stringify(legacy()),
    });
    statuses.push(answer.status);
    after = answer.headers.get('retry-after') ?? after;
  }
  assert.equal(statuses[0], 204);
  assert.ok(statuses.includes(429));
  assert.ok(Number(after) >= 1 && Number(after) <= 60);
  assert.ok(handler.stats().refused >= 1);
});

test('all clients together are limited too', async (t) => {
  const { url } = await receiver(t, { totalPerMinute: 1 }, expresses[1].express, (app) =>
    app.use(hauberk.client({ trustProxy: 'private' })),
  );
  const statuses = [];
  for (let i = 0; i < 5; i += 1) {
    const answer = await fetch(`${url}/reports`, {
      method: 'POST',
      headers: { 'Content-Type': CSP, 'X-Forwarded-For': `198.18.${i}.1` },
      body: JSON.stringify(legacy()),
    });
    statuses.push(answer.status);
  }
  assert.equal(statuses[0], 204);
  assert.ok(statuses.includes(429));
});

test('what is no report is refused: method, type, size, form', async (t) => {
  const { send, url, handler } = await receiver(t, { maxBytes: 2048 });
  const get = await fetch(`${url}/reports`);
  assert.equal(get.status, 405);
  assert.equal(get.headers.get('allow'), 'POST, OPTIONS');
  assert.equal(await send(legacy(), 'application/json'), 415);
  assert.equal(await send(legacy(), 'text/plain'), 415);
  assert.equal(await send(legacy(), CSP, { 'Content-Encoding': 'gzip' }), 415);
  assert.equal(await send('x'.repeat(2049), CSP), 413);
  for (const body of [
    '',
    '{',
    'null',
    '7',
    '"x"',
    '[]',
    '{}',
    '[null]',
    '[[]]',
    '[{"type":"x"}]',
    '{"csp-report":7}',
  ]) {
    assert.equal(await send(body, CSP), 400, body);
  }
  assert.equal(await send('['.repeat(2000), CSP), 400);
  assert.equal(handler.stats().told, 0);
});

test('a body without a length is read only as far as it may go', async (t) => {
  const { port } = await receiver(t, { maxBytes: 2048 });
  const status = await new Promise((resolve, reject) => {
    const req = http.request(
      { port, host: '127.0.0.1', method: 'POST', path: '/reports', headers: { 'Content-Type': CSP } },
      (res) => {
        res.resume();
        resolve(res.statusCode);
        req.destroy();
      },
    );
    req.on('error', (error) => reject(error));
    // Never ended.
    req.write('x'.repeat(4096));
  });
  assert.equal(status, 413);
});

test('a slow body times out', async (t) => {
  const { port } = await receiver(t, { timeoutMs: 100 });
  const head = `POST /reports HTTP/1.1\r\nHost: a\r\nContent-Type: ${CSP}\r\nContent-Length: 100\r\n\r\n{`;
  const answer = await raw(port, head);
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.match(answer, /connection: close/i);
});

test('only so many reports of a body are looked at', async (t) => {
  const { send, handler } = await receiver(t, { maxReports: 2 });
  const many = ['a', 'b', 'c', 'd'].map((word) => modern({ blockedURL: `https://${word}.example/` }));
  assert.equal(await send(many), 204);
  assert.equal(handler.stats().told, 2);
  assert.equal(handler.stats().surplus, 2);
});

test('origins: reports of other documents are counted, not told', async (t) => {
  const { send, told, handler, url } = await receiver(t, { origins: ['https://app.example'] });
  assert.equal(await send([modern(), modern({ documentURL: 'https://other.example/' })]), 204);
  assert.equal(await send([modern({ documentURL: 'about:blank' })]), 204);
  assert.equal(told().length, 1);
  assert.equal(handler.stats().foreign, 2);
  const own = await fetch(`${url}/reports`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://app.example' },
  });
  assert.equal(own.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.equal(own.headers.get('vary'), 'Origin');
  const other = await fetch(`${url}/reports`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://other.example' },
  });
  assert.equal(other.headers.get('access-control-allow-origin'), null);
});

test('a preflight is answered', async (t) => {
  const { url } = await receiver(t, {});
  const answer = await fetch(`${url}/reports`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
  });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.equal(answer.headers.get('access-control-allow-headers'), 'Content-Type');
});

test('log injection: CR, LF, ANSI, bidi and very long values of a report are harmless', async (t) => {
  const { send, told } = await receiver(t, { maxBytes: '1mb' });
  const evil = 'x\r\n2026-01-01 {"event":"forged"}\u001b[2J\u202e\u2028\u0000';
  await send(
    legacy({
      'blocked-uri': evil,
      'effective-directive': evil,
      'source-file': evil,
      'script-sample': evil,
      'document-uri': evil,
      'line-number': 'x',
    }),
    CSP,
  );
  await send([{ type: evil, url: evil, body: { id: evil, message: 'y'.repeat(100_000), lineNumber: -1 } }]);
  await send([modern({ blockedURL: `https://a.example/${'z'.repeat(50_000)}`, sample: 'é'.repeat(500) })]);
  assert.equal(told().length, 3);
  for (const { detail } of told()) {
    assert.doesNotMatch(detail, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    assert.ok(detail.length < 1000, String(detail.length));
  }
});

test('secrets in URLs, data: URLs and paths of a disk do not get into the log', async (t) => {
  const { send, told } = await receiver(t, {});
  for (const url of [
    'https://user:hunter2@a.example/p?token=hunter2#hunter2',
    'data:text/plain,hunter2',
    'blob:https://a.example/hunter2',
    'file:///home/hunter2/x.js',
    'chrome-extension://abcdefghijklmnop/hunter2.js',
    'inline?hunter2',
  ]) {
    await send([modern({ blockedURL: url, documentURL: url, sourceFile: url })]);
  }
  assert.ok(told().length >= 5);
  for (const { detail } of told()) assert.doesNotMatch(detail, /hunter2/);
});

test('prototype keys and odd types in a report do nothing', async (t) => {
  const { send, told } = await receiver(t, {});
  await send(
    '[{"type":"csp-violation","__proto__":{"polluted":1},"body":{"__proto__":{"polluted":1},"blockedURL":{}}}]',
  );
  await send([{ type: 'x', url: 7, body: { message: ['a'], toString: 1 } }]);
  assert.equal(told().length, 2);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

test('a listener that throws is a warning, not the end of the process', async (t) => {
  const { send, told } = await receiver(t, {
    onReport: (/** @type {any} */ { type }) => {
      if (type === 'csp-violation') throw new Error('not expected');
      return Promise.reject(new Error('nor this'));
    },
  });
  assert.equal(await send([modern()]), 204);
  assert.equal(await send([{ type: 'x', body: {} }]), 204);
  assert.equal(told().length, 2);
});

test('options: what is misspelt or out of range throws', () => {
  const bad = (/** @type {any} */ options, /** @type {RegExp} */ message) =>
    assert.throws(
      () => hauberk.monitor.reports(options),
      (error) => error instanceof HauberkError && message.test(error.message),
    );
  bad({ maxByte: 1 }, /did you mean maxBytes/);
  for (const value of [0, 1023, '2mb', 'x', -1, NaN]) bad({ maxBytes: value }, /maxBytes/);
  for (const name of ['maxReports', 'perMinute', 'totalPerMinute']) {
    for (const value of [0, -1, 1.5, '5', Infinity]) bad({ [name]: value }, new RegExp(name));
  }
  bad({ origins: ['app.example'] }, /origins/);
  bad({ origins: 'https://app.example' }, /origins/);
  bad({ onReport: 'log' }, /onReport/);
  bad([], /options object/);
});

test(
  'Chromium reports violations by report-uri and by Reporting-Endpoints',
  { timeout: 180_000 },
  async (t) => {
    // Reports are otherwise sent after a minute, and not at all to a server whose certificate nobody vouches for.
    const chromium = await browser(t, ['--short-reporting-delay', '--ignore-certificate-errors']);
    if (chromium === undefined) return t.skip('chromium is not installed');
    const express = expresses[1].express;
    const app = express();
    /** @type {any[]} */
    const handed = [];
    /** @type {() => void} */
    let wake = () => {};
    const handler = hauberk.monitor.reports({
      onReport: (/** @type {any} */ report, /** @type {any} */ req) => {
        handed.push({ ...report, by: req.headers['content-type'] });
        wake();
      },
    });
    app.use('/reports', handler);
    const page = (/** @type {string} */ directive) => (/** @type {any} */ _req, /** @type {any} */ res) => {
      res.setHeader('Content-Security-Policy', `script-src 'none'; ${directive}`);
      res.setHeader('Reporting-Endpoints', 'main="/reports"');
      res
        .type('html')
        .send('<p>a</p><script>document.title = "ran"</script><script src="/other.js"></script>');
    };
    app.get('/by-uri', page('report-uri /reports'));
    app.get('/by-endpoint', page('report-to main'));
    const server = https.createServer(selfSigned(), app);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const context = await chromium.newContext();
    for (const [path, type] of [
      ['/by-uri', CSP],
      ['/by-endpoint', REPORTS],
    ]) {
      const tab = await context.newPage();
      await tab.goto(`https://localhost:${port}${path}`);
      assert.notEqual(await tab.title(), 'ran');
      const ofPath = () =>
        handed.filter(({ document, by }) => document.endsWith(path) && by.startsWith(type));
      while (ofPath().length < 2) {
        await new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      }
      const blocked = ofPath().map((report) => report.blocked);
      assert.deepEqual(blocked.sort(), [`https://localhost:${port}/other.js`, 'inline']);
      for (const report of ofPath()) {
        assert.equal(report.directive, 'script-src-elem');
        assert.equal(report.disposition, 'enforce');
        assert.equal(report.origin, `https://localhost:${port}`);
      }
      await tab.close();
    }
    assert.equal(handler.stats().refused, 0);
  },
);
