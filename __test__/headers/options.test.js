'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const headers = require('../../lib/headers');
const { expresses, serve } = require('../helpers/server');

const { dangerouslyDisableDefaultSrc, getDefaultDirectives } = headers.contentSecurityPolicy;

/** @param {unknown} options @param {string} code @param {RegExp} [message] */
function refused(options, code, message = /./) {
  assert.throws(() => headers(options), { name: 'HauberkError', code, message }, String(message));
}
const invalid = (options, message) => refused(options, 'ERR_HAUBERK_OPTION_INVALID', message);
const unknown = (options, message) => refused(options, 'ERR_HAUBERK_OPTION_UNKNOWN', message);
const badDirective = (directives, message, more) =>
  refused({ contentSecurityPolicy: { directives, ...more } }, 'ERR_HAUBERK_HEADERS_DIRECTIVE', message);

test('misspelt options are named with the option that was meant', () => {
  unknown({ frameGaurd: true }, /frameguard/);
  unknown({ contentSecurtyPolicy: false }, /contentSecurityPolicy/);
  unknown({ hsts: { maxage: 1 } }, /maxAge/);
  unknown({ hsts: { includeSubdomains: true } }, /includeSubDomains/);
  unknown({ contentSecurityPolicy: { directive: {} } }, /directives/);
  unknown({ xFrameOptions: { value: 'deny' } }, /action/);
});

test('an option together with its alias', () => {
  const pairs = {
    hsts: 'strictTransportSecurity',
    noSniff: 'xContentTypeOptions',
    dnsPrefetchControl: 'xDnsPrefetchControl',
    ieNoOpen: 'xDownloadOptions',
    frameguard: 'xFrameOptions',
    permittedCrossDomainPolicies: 'xPermittedCrossDomainPolicies',
    hidePoweredBy: 'xPoweredBy',
    xssFilter: 'xXssProtection',
  };
  for (const [alias, option] of Object.entries(pairs)) {
    invalid({ [alias]: true, [option]: true }, new RegExp(option));
    invalid({ [alias]: undefined, [option]: undefined }, new RegExp(option));
  }
});

test('maxAge: bad values, one by one', () => {
  const bad = [
    -123,
    -0.1,
    NaN,
    Infinity,
    -Infinity,
    '123',
    123n,
    true,
    {},
    [],
    null,
    Object.create(null),
    2 ** 53,
  ];
  for (const maxAge of bad) {
    invalid({ hsts: { maxAge } }, /maxAge/);
    invalid({ preset: 'helmet', strictTransportSecurity: { maxAge } }, /maxAge/);
  }
});

test('switches and options objects: bad values, one by one', () => {
  const names = [
    'originAgentCluster',
    'xContentTypeOptions',
    'xDownloadOptions',
    'xXssProtection',
    'xPoweredBy',
  ];
  for (const name of [...names, 'noSniff', 'ieNoOpen', 'xssFilter', 'hidePoweredBy', 'server', 'noStore']) {
    for (const value of [0, 1, 'true', null, {}, [], 1n]) invalid({ [name]: value }, new RegExp(name));
  }
  const configured = [
    'crossOriginOpenerPolicy',
    'referrerPolicy',
    'hsts',
    'xFrameOptions',
    'contentSecurityPolicy',
  ];
  for (const name of configured) {
    for (const value of [0, 1, 'on', null, [], 1n, () => {}]) invalid({ [name]: value }, new RegExp(name));
  }
  for (const value of [null, 1, 'x', [], () => {}]) invalid(value, /options object/);
});

