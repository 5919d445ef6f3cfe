'use strict';

const assert = require('node:assert/strict');
const diagnostics = require('node:diagnostics_channel');
const { test } = require('node:test');
const { type } = require('arktype');
const v = require('valibot');
const { z } = require('zod');

const { contextOf } = require('../../lib/internal/context');
const validate = require('../../lib/validate');
const { expresses, serve } = require('../helpers/server');

const REGISTER = {
  type: 'object',
  properties: {
    email: { type: 'string', format: 'email', maxLength: 254 },
    password: { type: 'string', minLength: 15, maxLength: 256 },
    profile: { type: 'object', properties: { name: { type: 'string', pattern: '^[\\w .-]{1,64}$' } } },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
  },
  required: ['email', 'password'],
};
const GOOD = { email: 'ada@example.org', password: 'correct horse battery' };

/** An app with one route behind a JSON parser that answers with what the handler sees. */
async function api(t, express, handlers, path = '/') {
  const app = express();
  app.use(express.json());
  app.all(path, ...[handlers].flat(), (req, res) => {
    res.json({ body: req.body, query: req.query, params: req.params, validated: validate.validated(req) });
  });
  const { url } = await serve(t, app);
  return async (body, { target = '/', headers = {}, method = 'POST' } = {}) => {
    const answer = await fetch(url + target, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    return { status: answer.status, type: answer.headers.get('content-type'), json: await answer.json() };
  };
}

for (const { name, express } of expresses) {
  test(`${name}: a body that fits passes, and is what the handler gets`, async (t) => {
    const send = await api(t, express, validate({ body: REGISTER }));
    const { status, json } = await send(GOOD);
    assert.equal(status, 200);
    assert.deepEqual(json.body, GOOD);
    assert.deepEqual(json.validated, { body: GOOD });
  });

  test(`${name}: all errors at once, as problem+json with pointers`, async (t) => {
    const send = await api(t, express, validate({ body: REGISTER, query: { required: ['page'] } }));
    const {
      status,
      type: contentType,
      json,
    } = await send({ email: ['a@b.co'], password: 'short', 'a/b': 1 });
    assert.equal(status, 422);
    assert.equal(contentType, 'application/problem+json');
    assert.equal(json.code, 'ERR_HAUBERK_VALIDATE_FAILED');
    assert.equal(json.status, 422);
    const told = json.errors.map(({ in: part, pointer, code }) => [part, pointer, code].join(' ')).sort();
    assert.deepEqual(told, [
      'body /a~1b additionalProperties',
      'body /email type',
      'body /password minLength',
      'query /page required',
    ]);
    for (const { detail } of json.errors) assert.match(detail, /^[a-z][\w .]+$/);
  });

  test(`${name}: query and params are turned into what the schema asks`, async (t) => {
    const query = {
      type: 'object',
      properties: { page: { type: 'integer', minimum: 1 }, tag: { type: 'array' }, all: { type: 'boolean' } },
    };
    const params = { properties: { id: { type: 'integer' } } };
    const send = await api(t, express, validate({ query, params }), '/notes/:id');
    const good = await send(undefined, { method: 'GET', target: '/notes/7?page=2&tag=x&all=true' });
    assert.deepEqual(good.json.query, { page: 2, tag: ['x'], all: true });
    assert.deepEqual(good.json.params, { id: 7 });
    for (const target of [
      '/notes/x',
      '/notes/7?page=1e3',
      '/notes/7?page=0',
      '/notes/7?page=1&page=2',
      '/notes/7?other=1',
    ]) {
      assert.equal((await send(undefined, { method: 'GET', target })).status, 422, target);
    }
    const text = await api(t, express, validate({ query, coerce: false, unknown: 'allow' }));
    assert.equal((await text(undefined, { method: 'GET', target: '/?page=2' })).status, 422);
  });

  test(`${name}: headers and cookies are judged and stay as they came`, async (t) => {
    const headers = { properties: { 'x-version': { type: 'integer' } }, required: ['x-version'] };
    const send = await api(t, express, validate({ headers }));
    const good = await send(GOOD, { headers: { 'X-Version': '3' } });
    assert.equal(good.status, 200);
    assert.equal(good.json.validated.headers['x-version'], 3);
    assert.equal((await send(GOOD)).status, 422);
    const cookies = await api(t, express, validate({ cookies: { required: ['sid'] } }));
    assert.equal((await cookies(GOOD)).status, 422);
  });

  test(`${name}: Standard Schemas of zod, valibot and arktype, synchronous and not`, async (t) => {
    const schemas = {
      zod: z.object({ email: z.email(), age: z.coerce.number().int().default(18) }),
      valibot: v.object({
        email: v.pipe(v.string(), v.email()),
        age: v.optional(v.pipe(v.unknown(), v.transform(Number)), 18),
      }),
      arktype: type({ email: 'string.email', age: 'number = 18' }),
      later: z.object({ email: z.email().refine(async () => true), age: z.number().default(18) }),
    };
    for (const [library, body] of Object.entries(schemas)) {
      const send = await api(t, express, validate({ body }));
      const good = await send({ email: 'ada@example.org' });
      assert.deepEqual(good.json.body, { email: 'ada@example.org', age: 18 }, library);
      const bad = await send({ email: ['ada@example.org'] });
      assert.equal(bad.status, 422, library);
      assert.equal(bad.json.errors[0].pointer, '/email', library);
      assert.ok(bad.json.errors[0].detail.length > 3, library);
    }
  });

  test(`${name}: rules of the language as a part`, async (t) => {
    const rules = [
      validate.check('email').trim().isEmail().withMessage('mail, please'),
      validate.check('list.*.n').isInt().toInt(),
    ];
    const send = await api(t, express, validate({ body: rules }));
    const good = await send({ email: ' a@b.co ', list: [{ n: '1' }] });
    assert.deepEqual(good.json.body, { email: 'a@b.co', list: [{ n: 1 }] });
    const bad = await send({ email: 'x', list: [{ n: '1' }, { n: 'y' }] });
    const told = bad.json.errors.map(({ pointer, detail }) => [pointer, detail]);
    assert.deepEqual(told, [
      ['/email', 'mail, please'],
      ['/list/1/n', 'Invalid value'],
    ]);
  });

  test(`${name}: chains as middleware, and Express 5's query keeps what a sanitizer wrote`, async (t) => {
    const chains = [validate.query('page').isInt().toInt(), validate.query('missing').default('none')];
    const send = await api(t, express, chains);
    const { json } = await send(undefined, { method: 'GET', target: '/?page=4' });
    assert.deepEqual(json.query, { page: 4, missing: 'none' });
  });
}

const { express } = expresses[1];

test('unknown properties are rejected, stripped or let through', async (t) => {
  const given = { ...GOOD, admin: true, profile: { name: 'Ada', role: 'root' } };
  const reject = await (await api(t, express, validate({ body: REGISTER })))(given);
  assert.deepEqual(reject.json.errors.map(({ pointer }) => pointer).sort(), ['/admin', '/profile/role']);
  const strip = await (await api(t, express, validate({ body: REGISTER, unknown: 'strip' })))(given);
  assert.deepEqual(strip.json.body, { ...GOOD, profile: { name: 'Ada' } });
  const allow = await (await api(t, express, validate({ body: REGISTER, unknown: 'allow' })))(given);
  assert.deepEqual(allow.json.body, given);
});

test('strip leaves only what is valid by itself', async (t) => {
  const body = { properties: { a: { type: 'number' } }, minProperties: 2 };
  const send = await api(t, express, validate({ body, unknown: 'strip' }));
  assert.equal((await send({ a: 1, b: 2 })).status, 422);
  assert.equal((await send({ a: 'x', b: 2 })).status, 422);
});

test('prototype keys: unknown as an own key, and stripped without touching a prototype', async (t) => {
  const text = '{"email":"ada@example.org","password":"correct horse battery","__proto__":{"admin":true}}';
  const reject = await (await api(t, express, validate({ body: REGISTER })))(text);
  assert.deepEqual(
    reject.json.errors.map(({ pointer }) => pointer),
    ['/__proto__'],
  );
  const strip = await (await api(t, express, validate({ body: REGISTER, unknown: 'strip' })))(text);
  assert.deepEqual(strip.json.body, GOOD);
  assert.equal({}.admin, undefined);
});

test('the raw bytes are judged where the body practice kept them', () => {
  const middleware = validate({ body: REGISTER });
  const run = (req, raw, parsed = req.body) => {
    Object.assign(contextOf(req), { rawBody: Buffer.from(raw), parsedBody: parsed });
    let refused = true;
    middleware(req, { setHeader() {}, end() {} }, (error) => {
      if (error) throw error;
      refused = false;
    });
    return refused;
  };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  assert.equal(run({ headers, body: GOOD }, JSON.stringify(GOOD)), false);
  assert.equal(run({ headers, body: GOOD }, '{"email":1}'), true);
  // A form's bytes are no JSON, and a body that was replaced is not what the bytes say: the value is judged.
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal(run({ headers: form, body: GOOD }, 'email=x'), false);
  assert.equal(run({ headers, body: { email: 1 } }, JSON.stringify(GOOD), GOOD), true);
  assert.equal(run({ headers, body: GOOD }, `\ufeff${JSON.stringify(GOOD)}`), false);
  assert.equal(run({ headers, body: Buffer.from(JSON.stringify(GOOD)) }, JSON.stringify(GOOD)), false);
  const strip = validate({ body: REGISTER, unknown: 'strip' });
  const bytes = Buffer.from(JSON.stringify({ ...GOOD, admin: true }));
  assert.doesNotThrow(() => strip({ headers, body: bytes }, { setHeader() {}, end() {} }, assert.fail));
});

test('a missing body is refused', async (t) => {
  const send = await api(t, express, validate({ body: REGISTER }));
  const { status, json } = await send(undefined, { headers: { 'content-type': 'text/plain' } });
  assert.equal(status, 422);
  assert.equal(json.errors[0].pointer, '');
});

test('depth bombs are refused, not followed', async (t) => {
  const send = await api(t, express, validate({ body: { type: 'object', properties: { a: {} } } }));
  const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  assert.equal((await send(deep)).status, 422);
});

test('the answer is bounded and repeats nothing of the input as it came', async (t) => {
  const send = await api(t, express, validate({ body: REGISTER, maxErrors: 5 }));
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`<script>${i}\u202e`.padEnd(500, '"'), 1]),
  );
  const { json } = await send(many);
  assert.equal(json.errors.length, 5);
  for (const { pointer } of json.errors) {
    assert.ok(pointer.length <= 256);
    assert.doesNotMatch(pointer, /[<>"\u202e]/);
  }
  const library = await api(t, express, validate({ body: type({ kind: "'a' | 'b'" }) }));
  const echoed = await library({ kind: '<img src=x onerror=alert(1)>' });
  assert.doesNotMatch(JSON.stringify(echoed.json), /</);
});

