'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { Blob } = require('node:buffer');
const zlib = require('node:zlib');
const body = require('../../lib/body');
const { expresses, serve, raw } = require('../helpers/server');
const { events } = require('../helpers/events');

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

/** An app that says what its handler got. */
async function echo(t, express, options, before = []) {
  const app = express();
  for (const one of before) app.use(one);
  app.use(body(options));
  app.use((req, res) => res.json({ body: req.body === undefined ? 'undefined' : req.body }));
  const { url, port } = await serve(t, app);
  const post = async (content, headers = JSON_TYPE) => {
    const response = await fetch(url, { method: 'POST', headers, body: content });
    const json = await response.json();
    return { status: response.status, media: response.headers.get('content-type'), ...json };
  };
  return { url, port, post };
}

/** Waits for what must come to be. */
async function until(condition) {
  const end = Date.now() + 5000;
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

const gzip = (text) => zlib.gzipSync(text);
const encoded = (encoding) => ({ ...JSON_TYPE, 'content-encoding': encoding });
const head = (fields) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${fields}\r\n\r\n`;

for (const { name, express } of expresses) {
  test(`${name}: JSON and urlencoded bodies become req.body`, async (t) => {
    const { post } = await echo(t, express);
    const value = { text: 'h\u00e9 \u{1f600}', list: [1, { a: null }], 'a.b': 1 };
    assert.deepEqual((await post(JSON.stringify(value))).body, value);
    const problem = { 'content-type': 'application/problem+json; charset="UTF-8"' };
    assert.deepEqual((await post('[1]', problem)).body, [1]);
    const form = await post('a=1&b%5Bc%5D=x+y%21&d[]=1&d[]=2&e[0][f]=%C3%A9', FORM_TYPE);
    assert.deepEqual(form.body, { a: '1', b: { c: 'x y!' }, d: ['1', '2'], e: [{ f: '\u00e9' }] });
  });

  test(`${name}: without a body, req.body is what this version gives`, async (t) => {
    const { url, post } = await echo(t, express);
    const none = await (await fetch(url)).json();
    assert.deepEqual(none.body, name === 'Express 4' ? {} : 'undefined');
    assert.deepEqual((await post('')).body, {});
    const ownParser = express();
    ownParser.use(express.json());
    ownParser.use((req, res) => res.json({ body: req.body === undefined ? 'undefined' : req.body }));
    const theirs = await serve(t, ownParser);
    assert.deepEqual((await (await fetch(theirs.url)).json()).body, none.body);
  });

  test(`${name}: a byte order mark is skipped`, async (t) => {
    const { post } = await echo(t, express);
    assert.deepEqual((await post('\ufeff{"a":1}')).body, { a: 1 });
  });

  test(`${name}: prototype pollution by __proto__, plain, escaped and nested`, async (t) => {
    const { post } = await echo(t, express);
    for (const text of ['{"__proto__":{"x":1}}', '{"a":[{"\\u005f_proto__":{"x":1}}]}']) {
      const answer = await post(text);
      assert.equal(answer.status, 422);
      assert.equal(answer.code, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
      assert.match(answer.media, /^application\/problem\+json/);
      assert.match(answer.pointer, /^(\/a\/0)?\/__proto__$/);
    }
    const form = await post('a[__proto__][x]=1', FORM_TYPE);
    assert.equal(form.code, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
    assert.equal(form.pointer, '/a/__proto__/x');
  });

  test(`${name}: prototype pollution by constructor.prototype`, async (t) => {
    const { post } = await echo(t, express);
    for (const text of ['{"constructor":{"prototype":{}}}', '{"c\\u006fnstructor": {"prototype":{}}}']) {
      assert.equal((await post(text)).code, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
    }
    assert.equal((await post('constructor[prototype][x]=1', FORM_TYPE)).status, 422);
    assert.deepEqual((await post('{"constructor":"Smith & Sons"}')).body, { constructor: 'Smith & Sons' });
  });

  test(`${name}: duplicate keys`, async (t) => {
    const { post } = await echo(t, express, { arrays: ['tag'] });
    const answer = await post('{"user":{"role":"user","r\\u006fle":"admin"}}');
    assert.equal(answer.code, 'ERR_HAUBERK_BODY_DUPLICATE_KEY');
    assert.equal(answer.pointer, '/user/role');
    assert.equal((await post('a=1&a=2', FORM_TYPE)).code, 'ERR_HAUBERK_BODY_DUPLICATE_KEY');
    assert.equal((await post('a=1&a[b]=2', FORM_TYPE)).code, 'ERR_HAUBERK_BODY_DUPLICATE_KEY');
    assert.deepEqual((await post('tag=1&tag=2', FORM_TYPE)).body, { tag: ['1', '2'] });
  });

  test(`${name}: operator keys are reported, or refused`, async (t) => {
    const lenient = await echo(t, express);
    const seen = events(t);
    for (const text of ['{"a":{"\\u0024where":"1"}}', '{"a.b":1}']) {
      assert.equal((await lenient.post(text)).status, 200);
    }
    assert.equal((await lenient.post('a[$ne]=1', FORM_TYPE)).status, 200);
    assert.deepEqual(
      seen().map(({ code, blocked }) => [code, blocked]),
      Array(3).fill(['ERR_HAUBERK_BODY_OPERATOR_KEY', false]),
    );
    const firm = await echo(t, express, { operatorKeys: 'refuse' });
    assert.equal((await firm.post('{"a":{"\\u0024where":"1"}}')).pointer, '/a/$where');
    assert.equal((await firm.post('a[$ne]=1', FORM_TYPE)).status, 422);
    const deaf = await echo(t, express, { operatorKeys: false });
    assert.equal((await deaf.post('{"$where":1}')).status, 200);
    assert.equal(seen().length, 5);
  });

  test(`${name}: a depth bomb`, async (t) => {
    const { post } = await echo(t, express);
    const answer = await post('['.repeat(50_000) + ']'.repeat(50_000));
    assert.equal(answer.code, 'ERR_HAUBERK_BODY_DEPTH');
    assert.equal((await post('['.repeat(64) + ']'.repeat(64))).status, 200);
    assert.equal((await post('{"a":'.repeat(65) + '1' + '}'.repeat(65))).status, 422);
    assert.equal((await post(`a${'[b]'.repeat(65)}=1`, FORM_TYPE)).code, 'ERR_HAUBERK_BODY_DEPTH');
  });

  test(`${name}: limits of number and length`, async (t) => {
    const options = { keys: 3, keyBytes: 4, stringBytes: 5, parameters: 2, precision: 'refuse' };
    const { post } = await echo(t, express, options);
    assert.equal((await post('{"a":{"b":1},"c":2,"d":3}')).code, 'ERR_HAUBERK_BODY_KEYS');
    assert.equal((await post('{"abcde":1}')).code, 'ERR_HAUBERK_BODY_KEY_LENGTH');
    assert.equal((await post('["123456"]')).code, 'ERR_HAUBERK_BODY_STRING_LENGTH');
    assert.equal((await post('a=1&b=2&c=3', FORM_TYPE)).code, 'ERR_HAUBERK_BODY_KEYS');
    assert.equal((await post('a=123456', FORM_TYPE)).code, 'ERR_HAUBERK_BODY_STRING_LENGTH');
    const precise = await post('{"id":9007199254740993}');
    assert.deepEqual([precise.code, precise.pointer], ['ERR_HAUBERK_BODY_PRECISION', '/id']);
    assert.equal((await post('{"abcd":[1,"12345"]}')).status, 200);
  });

  test(`${name}: numbers over 2^53 and lone surrogates pass as JSON.parse gives them`, async (t) => {
    const { post } = await echo(t, express);
    assert.deepEqual((await post('{"a":9007199254740993}')).body, JSON.parse('{"a":9007199254740993}'));
    assert.deepEqual((await post('{"a":"\\ud800"}')).body, { a: '\ud800' });
  });

  test(`${name}: ill-formed UTF-8`, async (t) => {
    const { post } = await echo(t, express);
    const answer = await post(Buffer.from('{"a":"\xff"}', 'latin1'));
    assert.deepEqual([answer.status, answer.code, answer.pointer], [400, 'ERR_HAUBERK_BODY_UTF8', '/a']);
    assert.equal((await post('a=%C0%AF', FORM_TYPE)).code, 'ERR_HAUBERK_BODY_UTF8');
    assert.equal((await post('a=%f', FORM_TYPE)).code, 'ERR_HAUBERK_BODY_SYNTAX');
  });

  test(`${name}: charsets that smuggle (UTF-7, UTF-16, two at once)`, async (t) => {
    const { post } = await echo(t, express);
    for (const charset of ['utf-7', 'utf-16', 'utf-16le', 'utf-8; charset=utf-7', '"UTF-7"', '']) {
      const type = { 'content-type': `application/json; charset=${charset}` };
      assert.equal((await post('{}', type)).code, 'ERR_HAUBERK_BODY_CHARSET', charset);
    }
    const { post: wide } = await echo(t, express, { charsets: ['utf-8', 'utf-16le', 'iso-8859-1'] });
    const latin1 = { 'content-type': 'application/json; charset=ISO-8859-1' };
    assert.deepEqual((await wide(Buffer.from('{"a":"\xe9"}', 'latin1'), latin1)).body, { a: '\u00e9' });
    const utf16 = { 'content-type': 'application/json; charset=utf-16le' };
    assert.deepEqual((await wide(Buffer.from('{"a":1}', 'utf16le'), utf16)).body, { a: 1 });
    const hidden = await wide(Buffer.from('{"__proto__":1}', 'utf16le'), utf16);
    assert.equal(hidden.code, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
  });

  test(`${name}: malformed JSON, and values that are no object`, async (t) => {
    const { post } = await echo(t, express);
    for (const text of ['{', '{"a":1,}', ' ', "{'a':1}", '1', '"a"', 'null', 'true']) {
      const answer = await post(text);
      assert.deepEqual([answer.status, answer.code], [400, 'ERR_HAUBERK_BODY_SYNTAX'], text);
      assert.equal(JSON.stringify(answer).includes('at '), false);
    }
    const { post: loose } = await echo(t, express, { strictJson: false });
    assert.deepEqual((await loose('1')).body, 1);
  });

  test(`${name}: gzip, deflate and br are expanded`, async (t) => {
    const { post } = await echo(t, express);
    const text = JSON.stringify({ a: 'x'.repeat(1000) });
    for (const [encoding, bytes] of [
      ['gzip', gzip(text)],
      ['deflate', zlib.deflateSync(text)],
      ['br', zlib.brotliCompressSync(text)],
      ['identity', Buffer.from(text)],
    ]) {
      assert.deepEqual((await post(bytes, encoded(encoding))).body, JSON.parse(text), encoding);
    }
    for (const encoding of ['zstd', 'gzip, gzip', '__proto__']) {
      assert.equal((await post(gzip(text), encoded(encoding))).status, 415, encoding);
    }
    const broken = await post(gzip(text).subarray(0, 20), encoded('gzip'));
    assert.deepEqual([broken.status, broken.code], [400, 'ERR_HAUBERK_BODY_ENCODING']);
    const off = await echo(t, express, { inflate: false });
    assert.equal((await off.post(gzip(text), encoded('gzip'))).status, 415);
  });

  test(`${name}: a gzip bomb ends at the limit`, async (t) => {
    const { post } = await echo(t, express);
    const bombs = [
      ['gzip', gzip(Buffer.alloc(64 * 1024 * 1024, ' '))],
      ['br', zlib.brotliCompressSync(Buffer.alloc(16 * 1024 * 1024, ' '))],
    ];
    for (const [encoding, bomb] of bombs) {
      const answer = await post(bomb, encoded(encoding));
      assert.deepEqual([answer.status, answer.limit], [413, 102_400], encoding);
    }
    const exact = `"${'x'.repeat(102_400 - 4)}"`;
    assert.equal((await post(gzip(`[${exact}]`), encoded('gzip'))).status, 200);
    assert.equal((await post(gzip(`[${exact} ]`), encoded('gzip'))).status, 413);
  });

  test(`${name}: a body that is too large is answered before it is read, and the answer arrives`, async (t) => {
    const { port } = await echo(t, express, { limit: '1kb' });
    const megabytes = Buffer.alloc(4 * 1024 * 1024, 'a');
    const announced = await raw(port, [head(`Content-Length: ${megabytes.length}`), megabytes]);
    assert.match(announced, /^HTTP\/1\.1 413 /);
    assert.match(announced, /connection: close/i);
    assert.match(announced, /ERR_HAUBERK_BODY_TOO_LARGE/);
    const chunk = `${megabytes.length.toString(16)}\r\n`;
    const streamed = await raw(port, [head('Transfer-Encoding: chunked'), chunk, megabytes, '\r\n0\r\n\r\n']);
    assert.match(streamed, /^HTTP\/1\.1 413 [^]*ERR_HAUBERK_BODY_TOO_LARGE/);
    const endless = await raw(port, [head('Transfer-Encoding: chunked'), 'ffffffff\r\n', megabytes]);
    assert.match(endless, /^HTTP\/1\.1 413 /);
    assert.equal(streamed.match(/HTTP\/1\.1/g).length, 1);
  });

  test(`${name}: a refused body leaves no property of ours on the socket, and ends nobody's process`, async (t) => {
    /** @type {any} */
    let socket;
    const app = express();
    const keys = () => [Object.keys(socket), Object.getOwnPropertySymbols(socket)].flat();
    let before = [];
    app.use((req, _res, next) => {
      socket = req.socket;
      before = keys();
      next();
    });
    app.use(body({ limit: '1kb' }));
    const { port } = await serve(t, app);
    const answer = await raw(port, [head('Content-Length: 4000'), 'a'.repeat(4000)]);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.equal(Object.hasOwn(socket, 'destroySoon'), false);
    assert.deepEqual(
      keys().filter((key) => !before.includes(key) && !String(key).startsWith('Symbol(k')),
      [],
    );
  });

  test(`${name}: no second request is served after a refused body`, async (t) => {
    const { port } = await echo(t, express, { limit: '1kb' });
    const text = await raw(port, [
      head('Content-Length: 2000'),
      'a'.repeat(2000),
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    ]);
    assert.equal(text.match(/HTTP\/1\.1 \d/g).length, 1);
  });

  test(`${name}: a slow body and a body that never ends`, async (t) => {
    const { port } = await echo(t, express, { idleMs: 300 });
    const idle = await raw(port, [head('Content-Length: 10'), '{"a"']);
    assert.match(idle, /^HTTP\/1\.1 408 [^]*connection: close[^]*ERR_HAUBERK_BODY_TIMEOUT/i);
    const { port: total } = await echo(t, express, { timeoutMs: 500 });
    const trickle = require('node:net').connect(total, '127.0.0.1');
    t.after(() => trickle.destroy());
    trickle.write(head('Content-Length: 1000'));
    const feed = setInterval(() => trickle.write(' '), 50);
    t.after(() => clearInterval(feed));
    const [first] = await require('node:events').once(trickle, 'data');
    assert.match(String(first), /^HTTP\/1\.1 408 /);
  });

  test(`${name}: an aborted body is told and ends`, async (t) => {
    const seen = events(t);
    const { port } = await echo(t, express);
    const socket = require('node:net').connect(port, '127.0.0.1');
    socket.write(head('Content-Length: 100') + '{');
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await until(() => seen().length > 0);
    assert.equal(seen()[0].code, 'ERR_HAUBERK_BODY_ABORTED');
  });

  test(`${name}: bodies in many pieces`, async (t) => {
    const { port } = await echo(t, express);
    const socket = require('node:net').connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    const text = '{"a":"\u{1f600}","b":[1,2]}';
    socket.write(head(`Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close`));
    for (const byte of Buffer.from(text)) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    let answer = '';
    for await (const piece of socket) answer += piece;
    assert.match(answer, /\{"body":\{"a":"\u{1f600}","b":\[1,2\]\}\}/u);
  });

  test(`${name}: types that are not parsed pass untouched, or are refused by strict`, async (t) => {
    const app = express();
    app.use(body());
    app.use((req, res) => {
      let text = '';
      req.setEncoding('utf8').on('data', (piece) => (text += piece));
      req.on('end', () => res.json({ text }));
    });
    const { url } = await serve(t, app);
    const plain = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"__proto__":1}' };
    assert.deepEqual(await (await fetch(url, plain)).json(), { text: '{"__proto__":1}' });
    const large = await fetch(url, { ...plain, body: 'x'.repeat(200_000) });
    assert.equal(large.status, 413);
    const { post } = await echo(t, express, { strict: true });
    for (const type of ['text/plain', 'application/jsonp', 'application/json/x', 'x', ';charset=utf-8']) {
      assert.equal((await post('{}', { 'content-type': type })).code, 'ERR_HAUBERK_BODY_TYPE', type);
    }
    assert.equal((await post('{}')).status, 200);
  });

  test(`${name}: a body that fails after somebody has answered brings nothing down`, async (t) => {
    const seen = events(t);
    for (const mode of ['enforce', 'report']) {
      const failed = [];
      const app = express();
      app.use((_req, res, next) => {
        res.status(503).end();
        next();
      });
      app.use(body({ mode, idleMs: 100 }));
      app.use((error, _req, _res, _next) => failed.push(error));
      const { port } = await serve(t, app);
      const socket = require('node:net').connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      const told = seen().length;
      socket.write(head('Content-Length: 10') + '{');
      await until(() => seen().length > told);
      assert.equal(seen()[told].code, 'ERR_HAUBERK_BODY_TIMEOUT');
      // Node.js tells an uncaught exception on the next turn, and this test fails by it.
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(failed, [], mode);
    }
  });

  test(`${name}: dry run tells and lets pass`, async (t) => {
    const { post } = await echo(t, express, { mode: 'report', limit: '1kb', operatorKeys: 'refuse' });
    const seen = events(t);
    const text = '{"a":1,"a":2,"__proto__":1,"$x":1}';
    const answer = await post(text);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.a, 2);
    assert.deepEqual(
      seen().map(({ code, blocked }) => `${code.slice(17)} ${blocked}`),
      ['DUPLICATE_KEY false', 'PROTOTYPE_KEY false', 'OPERATOR_KEY false'],
    );
    assert.equal((await post(`["${'x'.repeat(10_000)}"]`)).status, 200);
    assert.equal((await post('5')).body, 5);
    assert.equal((await post('{')).status, 400);
    assert.deepEqual((await post('a=1&a=2&__proto__=1', FORM_TYPE)).body, { a: ['1', '2'] });
  });

  test(`${name}: dry run leaves to others what it would refuse unread, and tells what is too large`, async (t) => {
    const app = express();
    app.use(body({ mode: 'report', limit: '1kb', strict: true }));
    app.use(express.text({ type: () => true, limit: '1mb', defaultCharset: 'latin1' }));
    app.use((req, res) => res.json({ length: [req.body].flat()[0].length }));
    const { url } = await serve(t, app);
    const seen = events(t);
    const cases = [
      ['x'.repeat(2000), { 'content-type': 'text/csv' }, 2000, ['TOO_LARGE']],
      ['x', { 'content-type': 'text/csv' }, 1, ['TYPE']],
      ['x'.repeat(200_000), { 'content-type': 'text/csv' }, 200_000, ['TOO_LARGE']],
      [`["${'x'.repeat(200_000)}"]`, JSON_TYPE, 200_004, ['TOO_LARGE']],
      [`["${'x'.repeat(2000)}"]`, JSON_TYPE, 2000, ['TOO_LARGE']],
      [gzip(`["${'x'.repeat(2000)}"]`), encoded('gzip'), 2000, ['TOO_LARGE']],
      ['["x"]', { 'content-type': 'application/json; charset=iso-8859-1' }, 5, ['CHARSET']],
    ];
    for (const [content, headers, length, codes] of cases) {
      const response = await fetch(url, { method: 'POST', headers, body: content });
      assert.deepEqual([response.status, await response.json()], [200, { length }], codes.join());
      const told = seen().splice(0);
      assert.deepEqual(
        told.map(({ code, blocked }) => `${code} ${blocked}`),
        codes.map((code) => `ERR_HAUBERK_BODY_${code} false`),
      );
    }
    const endless = { method: 'POST', headers: JSON_TYPE, duplex: 'half' };
    const chunks = new Blob([`["${'x'.repeat(20_000)}"]`]).stream();
    const beyond = await fetch(url, { ...endless, body: chunks });
    assert.deepEqual([beyond.status, (await beyond.json()).limit], [413, 16 * 1024]);
  });
}