test('values that a header does not have', () => {
  for (const policy of ['foo', 'SAME-ORIGIN', '', null, 1, ['same-origin']]) {
    invalid({ crossOriginOpenerPolicy: { policy } }, /policy/);
    invalid({ crossOriginEmbedderPolicy: { policy } }, /policy/);
    invalid({ crossOriginResourcePolicy: { policy } }, /policy/);
  }
  for (const policy of ['foo', [], ['origin', 'origin'], ['origin', 'x'], null, 1]) {
    invalid({ referrerPolicy: { policy } }, /policy/);
  }
  for (const action of ['allow-from', '', null, 1, ['deny']]) invalid({ frameguard: { action } }, /action/);
  invalid({ xPermittedCrossDomainPolicies: { permittedPolicies: 'some' } }, /permittedPolicies/);
  invalid({ preset: 'strict' }, /preset/);
  invalid({ mode: 'dry' }, /mode/);
  invalid({ sessionCookies: ['a b'] }, /sessionCookies\[0\]/);
  invalid({ sessionCookies: 'sid' }, /sessionCookies/);
  invalid({ contentSecurityPolicy: { useDefaults: 0 } }, /useDefaults/);
  invalid({ contentSecurityPolicy: { reportOnly: 'yes' } }, /reportOnly/);
});

test('sources without quotes', () => {
  const words = ['self', 'none', 'strict-dynamic', 'report-sample', 'unsafe-inline', 'unsafe-eval'];
  for (const word of [...words, 'wasm-unsafe-eval', 'unsafe-hashes', 'nonce-abc', 'sha256-abc', 'sha512-x']) {
    badDirective({ scriptSrc: [word] }, /"script-?Src".*quotes/i);
    badDirective({ scriptSrc: `https: ${word}` }, /quotes/);
  }
});

test('";", "," and line breaks in a value', () => {
  for (const value of ['a;b', 'a,b', 'a\r\nb', 'a\nb', 'a\0b', '\u{1F512}', "'self'; script-src *"]) {
    badDirective({ imgSrc: ["'self'", value] }, /img-src/);
  }
});

test('a nonce source without a nonce, and a fixed one', () => {
  badDirective({ scriptSrc: ["'nonce-'"] }, /cspNonce/);
  badDirective({ scriptSrc: ["'nonce-abc123'"] }, /cspNonce/);
});

test('directives: bad names, duplicates, bad values', () => {
  for (const name of ['', 'ä', '-a', 'script_src', 'a b', 'script-src ', 'a\r\nb'])
    badDirective({ [name]: '*' });
  badDirective({ scriptSrcs: '*' }, /did you mean "script-src"/);
  badDirective({ imgSrc: '*', 'img-src': '*' }, /twice/);
  for (const value of [0, 1, true, false, undefined, {}, () => 'x', Symbol('x')])
    badDirective({ imgSrc: value });
  for (const item of [1, null, undefined, {}, ['a']]) badDirective({ imgSrc: [item] });
});

test('a policy without default-src', () => {
  badDirective({ defaultSrc: null }, /dangerouslyDisableDefaultSrc/);
  badDirective({ imgSrc: '*' }, /default-src/, { useDefaults: false });
  badDirective({}, /empty/, { useDefaults: false });
  badDirective({ imgSrc: dangerouslyDisableDefaultSrc }, /null/);
  assert.equal(
    typeof headers({ contentSecurityPolicy: { directives: { defaultSrc: dangerouslyDisableDefaultSrc } } }),
    'function',
  );
});

test('getDefaultDirectives gives a copy of each set and refuses others', () => {
  const copy = getDefaultDirectives('api');
  copy['default-src'].push('*');
  assert.deepEqual(getDefaultDirectives('api')['default-src'], ["'none'"]);
  assert.deepEqual(getDefaultDirectives('site')['base-uri'], ["'none'"]);
  assert.throws(() => getDefaultDirectives(/** @type {any} */ ('other')), { code: 'ERR_HAUBERK_ARGUMENT' });
});

for (const { name, express } of expresses) {
  test(`app.use(headers) without calling it fails on every request (${name})`, async (t) => {
    const app = express();
    app.use(headers);
    app.get('/', (req, res) => res.send('unprotected'));
    app.use((error, req, res, _next) => res.status(500).send(error.code));
    const { url } = await serve(t, app);
    for (let i = 0; i < 3; i += 1) {
      const answer = await fetch(url);
      assert.equal(answer.status, 500);
      assert.equal(await answer.text(), 'ERR_HAUBERK_GUARD_NOT_CALLED');
    }
  });
}
