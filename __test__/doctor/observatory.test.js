'use strict';

/** Each modifier of the HTTP Observatory's arithmetic, one response each. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { observatory } = require('../../lib/doctor');

const GOOD = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};
const HELMET_CSP =
  "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests";

/** @param {object} more @param {Record<string, string | undefined>} [headers] */
function judge(more, headers = {}) {
  return observatory({ https: true, redirect: 'https', headers: { ...GOOD, ...headers }, ...more });
}

/** @param {string} name @param {object} more @param {Record<string, string | undefined>} [headers] */
function modifier(name, more, headers) {
  return judge(more, headers).tests.find((one) => one.test === name)?.modifier;
}

test('a bare server scores 30, the defaults of helmet 130, a strict nonce policy with COEP 150', () => {
  assert.deepEqual(
    (({ score, grade }) => [score, grade])(observatory({ https: true, redirect: 'https', headers: {} })),
    [30, 'D'],
  );
  const helmet = {
    'content-security-policy': HELMET_CSP,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'SAMEORIGIN',
  };
  assert.equal(judge({}, helmet).score, 130);
  const strict = {
    ...helmet,
    'content-security-policy':
      "default-src 'none'; script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'; frame-ancestors 'none'",
    'cross-origin-embedder-policy': 'require-corp',
  };
  assert.equal(judge({}, strict).score, 150);
});

for (const [policy, expected] of /** @type {[string | undefined, number][]} */ ([
  ["default-src 'none'", 10],
  ["default-src 'self'", 5],
  ["default-src 'none'; style-src 'unsafe-inline'", 0],
  ["default-src 'self'; style-src https:", 0],
  ["default-src 'self'; img-src http:", -10],
  ["default-src 'self'; media-src http://media.example", -10],
  ["default-src 'self'; script-src 'self' 'unsafe-eval'", -10],
  ["default-src 'self'; script-src 'unsafe-inline'", -20],
  ["default-src 'self' data:", -20],
  ["default-src *; object-src 'none'", -20],
  ["script-src 'self'", -20],
  ["default-src 'self'; object-src https:", -20],
  ["default-src 'self'; script-src http://cdn.example", -20],
  ["default-src 'self'; connect-src http://api.example", -20],
  ["default-src 'self'; script-src 'nonce-abc' 'unsafe-inline'", 5],
  ["default-src 'self'; script-src 'sha256-abc=' 'unsafe-inline'", 5],
  ["default-src 'self'; script-src 'strict-dynamic'", -25],
  ["default-src 'self'; default-src 'none'", -25],
  [';;', -25],
  ['', -25],
  [undefined, -25],
])) {
  test(`Content-Security-Policy ${policy}: ${expected}`, () => {
    assert.equal(modifier('content-security-policy', {}, { 'content-security-policy': policy }), expected);
  });
}

