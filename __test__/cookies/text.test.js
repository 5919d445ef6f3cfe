'use strict';

/** Parsing and serializing, RFC 6265bis. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const cookie = require('cookie');
const fc = require('fast-check');

const { parse, serialize } = require('../../lib/cookies');
const { looksSecret } = require('../../lib/cookies/looks-secret');
const { read, write } = require('../../lib/cookies/set-cookie');
const { decodeValue, has, valueOf } = require('../../lib/internal/cookie-header');
const { corpus } = require('../helpers/corpora');

const plain = (/** @type {string} */ header) => ({ ...parse(header) });

test('reads pairs, blanks, quotes, percent signs; the first of a name counts', () => {
  assert.deepEqual(plain('a=1; b=2'), { a: '1', b: '2' });
  assert.deepEqual(plain(' a = 1 ;\tb\t=\t2\t;c=3'), { a: '1', b: '2', c: '3' });
  assert.deepEqual(plain('a=1; a=2'), { a: '1' });
  assert.deepEqual(plain('a=; b'), { a: '' });
  assert.deepEqual(plain('a="1"; b=x=y'), { a: '"1"', b: 'x=y' });
  assert.deepEqual(plain('a=h%C3%A9; b=%E0%A4%A; c=100%'), { a: 'h\u00e9', b: '%E0%A4%A', c: '100%' });
  assert.deepEqual(plain(''), {});
  assert.deepEqual(plain(';;; ; = ; =x'), {});
  assert.deepEqual({ ...parse('a=%20', { decode: (text) => text }) }, { a: '%20' });
});

