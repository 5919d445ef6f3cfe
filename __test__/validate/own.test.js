'use strict';

/** isISO8601 and isCreditCard beside the package whose results they have: made texts, and what it documents. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const validator = require('validator');

const { own } = require('../../lib/validate/language/own');
const validate = require('../../lib/validate');

/** The same numbers in each run. @param {number} seed */
function random(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const PIECES = [
  ...[
    '2009',
    '9999',
    '+',
    '-',
    'W',
    'T',
    ' ',
    '\t',
    '\u00a0',
    '\n',
    ':',
    '.',
    ',',
    'Z',
    'z',
    'a',
    '_',
    '\u0661',
  ],
  ...['00', '01', '02', '12', '13', '23', '24', '29', '30', '31', '53', '54', '59', '60'],
  ...['0', '1', '5', '7', '8', '001', '360', '361', '365', '366', '367', '+05:00', '-0530', '24:00', '2400'],
];

/** A text that is nearly a date and time, or a heap of pieces of one. @param {(below: number) => number} next */
function nearlyDate(next) {
  const pick = (/** @type {string[]} */ list) => list[next(list.length)];
  const two = () => String(next(70)).padStart(2, '0');
  if (next(4) === 0) return Array.from({ length: 1 + next(9) }, () => pick(PIECES)).join('');
  const [hyphen, colon] = [pick(['', '-']), pick([':', '', ':'])];
  const month = String(next(14)).padStart(2, '0');
  const day = String(next(34)).padStart(2, '0');
  const date = pick([
    '',
    `${hyphen}${two()}`,
    `${hyphen}${month}${pick([hyphen, hyphen, hyphen, '', '-'])}${day}`,
    `${hyphen}W${two()}${pick(['', '-', '-'])}${pick(['', '1', '7', '8', '0'])}`,
    `${hyphen}${String(next(400)).padStart(3, '0')}`,
  ]);
  const hour = pick(['', two(), `${two()}${colon}${two()}`, `24${colon}00`]);
  const fraction = pick(['', '', `.${next(100_000)}`, `,${next(100)}`, '.']);
  const second = pick(['', `${colon}${two()}`, two(), `${two()}.${next(1000)}`, `${colon}${two()},5`]);
  const zone = pick(['', 'Z', 'z', `+${two()}`, `-${two()}${two()}`, `+${two()}:${two()}`, `+${two()}:`]);
  const time =
    next(3) === 0 ? '' : `${pick(['T', 'T', ' ', 't', '\t', ''])}${hour}${fraction}${second}${zone}`;
  const year = pick(['2009', '2008', '2000', '1900', String(1000 + next(9000))]);
  const text = `${pick(['', '', '', '+', '-'])}${year}${date}${time}`;
  const at = next(text.length + 1);
  return next(12) === 0 ? text.slice(0, at) + pick(PIECES) + text.slice(at) : text;
}

const OPTIONS = [
  undefined,
  {},
  { strict: true },
  { strictSeparator: true },
  { strict: true, strictSeparator: true },
  { strict: false, strictSeparator: 0 },
];

test('isISO8601: the same answers as the package, for 300 000 made texts and all options', () => {
  const next = random(8601);
  const seen = { true: 0, false: 0 };
  for (let i = 0; i < 300_000; i += 1) {
    const text = nearlyDate(next);
    const options = OPTIONS[next(OPTIONS.length)];
    // Of a day before the year 1000 the package's answer depends on the time zone.
    if (options?.strict && /^[+-]?0/.test(text)) continue;
    const expected = validator.isISO8601(text, options);
    assert.equal(own.isISO8601(options)(text), expected, JSON.stringify({ text, options }));
    seen[expected] += 1;
  }
  assert.ok(seen.true > 30_000 && seen.false > 30_000, JSON.stringify(seen));
});

test('isISO8601: every month, week and day of the year, with and without hyphens', () => {
  for (const year of ['2023', '2024', '1900', '2000']) {
    for (const hyphen of ['', '-']) {
      const rests = [];
      for (let i = 0; i < 100; i += 1) rests.push(String(i).padStart(2, '0'));
      for (let i = 0; i < 1000; i += 1) rests.push(String(i).padStart(3, '0'));
      for (let i = 0; i < 100; i += 1) rests.push(`W${String(i).padStart(2, '0')}`);
      for (let m = 0; m < 14; m += 1) {
        for (let d = 0; d < 34; d += 1)
          rests.push(`${String(m).padStart(2, '0')}${hyphen}${String(d).padStart(2, '0')}`);
      }
      for (const rest of rests) {
        for (const options of OPTIONS) {
          const text = `${year}${hyphen}${rest}`;
          assert.equal(own.isISO8601(options)(text), validator.isISO8601(text, options), text);
        }
      }
    }
  }
});

test('isISO8601: strict before the year 1000 says whether the day exists', () => {
  const strict = own.isISO8601({ strict: true });
  assert.deepEqual(['0004-02-29', '0000-02-29', '0999-12-31', '+0100-01-01'].map(strict), [
    true,
    true,
    true,
    true,
  ]);
  assert.deepEqual(['0005-02-29', '0100-02-29', '0999-11-31', '-0004-02-30'].map(strict), [
    false,
    false,
    false,
    false,
  ]);
});

/** What the package's page says of the options. */
const DOCUMENTED = [
  ['2009-02-31', undefined, true],
  ['2009-02-31', { strict: true }, false],
  ['2009-01-31T21:00', { strictSeparator: true }, true],
  ['2009-01-31 21:00', { strictSeparator: true }, false],
  ['2009-01-31 21:00', undefined, true],
];

test('isISO8601: the options as they are documented', () => {
  for (const [text, options, expected] of DOCUMENTED) {
    assert.equal(own.isISO8601(options)(text), expected, `${text} ${JSON.stringify(options)}`);
  }
});

const PROVIDERS = ['amex', 'dinersclub', 'discover', 'jcb', 'mastercard', 'unionpay', 'visa'];
const STARTS = [
  ...[
    '34',
    '37',
    '35',
    '300',
    '305',
    '306',
    '36',
    '38',
    '39',
    '6011',
    '6012',
    '65',
    '64',
    '2131',
    '1800',
    '2132',
  ],
  ...[
    '51',
    '55',
    '50',
    '56',
    '2221',
    '2220',
    '2720',
    '2721',
    '2700',
    '62',
    '67',
    '81',
    '82',
    '4',
    '5',
    '2',
    '9',
  ],
];

/** Digits with a right sum, mostly, and signs between them. @param {(below: number) => number} next */
function nearlyCard(next) {
  const pick = (/** @type {any[]} */ list) => list[next(list.length)];
  let digits = `${next(10) === 0 ? '9'.repeat(next(4)) : ''}${pick(STARTS)}`;
  const length = pick([3, 4, 12, 13, 14, 15, 16, 16, 16, 17, 18, 19, 20, 40]);
  while (digits.length < length - 1) digits += next(10);
  const right = [...'0123456789'].find((last) => validator.isLuhnNumber(digits + last));
  digits += next(8) === 0 ? next(10) : right;
  if (next(4) > 0) return digits;
  const at = next(digits.length + 1);
  return (
    digits.slice(0, at) + pick(['-', ' ', '- -', 'a', '\u0661', '\n', '.', '+', '\0']) + digits.slice(at)
  );
}

test('isCreditCard: the same answers as the package, for 200 000 made numbers and all providers', () => {
  const next = random(7812);
  const seen = { true: 0, false: 0 };
  const options = [undefined, {}, { provider: '' }, { provider: 'VISA' }];
  for (const provider of PROVIDERS) options.push({ provider }, { provider: provider.toUpperCase() });
  for (let i = 0; i < 200_000; i += 1) {
    const text = nearlyCard(next);
    const given = options[next(options.length)];
    const expected = validator.isCreditCard(text, given);
    assert.equal(own.isCreditCard(given)(text), expected, JSON.stringify({ text, given }));
    seen[expected] += 1;
  }
  assert.ok(seen.true > 5000 && seen.false > 50_000, JSON.stringify(seen));
  for (const text of ['', ' ', '-', '- -', '0', '0000000000000000', '4', 'x']) {
    for (const given of options) {
      assert.equal(
        own.isCreditCard(given)(text),
        validator.isCreditCard(text, given),
        `${text} ${JSON.stringify(given)}`,
      );
    }
  }
});

test('isCreditCard: an unknown provider is said where the rule is written', () => {
  for (const provider of ['masterkard', 'constructor', '__proto__', 'toString', 5, {}, ['visa'], true]) {
    assert.throws(
      () => validate.body('card').isCreditCard({ provider }),
      (error) => error.code === 'ERR_HAUBERK_VALIDATE_RULES' && /amex, dinersclub/.test(error.message),
      String(provider),
    );
  }
});

test('texts without end: both read them in one pass', () => {
  const million = 1e6;
  const texts = [
    `2009-01-01T12:30.${'1'.repeat(million)}x`,
    `2009-01-01T1230.${'12'.repeat(million)}.${'1'.repeat(million)}x`,
    `2009-01-01T12:30:30,${'5'.repeat(million)}+05:00`,
    `2009-001T12.${'5'.repeat(million)}:`,
    ' '.repeat(million),
    '1'.repeat(million),
    '- '.repeat(million),
    `${'5'.repeat(million)} ${'-'.repeat(million)}x`,
  ];
  for (const text of texts) {
    for (const options of OPTIONS) own.isISO8601(options)(text);
    for (const provider of [undefined, ...PROVIDERS]) own.isCreditCard({ provider })(text);
  }
  assert.equal(own.isISO8601()(texts[2]), true);
  assert.equal(own.isISO8601()(texts[0]), false);
});

test('both on a chain, in checkSchema, and on arrays, which are never valid', async () => {
  const run = async (/** @type {any} */ chain, /** @type {unknown} */ value) =>
    (await chain.run({ body: { value } })).isEmpty();
  const when = validate.body('value').isISO8601({ strict: true });
  assert.deepEqual([await run(when, '2024-02-29'), await run(when, '2023-02-29')], [true, false]);
  const card = validate.body('value').isCreditCard({ provider: 'visa' });
  assert.deepEqual(
    [await run(card, '4111 1111 1111 1111'), await run(card, '5105105105105100')],
    [true, false],
  );
  for (const value of [['2024-02-29'], [['4111111111111111']], { a: 1 }]) {
    assert.deepEqual([await run(when, value), await run(card, value)], [false, false]);
  }
  const [fromSchema] = validate.checkSchema({
    value: { in: 'body', isISO8601: { options: { strictSeparator: true } } },
  });
  assert.deepEqual(
    [await run(fromSchema, '2024-02-29 10:00'), await run(fromSchema, '2024-02-29T10:00')],
    [false, true],
  );
});