test('dry run tells and lets through', async (t) => {
  const events = [];
  const listen = (event) => events.push(event);
  diagnostics.subscribe('hauberk:event', listen);
  t.after(() => diagnostics.unsubscribe('hauberk:event', listen));
  const send = await api(t, express, validate({ body: REGISTER, mode: 'report' }));
  assert.equal((await send({ email: 1 })).status, 200);
  assert.deepEqual(
    events.map(({ event, code, blocked, practice }) => [event, code, blocked, practice]),
    [['input_validation_fail', 'ERR_HAUBERK_VALIDATE_FAILED', false, 'validate']],
  );
});

test('references are served from what was given, never fetched', () => {
  const schemas = { 'https://schemas.example/name': { type: 'string' } };
  const body = { properties: { name: { $ref: 'https://schemas.example/name' } } };
  assert.doesNotThrow(() => validate({ body, schemas }));
  assert.throws(() => validate({ body }), { code: 'ERR_HAUBERK_VALIDATE_SCHEMA' });
});

test('a schema that cannot be used: an error at construction that names the part', () => {
  const schema = { code: 'ERR_HAUBERK_VALIDATE_SCHEMA', message: /^validate\.query: / };
  for (const query of [
    { type: 'strnig' },
    { requried: ['a'] },
    { properties: { a: { format: 'emial' } } },
    { pattern: '(?=a)b' },
    { pattern: '(' },
    { $ref: '#/$defs/none' },
    { $ref: 'file:///etc/passwd' },
    { $schema: 'http://json-schema.org/draft-07/schema#' },
    { minimum: 1n },
  ]) {
    assert.throws(() => validate({ query }), schema, String(Object.keys(query)));
  }
  assert.throws(() => validate({ headers: { required: ['X-Version'] } }), {
    ...schema,
    message: /x-version/,
  });
  assert.throws(() => validate({ headers: { properties: { Accept: {} } } }), {
    ...schema,
    message: /accept/,
  });
  const circle = {};
  circle.not = circle;
  assert.throws(() => validate({ query: circle }), schema);
  assert.throws(() => validate({ body: new (class Own {})() }), { code: 'ERR_HAUBERK_VALIDATE_SCHEMA' });
  assert.throws(() => validate({ body: { '~standard': { version: 2 } } }), {
    code: 'ERR_HAUBERK_VALIDATE_SCHEMA',
  });
  assert.throws(() => validate({ body: [validate.oneOf([])] }), { code: 'ERR_HAUBERK_VALIDATE_RULES' });
  assert.doesNotThrow(() => validate({ body: { 'x-own': 1, properties: { requried: {} } } }));
  assert.doesNotThrow(() => validate({ body: { requried: 1 }, strict: false }));
});