test('attack: names of the prototype are names like any other', () => {
  const cookies = parse('__proto__=1; constructor=2; toString=3; hasOwnProperty=4');
  assert.equal(Object.getPrototypeOf(Object.getPrototypeOf(cookies)), null);
  assert.deepEqual(Object.keys(cookies), ['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
  assert.equal(parse('a=1').constructor, undefined);
  assert.equal(parse('a=1').toString, undefined);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

test('attack: a flood of pairs is read in linear time, up to 3000', () => {
  assert.equal(Object.keys(parse(Array.from({ length: 10_000 }, (_, i) => `c${i}=`).join(';'))).length, 3000);
  assert.deepEqual(plain(`${';'.repeat(2_000_000)}a=1`), {});
  assert.deepEqual(plain('a'.repeat(2_000_000)), {});
  assert.equal(valueOf('a;'.repeat(1_000_000), 'a'), undefined);
});

test('what is no text is refused', () => {
  for (const header of [undefined, null, 7, {}, []]) {
    assert.throws(() => parse(/** @type {any} */ (header)), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
});

test('agrees with the package cookie on every field, but for nameless cookies', () => {
  const piece = fc.constantFrom('a', 'b', '=', ';', ' ', '\t', '"', '%41', '%', '__proto__', 'x1');
  const field = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(field, (header) => {
      const expected = { ...cookie.parse(header) };
      delete expected[''];
      assert.deepEqual({ ...parse(header) }, { ...expected });
      for (const name of ['a', 'b', 'x1', 'ab', '__proto__']) {
        assert.equal(valueOf(header, name), Object.hasOwn(expected, name) ? expected[name] : undefined, name);
        assert.equal(has(header, name), Object.hasOwn(expected, name));
      }
    }),
    { numRuns: 20_000 },
  );
});

test('decodes what decodeURIComponent decodes, and leaves the rest as it is', () => {
  const piece = fc.constantFrom(
    '%',
    '%4',
    '%41',
    '%3a',
    '%C3%A9',
    '%7F',
    '%80',
    '%00',
    'a',
    'G',
    '\u0161',
    '%\u0141',
  );
  const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (value) => {
      let expected = value;
      try {
        expected = decodeURIComponent(value);
      } catch {
        // Not well-formed.
      }
      assert.equal(decodeValue(value), expected);
    }),
    { numRuns: 20_000 },
  );
});

test('writes what the package cookie writes', () => {
  const expires = new Date('2030-01-02T03:04:05Z');
  for (const options of [
    undefined,
    {},
    { maxAge: 60, domain: 'example.com', path: '/x', expires, httpOnly: true, secure: true },
    { sameSite: true },
    { sameSite: 'lax', priority: 'high' },
    { sameSite: 'none', secure: true, partitioned: true },
    { sameSite: 'Strict', maxAge: 0 },
    { maxAge: -1, encode: (/** @type {string} */ text) => text },
  ]) {
    assert.equal(
      serialize('a', 'v w"', { .../** @type {any} */ (options), encode: encodeURIComponent }),
      cookie.serialize('a', 'v w"', /** @type {any} */ ({ ...options, encode: encodeURIComponent })),
    );
  }
  assert.equal(serialize('a', ''), 'a=');
  assert.equal(serialize('a', 'h\u00e9;'), 'a=h%C3%A9%3B');
  for (let i = 0; i < 3; i += 1) {
    const at = new Date(Date.UTC(2030, 0, 1, 0, 0, i));
    assert.equal(serialize('a', 'b', { expires: at }), `a=b; Expires=${at.toUTCString()}`);
  }
});

test('what browsers would refuse, or take for something else, is refused: each field of a cookie', () => {
  const refuse = (/** @type {any[]} */ ...args) =>
    assert.throws(
      () => /** @type {any} */ (serialize)(...args),
      { code: 'ERR_HAUBERK_COOKIES_SERIALIZE' },
      String(args[2]),
    );
  for (const name of ['', 'a b', 'a;b', 'a=b', 'a\r\nb', 'a,b', 'h\u00e9', 'a"', undefined, 7, null, {}])
    refuse(name, 'v');
  for (const value of [undefined, 7, null, {}, '\ud800']) refuse('a', value);
  for (const text of ['a;b', 'a b', 'a\r\nb', '\u00e9', 7]) refuse('a', 'v', { encode: () => text });
  for (const maxAge of [0.5, NaN, Infinity, '1', true, {}, null, 2 ** 60]) refuse('a', 'v', { maxAge });
  for (const domain of ['', 'a;b', 'a..b', '-a', 'a b', 7, null, 'x'.repeat(255)])
    refuse('a', 'v', { domain });
  for (const path of ['', 'x', '/a;b', '/a\n', '/\u00e9', 7, null, `/${'x'.repeat(1024)}`])
    refuse('a', 'v', { path });
  for (const expires of [7, '2030', new Date(NaN), null, {}]) refuse('a', 'v', { expires });
  for (const sameSite of ['', 'never', 7, 'constructor', '__proto__', {}])
    refuse('a', 'v', { sameSite, secure: true });
  for (const priority of ['', 'highest', 7, null]) refuse('a', 'v', { priority });
  for (const options of [null, 7, 'x', []]) refuse('a', 'v', options);
  refuse('a', 'v', { sameSite: 'none' });
  refuse('a', 'v', { partitioned: true });
  assert.throws(() => serialize('a', 'v', /** @type {any} */ ({ maxage: 1 })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
  });
  assert.throws(() => serialize('a', 'v'.repeat(4096)), { code: 'ERR_HAUBERK_COOKIES_SIZE' });
  assert.equal(serialize('a', 'v'.repeat(4095)).length, 4097);
});

test('attack: a prefix without what it promises is refused, in any case of its letters', () => {
  const good = { secure: true, path: '/' };
  const refuse = (/** @type {string} */ name, /** @type {any} */ options) =>
    assert.throws(() => serialize(name, 'v', options), { code: 'ERR_HAUBERK_COOKIES_SERIALIZE' });
  for (const name of ['__Host-a', '__HOST-a', '__host-a']) {
    assert.equal(serialize(name, 'v', good), `${name}=v; Path=/; Secure`);
    for (const bad of [
      undefined,
      {},
      { secure: true },
      { path: '/' },
      { ...good, path: '/x' },
      { ...good, domain: 'a.b' },
    ]) {
      refuse(name, bad);
    }
  }
  refuse('__Secure-a', { path: '/' });
  refuse('__secure-a', undefined);
  assert.equal(serialize('__SECURE-a', 'v', { secure: true }), '__SECURE-a=v; Secure');
  refuse('__Http-a', { secure: true });
  refuse('__Host-Http-a', good);
  assert.equal(serialize('__proto__', 'v'), '__proto__=v');
});

/** The page that the rows of http-state are about, at the time when they were written. */
const HOST = 'home.example.org';
const PATH = '/cookie-parser-result';
const THEN = Date.UTC(2011, 0, 1);

/** Rows whose expectation is not one for a server that follows RFC 6265bis. */
const NOT_OURS = new Map([
  [
    'cookies-http-state-00086',
    'a NUL: RFC 6265bis, 5.6 drops the cookie where old browsers cut it; it never leaves a server',
  ],
  ['cookies-http-state-00087', 'a CR: the same'],
  [
    'cookies-http-state-00088',
    'a path that matches after percent-decoding: disabled in the suite, RFC 6265bis compares as it is',
  ],
  ['cookies-http-state-00105', "Domain=.org: the list of public suffixes is the browser's"],
]);

test('http-state: what a browser would send back is what the Set-Cookie reader and the parser see', (t) => {
  const rows = corpus('cookies-http-state');
  if (rows === undefined) return t.skip('corpora absent: cookies-http-state');
  t.mock.timers.enable({ apis: ['Date'], now: THEN });
  let seen = 0;
  /** @type {string[]} */
  const different = [];
  for (const { id, input, expect } of rows) {
    const sent = sentBack(input.set_cookie, input.sent_to ?? `http://${HOST}:8888${PATH}`);
    const expected = expect.cookie.map((/** @type {any} */ { name, value }) => `${name}=${value}`).join('; ');
    seen += 1;
    if (sent !== expected) different.push(id);
    // What a browser sends, the server reads: every pair, in Latin-1 as Node.js gives it.
    const wire = Buffer.from(expected).toString('latin1');
    const first = new Map();
    for (const { name, value } of expect.cookie) if (name !== '' && !first.has(name)) first.set(name, value);
    for (const [name, value] of first) {
      assert.equal(
        Buffer.from(
          parse(wire, { decode: (text) => text })[Buffer.from(name).toString('latin1')] ?? '?',
          'latin1',
        ).toString(),
        value,
        id,
      );
    }
  }
  assert.ok(seen >= 100, String(seen));
  assert.deepEqual(different, [...NOT_OURS.keys()]);
});

/**
 * A jar by RFC 6265bis, 5.7, over the reader of Set-Cookie fields.
 *
 * @param {string[]} fields
 * @param {string} target
 */
function sentBack(fields, target) {
  /** @type {any[]} */
  const jar = [];
  for (const field of fields) {
    const one = read(field);
    const domain = one.domain?.replace(/^\./, '').toLowerCase();
    if (one.name === '' || (domain !== undefined && !matches(HOST, domain))) continue;
    const path = one.path ?? '/';
    const same = jar.findIndex((old) => old.name === one.name && old.path === path && old.domain === domain);
    if (same !== -1) jar.splice(same, 1);
    if (!one.over && !one.secure) jar.push({ name: one.name, value: one.value, domain, path });
  }
  const { hostname, pathname } = new URL(target, `http://${HOST}:8888/`);
  return jar
    .filter(
      ({ domain, path }) =>
        (domain === undefined ? hostname === HOST : matches(hostname, domain)) && under(pathname, path),
    )
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}

/** @param {string} host @param {string} domain */
function matches(host, domain) {
  return host === domain || host.endsWith(`.${domain}`);
}

/** @param {string} pathname @param {string} path */
function under(pathname, path) {
  return (
    pathname === path || (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'))
  );
}

test('a Set-Cookie field that was read is written to one that reads the same', () => {
  const piece = fc.constantFrom(
    ...'a|=|;| |__Host-x|Path=/|path|Secure|HttpOnly|SameSite=Lax|Domain=a.b|Max-Age=0|Partitioned|%'.split(
      '|',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (parts) => {
      const first = read(parts.join(''));
      if (first.name === '') return;
      assert.deepEqual(read(write(first)), first);
    }),
    { numRuns: 20_000 },
  );
});

test('values that look like secrets: signed, sealed, random; words, dates and settings do not', () => {
  for (const secret of [
    's%3AabcDEF123.qq',
    's:0123456789abcdef.sig',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
    'Fe26.2*1*abcdefghijklm',
    '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    '9f86d081884c7d659a2feaa0c55ad015',
    'q9Xz3LmP0aBcD7eF1gHi',
    'kJHDfrwQzPoLmNbVcXsE',
  ]) {
    assert.equal(looksSecret(secret), true, secret);
  }
  for (const setting of [
    'dark',
    'en-US',
    'America/New_York',
    'a-theme-with-a-long-name-2',
    'The%20quick%20brown%20fox%20jumps',
    '%7B%22theme%22%3A%22dark%22%2C%22size%22%3A12%7D',
    '2026-11-23T10:32:19',
    '1700000000000000',
    'internationalization',
    'GA1.2.3',
  ]) {
    assert.equal(looksSecret(setting), false, setting);
  }
});
