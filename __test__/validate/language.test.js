'use strict';

/** The language beside express-validator itself: same rules, same requests, same results. */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const fc = require('fast-check');
const theirs = require('express-validator');

const ours = require('../../lib/validate');

const REQUESTS = [
  {},
  { body: {} },
  { body: null },
  { body: 'text' },
  { body: { email: ' A.B+c@Gmail.com ', age: '12', name: 'Ada', tags: ['a', 'bb', ''] } },
  { body: { email: 'nope', age: 'x', name: '', tags: [] } },
  { body: { email: null, age: null, name: undefined }, query: { name: 'q', age: '7' } },
  { body: { age: 44, ok: true, deep: { list: [{ n: '1' }, { n: 'x' }, {}], 'a.b': { c: '1' } } } },
  { query: { email: 'q@example.org', age: '5' }, params: { id: '17' }, headers: { 'x-token': 'abc' } },
  { cookies: { sid: 'abc' }, headers: { authorization: 'Bearer x' }, params: { id: 'x' } },
  { body: { date: '2024-02-30', on: 'true', n: '1e3', list: { a: { n: '5' }, b: { n: '' } } } },
  { body: [{ n: '1' }, { n: '2' }] },
];

/** Each takes the library and gives chains or middleware. */
const RULES = {
  one: (v) => [v.body('email').isEmail()],
  sanitized: (v) => [v.body('email').trim().isEmail().normalizeEmail()],
  several: (v) => [v.body(['email', 'name'], 'given').notEmpty(), v.body('age').isInt({ min: 10 }).toInt()],
  messages: (v) => [
    v
      .body('name')
      .isLength({ min: 2 })
      .withMessage('short')
      .isAlpha()
      .withMessage((value) => `no: ${value}`),
  ],
  bail: (v) => [
    v
      .body('email')
      .isEmail()
      .bail()
      .custom(() => false)
      .withMessage('second'),
  ],
  requestBail: (v) => [
    v.body('email').isEmail().bail({ level: 'request' }),
    v.body('name').isLength({ min: 9 }),
  ],
  optional: (v) => [
    v.body('email').optional().isEmail(),
    v.body('age').optional({ values: 'null' }).isInt(),
    v.body('name').optional({ values: 'falsy' }).isLength({ min: 2 }),
    v.body('x').optional({ nullable: true }).isInt(),
    v.body('y').optional({ checkFalsy: true }).isInt(),
    v.body('z').optional(false).isInt(),
  ],
  exists: (v) => [
    v.body('name').exists(),
    v.body('name').exists({ values: 'null' }),
    v.body('name').exists({ checkFalsy: true }),
    v.body('age').exists({ checkNull: true }),
    v.body('tags').isArray({ min: 1, max: 5 }),
    v.body('deep').isObject(),
    v.body('tags').isObject({ strict: false }),
    v.body('name').isString(),
  ],
  negated: (v) => [
    v.body('name').not().isIn(['Ada']),
    v
      .body('name')
      .not()
      .custom((value) => value === 'Ada'),
  ],
  anywhere: (v) => [v.check('email').isEmail(), v.check('age').isInt(), v.check('id').isInt()],
  places: (v) => [
    v.query('age').isInt().toInt(),
    v.param('id').isInt(),
    v.header('X-Token').equals('abc'),
    v.cookie('sid').isAlpha(),
  ],
  wildcards: (v) => [
    v.body('tags.*').notEmpty(),
    v.body('deep.list[*].n').isInt(),
    v.body('list.*.n').isInt().toInt(),
  ],
  root: (v) => [v.body('*.n').isInt().toInt(), v.body().isArray()],
  globstar: (v) => [v.body('**.n').isInt(), v.body('deep.**').exists()],
  index: (v) => [
    v.body('deep.list[0].n').equals('1'),
    v.body('deep["a.b"].c').isInt(),
    v.body('deep.list.1.n').isInt(),
  ],
  sanitizers: (v) => [
    v.body('name').default('none').toUpperCase(),
    v.body('age').toFloat(),
    v.body('on').toBoolean(),
    v.body('date').toDate(),
    v.body('tags').toArray(),
    v.body('name').replace(['ADA', 'NONE'], 'x'),
    v.body('email').escape().blacklist('@').toLowerCase(),
    v.body('tags.*').trim().whitelist('ab'),
  ],
  custom: (v) => [
    v.body('name').custom((value, { req, location, path }) => {
      if (value === 'Ada') throw new Error(`${location} ${path} ${typeof req}`);
      return true;
    }),
    v.body('age').custom(() => 0),
    v.body('age').customSanitizer((value) => Number(value) + 1),
  ],
  asynchronous: (v) => [
    v.body('name').custom(async (value) => value),
    v.body('name').custom(() => Promise.reject(new Error('taken'))),
    v
      .body('name')
      .not()
      .custom(() => Promise.resolve(false))
      .withMessage('resolved'),
    v
      .body('name')
      .not()
      .custom(() => Promise.reject(new Error('fine'))),
    v
      .body('email')
      .custom(() => Promise.reject('text'))
      .bail()
      .isEmail(),
    v
      .body('age')
      .customSanitizer(async (value) => `${value}!`)
      .equals('12!'),
  ],
  conditions: (v) => [
    v.body('name').if(v.body('email').exists()).isLength({ min: 4 }),
    v
      .body('age')
      .if((value) => value)
      .isInt(),
    v
      .body('age')
      .if(async () => Promise.reject(new Error('no')))
      .isInt(),
    v
      .body('tags')
      .if((value, { req }) => req.body.name === 'Ada')
      .isArray({ min: 9 }),
  ],
  hidden: (v) => [v.body('name').isLength({ min: 9 }).hide(), v.body('email').isEmail().hide('***')],
  oneOf: (v) => [
    v.oneOf([v.body('email').isEmail(), [v.body('age').isInt().toInt(), v.body('name').isAlpha()]]),
  ],
  oneOfFlat: (v) => [
    v.oneOf([v.body('email').isEmail(), v.body('age').isInt({ max: 1 })], {
      errorType: 'flat',
      message: 'm',
    }),
  ],
  oneOfLeast: (v) => [
    v.oneOf([[v.body('email').isEmail(), v.body('q').exists()], v.body('age').isInt({ max: 1 })], {
      errorType: 'least_errored',
      message: (errors) => errors.length,
    }),
  ],
  exact: (v) => [v.checkExact([v.body('email').isString(), v.body(['name', 'tags'])])],
  exactDeep: (v) => [
    v.checkExact([v.body('deep.list.*.n'), v.body('deep["a.b"]'), v.query('**')], { message: 'extra' }),
  ],
  exactNone: (v) => [v.checkExact([], { locations: ['body', 'cookies'] })],
  schema: (v) => [
    ...v.checkSchema(
      {
        email: { isEmail: { errorMessage: 'mail', bail: true }, normalizeEmail: true, errorMessage: 'field' },
        age: {
          in: ['query', 'body'],
          isInt: { options: { min: 6 } },
          toInt: true,
          optional: { options: { values: 'null' } },
        },
        name: { in: 'body', isLength: { options: { min: 4 }, negated: true }, optional: true },
        tags: { mine: { custom: (value) => Array.isArray(value) }, turned: { customSanitizer: () => 1 } },
        id: { isIn: { options: [['17']], if: (value) => value } },
      },
      ['body', 'params'],
    ),
  ],
};

