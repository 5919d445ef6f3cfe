'use strict';

/**
 * Validation beside the packages that it replaces: a register body, six chains, and single validators.
 *
 * node --expose-gc benches/validate.js
 */

const assert = require('node:assert/strict');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');
const express = require('express');
const theirs = require('express-validator');
const realValidator = require('validator');
const { z } = require('zod');

const { contextOf } = require('../lib/internal/context');
const native = require('../lib/internal/native');
const validate = require('../lib/validate');
const { compare } = require('./harness/compare');
const { Pipeline, requestBytes } = require('./harness/pipeline');

const BODY = {
  email: 'ada.lovelace@example.org',
  password: 'correct horse battery staple',
  name: 'Ada Lovelace',
  age: 36,
  role: 'writer',
  terms: true,
};
const SCHEMA = {
  type: 'object',
  properties: {
    email: { type: 'string', format: 'email', maxLength: 254 },
    password: { type: 'string', minLength: 15, maxLength: 256 },
    name: { type: 'string', pattern: '^[\\w .-]{1,64}$' },
    age: { type: 'integer', minimum: 13, maximum: 120 },
    role: { enum: ['reader', 'writer'] },
    terms: { const: true },
  },
  required: ['email', 'password', 'name', 'terms'],
  additionalProperties: false,
};
const ZOD = z.strictObject({
  email: z.email().max(254),
  password: z.string().min(15).max(256),
  name: z.string().regex(/^[\w .-]{1,64}$/),
  age: z.number().int().min(13).max(120).optional(),
  role: z.enum(['reader', 'writer']).optional(),
  terms: z.literal(true),
});

const chains = (/** @type {any} */ v) => [
  v.body('email').isEmail().normalizeEmail(),
  v.body('password').isLength({ min: 15, max: 256 }),
  v
    .body('name')
    .trim()
    .matches(/^[\w .-]{1,64}$/),
  v.body('age').optional().isInt({ min: 13, max: 120 }).toInt(),
  v.body('role').isIn(['reader', 'writer']),
  v.body('terms').isBoolean({ strict: true }),
];

const times = (/** @type {() => unknown} */ work) => (/** @type {number} */ n) => {
  for (let i = 0; i < n; i += 1) work();
};

async function verdicts() {
  const text = Buffer.from(JSON.stringify(BODY));
  const bad = Buffer.from(JSON.stringify({ ...BODY, email: ['a@b.co'] }));
  const handle = native.validate.compile(JSON.stringify(SCHEMA), '{}', true, true, true);
  assert.ok(native.validate.planned(handle));
  const check = addFormats.default(new Ajv({ allErrors: true })).compile(SCHEMA);
  const both = (/** @type {(bytes: Buffer) => boolean} */ judge) => [judge(text), judge(bad)];
  const contestants = [
    ['hauberk: verdict on the raw bytes', (bytes) => native.validate.judge(handle, bytes, 20) === null],
    [
      'hauberk: verdict, then JSON.parse',
      (bytes) => native.validate.judge(handle, bytes, 20) === null && !!JSON.parse(bytes),
    ],
    ['JSON.parse, then ajv', (bytes) => check(JSON.parse(bytes))],
    ['JSON.parse, then zod', (bytes) => ZOD.safeParse(JSON.parse(bytes)).success],
  ];
  await compare(
    `register body, ${text.length} bytes`,
    contestants.map(([name, judge]) => ({ name, run: times(() => judge(text)), result: () => both(judge) })),
    { check: (result, name) => assert.deepEqual(result, [true, false], name) },
  );
  await compare('the same body, refused with all errors', [
    {
      name: 'hauberk: verdict, findings',
      run: times(() => native.validate.judge(handle, bad, 20)),
    },
    { name: 'JSON.parse, then ajv, allErrors', run: times(() => check(JSON.parse(bad))) },
    { name: 'JSON.parse, then zod', run: times(() => ZOD.safeParse(JSON.parse(bad))) },
  ]);
}

async function language() {
  const make = (/** @type {any} */ v) => {
    const list = chains(v);
    return async (/** @type {number} */ n) => {
      for (let i = 0; i < n; i += 1) {
        const req = { body: { ...BODY } };
        for (const chain of list) {
          let done = false;
          const pending = new Promise((resolve) => {
            chain(req, {}, () => {
              done = true;
              resolve(undefined);
            });
          });
          if (!done) await pending;
        }
        v.validationResult(req).isEmpty();
      }
    };
  };
  const seen = async (/** @type {any} */ v) => {
    const req = { body: { ...BODY, email: 'nobody', age: 7 } };
    for (const chain of chains(v)) await chain.run(req);
    return [v.validationResult(req).array(), req.body];
  };
  const expected = await seen(theirs);
  await compare(
    'six chains, called one after the other',
    [
      { name: 'hauberk/validate', run: make(validate), result: () => seen(validate) },
      { name: 'express-validator', run: make(theirs), result: () => seen(theirs) },
    ],
    { check: (result, name) => assert.deepEqual(result, expected, name) },
  );
}