test('options: what does not parse throws, and never means "no limit" (CVE-2026-12590)', () => {
  for (const limit of [
    'abc',
    '',
    '10 apples',
    '-1',
    -1,
    0,
    NaN,
    Infinity,
    1.5,
    null,
    {},
    [],
    true,
    10n,
    '1e3',
    '100 mib',
  ]) {
    assert.throws(() => body({ limit }), { code: 'ERR_HAUBERK_OPTION_INVALID' }, String(limit));
  }
  for (const options of [
    { depth: 0 },
    { depth: 1001 },
    { keys: '5' },
    { keyBytes: 0 },
    { stringBytes: 'x' },
    { parameters: -1 },
    { idleMs: 1 },
    { timeoutMs: Infinity },
    { json: 1 },
    { urlencoded: 'yes' },
    { inflate: 0 },
    { strict: null },
    { strictJson: 'true' },
    { raw: 1 },
    { charsets: ['utf-7'] },
    { charsets: 'utf-8' },
    { arrays: [1] },
    { duplicateKeys: true },
    { prototypeKeys: 'remove' },
    { operatorKeys: 'block' },
    { precision: true },
    { mode: 'dry' },
  ]) {
    assert.throws(() => body(options), { code: 'ERR_HAUBERK_OPTION_INVALID' }, JSON.stringify(options));
  }
  assert.throws(() => body({ limits: 5 }), /did you mean limit\?/);
  assert.throws(() => body('100kb'), { code: 'ERR_HAUBERK_OPTION_INVALID' });
});