/** Runs middleware in turn, as a route of Express does, and gives all that can be seen afterwards. */
async function outcome(library, rules, request) {
  const req = structuredClone(request);
  for (const middleware of rules(library)) {
    await new Promise((resolve, reject) => {
      middleware(req, {}, (error) => (error ? reject(error) : resolve(undefined)));
    });
  }
  const result = library.validationResult(req);
  const plain = (value) => structuredClone(value);
  return {
    errors: plain(result.array()),
    first: plain(result.array({ onlyFirstError: true })),
    mapped: plain(result.mapped()),
    formatted: plain(result.formatWith(({ msg }) => msg).array()),
    empty: result.isEmpty(),
    matched: plain(library.matchedData(req)),
    optionals: plain(library.matchedData(req, { includeOptionals: true, onlyValidData: false })),
    body: plain(library.matchedData(req, { locations: ['body'] })),
    after: plain({ ...req, 'express-validator#contexts': undefined }),
  };
}

for (const [name, rules] of Object.entries(RULES)) {
  test(`${name}: same results as express-validator`, async () => {
    for (const request of REQUESTS) {
      assert.deepEqual(
        await outcome(ours, rules, request),
        await outcome(theirs, rules, request),
        JSON.stringify(request),
      );
    }
  });
}

test('any values of any fields: same results as express-validator', async () => {
  const leaf = fc.oneof(
    fc.constantFrom(
      null,
      undefined,
      true,
      0,
      12,
      1.5,
      NaN,
      '',
      ' ',
      'a@b.co',
      '12',
      'abc',
      'true',
      '2024-01-01',
    ),
    fc.string({ maxLength: 8 }),
  );
  const body = fc.dictionary(
    fc.constantFrom('a', 'b', 'c.d', 'e'),
    fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', '0'), leaf)),
  );
  const rules = (v) => [
    v.body('a').trim().isLength({ min: 1, max: 5 }).bail().isEmail().withMessage('mail'),
    v.body(['b', 'a']).optional({ values: 'falsy' }).isInt({ min: 2 }).toInt(),
    v.body('e.x').default('d').escape().isAlpha(),
    v.body('*.x').isNumeric().toFloat(),
    v.body('**.0').isBoolean(),
  ];
  const isText = (value) => typeof value !== 'object' || value === null;
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      // `a` and `b` hold text: see above.
      fc.pre(isText(value.a) && isText(value.b));
      assert.deepEqual(
        await outcome(ours, rules, { body: value }),
        await outcome(theirs, rules, { body: value }),
      );
    }),
    { numRuns: 1500 },
  );
});

