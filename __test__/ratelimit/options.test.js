'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const ratelimit = require('../../lib/ratelimit');

const BAD_NUMBERS = [
  -123,
  -1,
  -0.1,
  0.5,
  NaN,
  Infinity,
  -Infinity,
  '5',
  '',
  5n,
  true,
  {},
  [],
  null,
  Object.create(null),
  () => 5,
];

/** @param {object} options @param {RegExp | string} [message] */
function refused(options, message = '') {
  assert.throws(
    () => ratelimit(options),
    (error) => error.code === 'ERR_HAUBERK_OPTION_INVALID' && error.message.match(message) !== null,
    JSON.stringify(Object.keys(options)),
  );
}

for (const [name, more] of Object.entries({
  limit: [0, 1_000_000_001],
  windowMs: [0, 31_536_000_001],
  burst: [0, 1_000_000_001],
  slots: [0, 1023, 2 ** 26 + 1],
  statusCode: [0, 200, 399, 600],
})) {
  test(`bad values of ${name} throw at construction`, () => {
    for (const value of [...BAD_NUMBERS, ...more]) {
      // A limit may be a function of the request.
      if (name === 'limit' && typeof value === 'function') continue;
      refused({ [name]: value }, name);
    }
  });
}

test('bad values of the other options throw at construction', () => {
  for (const cost of [0, -1, 1.5, NaN, '1', null, {}]) refused({ cost }, 'cost');
  for (const key of ['ip', 1, null, {}]) refused({ key }, 'key');
  for (const skip of [true, 1, null]) refused({ skip }, 'skip');
  for (const handler of [true, 'x', null]) refused({ handler }, 'handler');
  for (const name of ['', 'a b', 'a"b', 'a\r\nb', 'x'.repeat(65), '\u00e9', 1, null])
    refused({ name }, 'name');
  for (const message of [1, null, {}]) refused({ message }, 'message');
  for (const mode of ['on', true, null]) refused({ mode }, 'mode');
  for (const fields of [
    'draft-9',
    true,
    null,
    [],
    ['draft-10', 'draft-8'],
    ['legacy', 'legacy'],
    [undefined],
  ]) {
    refused({ fields }, 'fields');
  }
});

test('combinations that could not work throw', () => {
  refused({ limit: 1001, windowMs: 1 }, '1000 per ms');
  refused({ limit: 5, cost: 6 }, 'burst');
  refused({ limit: 1, windowMs: 31_536_000_000, burst: 1000 }, '36 years');
});

test('a misspelt option names the closest one', () => {
  assert.throws(() => ratelimit({ max: 5, windowMS: 1 }), /ERR_|known options|did you mean/);
  assert.throws(() => ratelimit({ windowMS: 1 }), /did you mean windowMs\?/);
});

test('defaults: 600 per minute, 200 at once; burst follows a given limit', () => {
  const usual = ratelimit();
  assert.deepEqual(
    { limit: usual.get('k').limit, remaining: usual.get('k').remaining },
    { limit: 600, remaining: 200 },
  );
  assert.equal(ratelimit({ limit: 7 }).get('k').remaining, 7);
  assert.equal(ratelimit({ limit: 7, burst: 3 }).get('k').remaining, 3);
});