test('options that cannot be: an error at construction', () => {
  const unknown = { code: 'ERR_HAUBERK_OPTION_UNKNOWN' };
  const invalid = { code: 'ERR_HAUBERK_OPTION_INVALID' };
  assert.throws(() => validate({ boddy: {} }), { ...unknown, message: /did you mean body\?/ });
  for (const options of [undefined, {}, null, 'x', [], { unknown: 'strip' }])
    assert.throws(() => validate(options), invalid);
  for (const more of [
    { unknown: 'drop' },
    { unknown: true },
    { formats: true },
    { strict: 'no' },
    { coerce: 1 },
    { schemas: [] },
    { mode: 'off' },
    ...[-1, 0, 1001, 1.5, NaN, Infinity, '20', 20n, true, {}, [], null].map((maxErrors) => ({ maxErrors })),
  ]) {
    assert.throws(() => validate({ body: {}, ...more }), invalid);
  }
  for (const body of [1, 'schema', true, null, Symbol('x')]) assert.throws(() => validate({ body }), invalid);
});

test('a library that throws goes to the error handler, not to the client as a verdict', async (t) => {
  const body = {
    '~standard': {
      version: 1,
      vendor: 'x',
      validate: () => {
        throw new Error('broken');
      },
    },
  };
  const app = express();
  app.post('/', validate({ body }), (_req, res) => res.json({}));
  app.use((error, _req, res, _next) => res.status(500).json({ message: error.message }));
  const { url } = await serve(t, app);
  const answer = await fetch(url, { method: 'POST' });
  assert.equal(answer.status, 500);
});