test('numbers that stop after the exponent sign are none, as in express-validator', async () => {
  for (const text of ['0E', '1e', '1e+', '.e1', 'e1', '1e1', '-1.e-1']) {
    const rules = (v) => [v.body('n').isFloat(), v.body('n').toFloat()];
    const [own, peer] = [
      await outcome(ours, rules, { body: { n: text } }),
      await outcome(theirs, rules, { body: { n: text } }),
    ];
    assert.deepEqual(own, peer, text);
  }
});

test('every name of express-validator is there', () => {
  const missing = Object.keys(theirs).filter((name) => ours[name] === undefined);
  assert.deepEqual(missing, []);
  const chain = ours.body('x');
  // Methods that are not documented and belong to its own classes.
  const inner = ['addItem', 'addStandardSanitization', 'addStandardValidation'];
  const lost = Object.entries(theirs.body('x'))
    .filter(([name, method]) => typeof method === 'function' && !inner.includes(name))
    .filter(([name]) => typeof chain[name] !== 'function')
    .map(([name]) => name);
  assert.deepEqual(lost, ['selectFields', 'chain']);
});

test('arrays where strings are expected: never valid, never made into text', async () => {
  for (const value of [['a@b.co'], [['a@b.co']], { toString: 1 }, { a: 1 }, [], [null]]) {
    const req = { body: { email: value } };
    await ours.body('email').isEmail().run(req);
    await ours.body('email').not().isIn(['x']).run(req);
    await ours.body('email').isLength({ min: 0 }).run(req);
    assert.equal(ours.validationResult(req).array().length, 3, JSON.stringify(value));
  }
  const kept = { body: { list: [' a ', [' b '], { c: ' c ' }], object: { d: ' d ' } } };
  await ours.body(['list', 'object']).trim().run(kept);
  assert.deepEqual(kept.body, { list: ['a', [' b '], { c: ' c ' }], object: { d: ' d ' } });
});

test('isEmpty and notEmpty have an answer for arrays and objects', async () => {
  for (const [value, empty] of [
    [[], true],
    [['a'], false],
    [{}, true],
    [{ a: 1 }, false],
    ['', true],
    ['x', false],
  ]) {
    const req = { body: { value } };
    assert.equal((await ours.body('value').isEmpty().run(req)).isEmpty(), empty, JSON.stringify(value));
    assert.equal((await ours.body('value').notEmpty().run(req)).isEmpty(), !empty, JSON.stringify(value));
  }
});

test('what an object inherits is no input, and nothing is written into a prototype', async () => {
  const req = {
    body: JSON.parse('{"__proto__":{"polluted":"1"},"constructor":{"prototype":{"polluted":"1"}}}'),
  };
  assert.equal((await ours.body('toString').exists().run({ body: {} })).isEmpty(), false);
  await ours.body('**.polluted').toInt().run(req);
  await ours.body('__proto__.polluted').default('yes').run({ body: {} });
  await ours.body('constructor.prototype.polluted').default('yes').run({ body: {} });
  ours.matchedData(req);
  assert.equal({}.polluted, undefined);
  assert.equal(Object.polluted, undefined);
});

test('isURL: a backslash is not valid', async () => {
  for (const url of ['http://example.com\\@evil.example', 'https://example.com\\.evil.example/']) {
    assert.equal((await ours.body('url').isURL().run({ body: { url } })).isEmpty(), false);
  }
  assert.equal(
    (
      await ours
        .body('url')
        .isURL()
        .run({ body: { url: 'https://example.com:443/a?b#c' } })
    ).isEmpty(),
    true,
  );
});