/** Long rounds: what is compiled for an app's requests is thrown away between rounds, with the requests. */
async function inApp() {
  const parsed = (/** @type {any} */ req, /** @type {any} */ _res, /** @type {any} */ next) => {
    req.body = { ...BODY };
    next();
  };
  const raw = Buffer.from(JSON.stringify(BODY));
  const kept = (/** @type {any} */ req, /** @type {any} */ _res, /** @type {any} */ next) => {
    contextOf(req).rawBody = raw;
    next();
  };
  const answer = (/** @type {any} */ v) => (/** @type {any} */ req, /** @type {any} */ res) =>
    res.end(v.validationResult(req).isEmpty() ? 'ok' : 'no');
  const bytes = requestBytes('POST /', BODY);
  const app = (/** @type {any[]} */ ...handlers) => {
    const one = express();
    one.post('/', parsed, ...handlers);
    return new Pipeline(one);
  };
  const pipelines = {
    'hauberk/validate, six chains': app(...chains(validate), answer(validate)),
    'express-validator, six chains': app(...chains(theirs), answer(theirs)),
    'hauberk.validate, JSON Schema': app(kept, validate({ body: SCHEMA }), answer(validate)),
    'hauberk.validate, zod': app(validate({ body: ZOD }), answer(validate)),
    'no validation': app(answer(validate)),
  };
  await compare(
    'in an Express 5 app',
    Object.entries(pipelines).map(([name, pipeline]) => ({
      name,
      run: (n) => pipeline.run(bytes, n),
      result: () => pipeline.request(bytes),
    })),
    {
      check: (result, name) => assert.match(String(result), /ok$/, name),
      baseline: 'no validation',
      rounds: 9,
      roundMs: 300,
    },
  );
}

async function single() {
  const values = {
    isEmail: BODY.email,
    isUUID: '123e4567-e89b-42d3-a456-426614174000',
    isURL: 'https://example.org/a?b=c',
    isInt: '36',
    escape: 'plain text <b>',
    normalizeEmail: 'Ada.Lovelace+x@gmail.com',
  };
  const { own } = require('../lib/validate/language/own');
  const text = native.validate.compile('{"type":"string"}', '{}', true, true, true);
  for (const [name, value] of Object.entries(values)) {
    const mine = /** @type {any} */ (own[name])();
    await compare(
      name,
      [
        { name: `hauberk's ${name}`, run: times(() => mine(value)) },
        { name: `validator's ${name}`, run: times(() => realValidator[name](value)) },
        {
          name: 'a text into Rust, hardly any work',
          run: times(() => native.validate.judgeText(text, '"x"', 20)),
        },
      ],
      { rounds: 7 },
    );
  }
}

/** Inputs that make quadratic code slow: nanoseconds for each byte must stay where they are as sizes grow. */
function worstCases() {
  const many = (/** @type {string} */ part, /** @type {number} */ bytes) =>
    part.repeat(Math.floor(bytes / part.length));
  const numbered = (/** @type {number} */ bytes) =>
    Array.from({ length: bytes / 12 }, (_, i) => 1_000_000 + i);
  const closed = { properties: { a: {} }, additionalProperties: false };
  /** @type {Record<string, [object, (bytes: number) => string]>} */
  const cases = {
    'pattern ^(a+)+$': [{ pattern: '^(a+)+$' }, (bytes) => `"${many('a', bytes)}!"`],
    'uniqueItems of numbers': [{ uniqueItems: true }, (bytes) => JSON.stringify(numbered(bytes))],
    'unknown properties': [closed, (bytes) => `{${numbered(bytes).map((n) => `"k${n}":1`)}}`],
    'escapes in one string': [{ type: 'string', maxLength: 1e9 }, (bytes) => `"${many('\\u00e4', bytes)}"`],
    'nested arrays': [{ type: 'array' }, (bytes) => many('[', bytes)],
    'format email': [{ format: 'email' }, (bytes) => `"${many('a.', bytes)}@b.co"`],
  };
  console.log('\nworst cases: ns for each byte at 1 KB, 8 KB, 64 KB, 512 KB, 4 MB, 8 MB');
  for (const [name, [schema, make]] of Object.entries(cases)) {
    const handle = native.validate.compile(JSON.stringify(schema), '{}', true, false, true);
    const costs = [1, 8, 64, 512, 4096, 8192].map((kb) => {
      const bytes = Buffer.from(make(kb * 1024));
      const rounds = Array.from({ length: 5 }, () => {
        const start = process.hrtime.bigint();
        native.validate.judge(handle, bytes, 20);
        return Number(process.hrtime.bigint() - start) / bytes.length;
      });
      return Math.min(...rounds)
        .toFixed(1)
        .padStart(8);
    });
    console.log(`  ${name.padEnd(26)}${costs.join('')}`);
  }
}

async function main() {
  await verdicts();
  await language();
  await inApp();
  await single();
  worstCases();
}

main();