test('a policy that only reports is as none; one in a meta element of the page counts', () => {
  const headers = {
    'content-security-policy': undefined,
    'content-security-policy-report-only': "default-src 'none'",
  };
  assert.equal(modifier('content-security-policy', {}, headers), -25);
  const body = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`;
  const page = { 'content-security-policy': undefined, 'content-type': 'text/html' };
  assert.equal(modifier('content-security-policy', { body }, page), 10);
  assert.equal(modifier('content-security-policy', { body }, { ...page, 'content-type': 'text/plain' }), -25);
});

for (const [cookies, hsts, expected] of /** @type {[string[], boolean, number][]} */ ([
  [[], true, 0],
  [['sid=1; Secure; HttpOnly; SameSite=Lax'], true, 5],
  [['theme=dark; Secure; SameSite=Strict'], true, 5],
  [['sid=1; Secure; HttpOnly'], true, 0],
  [['theme=dark; SameSite=Lax'], true, -5],
  [['sid=1; HttpOnly; SameSite=Lax'], true, -10],
  [['theme=dark; SameSite=Lax'], false, -20],
  [['theme=dark; Secure; SameSite=Maybe'], true, -20],
  [['theme=dark; SameSite=None'], true, -20],
  [['csrf-token=1; Secure'], true, -20],
  [['sid=1; Secure; SameSite=Lax'], true, -30],
  [['sid=1; HttpOnly; SameSite=Lax'], false, -40],
  [['sid=1; Secure; HttpOnly; SameSite=Lax', 'theme=dark; SameSite=Lax'], true, -5],
])) {
  test(`cookies ${cookies.join(' and ') || 'none'}${hsts ? '' : ' without HSTS'}: ${expected}`, () => {
    const headers = hsts ? {} : { 'strict-transport-security': undefined };
    assert.equal(modifier('cookies', { cookies }, headers), expected);
  });
}

for (const [name, field, value, expected] of /** @type {[string, string, string | undefined, number][]} */ ([
  ['referrer-policy', 'referrer-policy', 'no-referrer', 5],
  ['referrer-policy', 'referrer-policy', 'same-origin', 5],
  ['referrer-policy', 'referrer-policy', 'strict-origin', 5],
  ['referrer-policy', 'referrer-policy', 'unsafe-url, strict-origin-when-cross-origin', 5],
  ['referrer-policy', 'referrer-policy', undefined, 0],
  ['referrer-policy', 'referrer-policy', 'unsafe-url', -5],
  ['referrer-policy', 'referrer-policy', 'nonsense', -5],
  ['strict-transport-security', 'strict-transport-security', 'max-age=15552000', 0],
  ['strict-transport-security', 'strict-transport-security', 'max-age=15551999', -10],
  ['strict-transport-security', 'strict-transport-security', 'max-age=soon', -20],
  ['strict-transport-security', 'strict-transport-security', 'max-age=1; max-age=2', -20],
  ['strict-transport-security', 'strict-transport-security', undefined, -20],
  ['x-content-type-options', 'x-content-type-options', 'nosniff', 0],
  ['x-content-type-options', 'x-content-type-options', 'sniff', -5],
  ['x-content-type-options', 'x-content-type-options', undefined, -5],
  ['cross-origin-resource-policy', 'cross-origin-resource-policy', 'same-site', 10],
  ['cross-origin-resource-policy', 'cross-origin-resource-policy', 'cross-origin', 0],
  ['cross-origin-resource-policy', 'cross-origin-resource-policy', undefined, 0],
  ['cross-origin-resource-policy', 'cross-origin-resource-policy', 'nobody', -5],
  ['cross-origin-embedder-policy', 'cross-origin-embedder-policy', 'credentialless', 10],
  ['cross-origin-embedder-policy', 'cross-origin-embedder-policy', 'require-corp; report-to="x"', 10],
  ['cross-origin-embedder-policy', 'cross-origin-embedder-policy', 'unsafe-none', 0],
  ['cross-origin-embedder-policy', 'cross-origin-embedder-policy', 'corp', -5],
  ['cross-origin-opener-policy', 'cross-origin-opener-policy', 'same-origin-allow-popups', 10],
  ['cross-origin-opener-policy', 'cross-origin-opener-policy', 'noopener-allow-popups', 10],
  ['cross-origin-opener-policy', 'cross-origin-opener-policy', 'unsafe-none', 0],
  ['cross-origin-opener-policy', 'cross-origin-opener-policy', 'origin', -5],
])) {
  test(`${field}: ${value}: ${expected}`, () =>
    assert.equal(modifier(name, {}, { [field]: value }), expected));
}

test('framing: frame-ancestors, DENY, SAMEORIGIN, ALLOW-FROM, nothing', () => {
  const none = { 'content-security-policy': "default-src 'self'", 'x-frame-options': undefined };
  assert.equal(modifier('x-frame-options', {}, { 'x-frame-options': undefined }), 5);
  assert.equal(modifier('x-frame-options', {}, { ...none, 'x-frame-options': 'DENY' }), 5);
  assert.equal(modifier('x-frame-options', {}, { ...none, 'x-frame-options': 'sameorigin' }), 5);
  assert.equal(
    modifier('x-frame-options', {}, { ...none, 'x-frame-options': 'ALLOW-FROM https://a.example' }),
    0,
  );
  assert.equal(modifier('x-frame-options', {}, { ...none, 'x-frame-options': 'maybe' }), -20);
  assert.equal(modifier('x-frame-options', {}, none), -20);
});

test('redirect and CORS', () => {
  const of = (/** @type {any} */ redirect) => modifier('redirection', { redirect });
  assert.deepEqual(['https', 'elsewhere-first', 'http-first', 'none'].map(of), [0, -5, -10, -20]);
  assert.equal(modifier('cors', { corsReflected: true }), -50);
  assert.equal(modifier('cors', { corsReflected: false }), 0);
});

test('subresource integrity', () => {
  const of = (/** @type {string} */ body, type = 'text/html') =>
    modifier('subresource-integrity', { body }, { 'content-type': type });
  const hash = 'integrity="sha384-abc"';
  assert.equal(of('<script src="/own.js"></script>'), 0);
  assert.equal(of(`<script src="https://cdn.example/a.js" ${hash}></script>`), 5);
  assert.equal(of('<script src="https://cdn.example/a.js"></script>'), -5);
  assert.equal(of('<script src=//cdn.example/a.js></script>'), -50);
  assert.equal(of(`<script src="http://cdn.example/a.js" ${hash}></script>`), -20);
  assert.equal(of('<script src="http://cdn.example/a.js"></script>'), -50);
  assert.equal(of('<script src="http://cdn.example/a.js"></script>', 'text/plain'), 0);
});

test('bonuses count from 90 up, the score is never below 0, and each grade has its limit', () => {
  const fine = judge({}, { 'x-content-type-options': undefined });
  assert.equal(fine.score, 95 + 15);
  const poor = judge({}, { 'strict-transport-security': undefined });
  assert.equal(poor.score, 80, 'no bonus below 90');
  const worst = judge(
    { corsReflected: true, redirect: 'none', cookies: ['sid=1'] },
    { 'content-security-policy': undefined },
  );
  assert.equal(worst.score, 0);
  const { gradeOf } = require('../../lib/doctor/live/observatory');
  const limits = {
    100: 'A+',
    99: 'A',
    90: 'A',
    89: 'A-',
    85: 'A-',
    80: 'B+',
    70: 'B',
    65: 'B-',
    60: 'C+',
    50: 'C',
    45: 'C-',
    40: 'D+',
    30: 'D',
    25: 'D-',
    24: 'F',
    0: 'F',
  };
  for (const [score, grade] of Object.entries(limits)) assert.equal(gradeOf(Number(score)), grade, score);
});

test('what cannot be known of a local address is not counted, and said so', () => {
  const { tests } = observatory({ https: false, local: true, redirect: 'none', headers: {} });
  const out = tests.filter(({ counted }) => !counted);
  assert.deepEqual(
    out.map((one) => one.test),
    ['redirection', 'strict-transport-security'],
  );
  for (const { what } of out) assert.match(what, /not counted/);
  assert.equal(modifier('strict-transport-security', { https: false }), -20);
});

test('what is no response is refused', () => {
  for (const wrong of [undefined, null, 1, 'x', [], {}, { headers: null }])
    assert.throws(() => observatory(/** @type {any} */ (wrong)), { code: 'ERR_HAUBERK_OPTION_INVALID' });
});