test('rules that cannot be: an error where they are written', () => {
  const rules = { code: 'ERR_HAUBERK_VALIDATE_RULES' };
  assert.throws(() => ours.body('x').withMessage('early'), rules);
  assert.throws(() => ours.body('x').custom('no'), rules);
  assert.throws(() => ours.body('x').if(1), rules);
  assert.throws(() => ours.body({}), rules);
  assert.throws(() => ours.buildCheckFunction(['nowhere']), rules);
  assert.throws(() => ours.checkSchema({ a: { isEmial: true } }), {
    ...rules,
    message: /did you mean isEmail\?/,
  });
  assert.throws(() => ours.checkSchema({ a: { in: 'boddy' } }), rules);
});

test('own validators and sanitizers on every chain', async () => {
  const make = (v) =>
    new v.ExpressValidator(
      { isEven: (value) => value % 2 === 0 },
      { half: (value) => value / 2 },
      { errorFormatter: ({ msg }) => msg },
    );
  for (const body of [{ n: 4 }, { n: 3 }]) {
    const results = [];
    for (const library of [ours, theirs]) {
      const own = make(library);
      const req = { body: { ...body } };
      await own.body('n').isEven().withMessage('odd').half().run(req);
      for (const chain of own.checkSchema({ n: { isEven: true, half: true } }, ['body']))
        await chain.run(req);
      results.push({ errors: own.validationResult(req).array(), body: req.body, data: own.matchedData(req) });
    }
    assert.deepEqual(results[0], results[1]);
  }
});

// A quadratic pattern would need 2^40 steps: far more than the time that this test is given.
test('patterns take linear time: 1 MB of what makes others quadratic', { timeout: 120_000 }, async () => {
  const long = 'a'.repeat(1 << 20);
  const values = [
    long,
    `${long}!`,
    '-'.repeat(1 << 20),
    ' '.repeat(1 << 20),
    `${' '.repeat(1 << 19)}x`,
    '@'.repeat(1 << 20),
    '1.'.repeat(1 << 19),
    '"'.repeat(1 << 20),
  ];
  const names = [
    'isEmail',
    'isURL',
    'isFQDN',
    'isSlug',
    'isNumeric',
    'isDecimal',
    'isFloat',
    'isUUID',
    'isIP',
    'isBase64',
    'isJWT',
    'trim',
    'rtrim',
    'escape',
    'stripLow',
    'normalizeEmail',
  ];
  const bare = (name) => {
    const chain = ours.body('v');
    return chain[name]();
  };
  for (const name of names) for (const value of values) await bare(name).run({ body: { v: value } });
  const req = { body: { v: `${'x'.repeat(1 << 19)}a${'x'.repeat(1 << 19)}` } };
  await ours.body('v').rtrim('xyz').run(req);
  assert.equal(req.body.v.length, (1 << 20) + 1);
});

test('without the package validator: the usual rules work, others say what to install', () => {
  const program = `
    const Module = require('node:module');
    const load = Module._load;
    Module._load = (name, ...rest) => {
      if (name === 'validator') throw Object.assign(new Error("Cannot find module 'validator'"), { code: 'MODULE_NOT_FOUND' });
      return load(name, ...rest);
    };
    const { body } = require('./lib/validate');
    const own = [body('a').isEmail().normalizeEmail().isLength({ min: 1 }).isInt().isURL().isUUID(4).isISO8601().isCreditCard().trim().escape()];
    try { body('a').isMobilePhone('de-DE'); process.exit(3); } catch (error) {
      if (error.code !== 'ERR_HAUBERK_PEER_MISSING' || !/npm install validator/.test(error.message)) throw error;
    }
    own[0].run({ body: { a: 'x' } }).then((result) => process.exit(result.array().length === 6 ? 0 : 4));`;
  const done = spawnSync(process.execPath, ['-e', program], {
    cwd: path.join(__dirname, '../..'),
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, done.stderr);
});

test('depth bombs and endless lists: values that are not looked at never pass', async () => {
  let deep = { n: 'x' };
  for (let i = 0; i < 3000; i += 1) deep = { deep };
  for (const body of [deep, Array.from({ length: 100_001 }, () => ({ n: '1' }))]) {
    const field = Array.isArray(body) ? '*.n' : '**.n';
    const result = await ours.body(field).isInt().run({ body });
    assert.deepEqual(
      result.array().map(({ msg, path: at }) => [msg, at]),
      [['Too many values, or nested too deeply', field]],
    );
  }
});
