'use strict';

/** The vectors of validator.js through the chains, and mail addresses beside the package itself. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const realValidator = require('validator');

const validate = require('../../lib/validate');
const { corpus } = require('../helpers/corpora');

const CHAIN = new Set(Object.getOwnPropertyNames(Object.getPrototypeOf(validate.body('x'))));

/** A chain with one rule, run on one value: `{ valid, value }`. */
async function runRule(name, args, value) {
  const req = { body: { value } };
  const chain = validate.body('value');
  const result = await chain[name](...args).run(req);
  return { valid: result.isEmpty(), value: req.body.value };
}

/** Arguments that express-validator's methods hand on: one for most, two for some. */
const TWO = new Set([
  'isAlpha',
  'isAlphanumeric',
  'contains',
  'matches',
  'isMobilePhone',
  'isLength',
  'isByteLength',
]);

test('validator.js: each vector gives what the released package gives', async (t) => {
  const rows = corpus('validatorjs');
  if (rows === undefined) return t.skip('corpora absent: validatorjs');
  let seen = 0;
  const differ = [];
  for (const { fn, args, input, expect, id } of rows) {
    if (!CHAIN.has(fn) || typeof input !== 'string' || expect === 'throws') continue;
    if (args.length > (TWO.has(fn) ? 2 : 1)) continue;
    let expected;
    try {
      expected = realValidator[fn](input, ...(structuredClone(args) ?? []));
    } catch {
      continue;
    }
    // isURL with a backslash is the one deliberate difference.
    if (fn === 'isURL' && input.includes('\\')) continue;
    seen += 1;
    const got = await runRule(fn, structuredClone(args), input);
    const same = /^is|^(?:contains|equals|matches)$/.test(fn)
      ? got.valid === Boolean(expected)
      : String(got.value) === String(expected);
    if (!same) differ.push(`${id} ${fn} ${JSON.stringify(args)} ${JSON.stringify(input)}: ${expected}`);
  }
  assert.deepEqual(differ.slice(0, 20), []);
  assert.ok(seen > 5500, `${seen} vectors`);
  return undefined;
});

test('email: each address is judged as the package judges it', async (t) => {
  const rows = corpus('email');
  if (rows === undefined) return t.skip('corpora absent: email');
  assert.ok(rows.length > 100);
  for (const options of [undefined, { allow_utf8_local_part: false }, { require_tld: false }]) {
    for (const { input } of rows) {
      let expected;
      try {
        expected = realValidator.isEmail(input, structuredClone(options));
      } catch {
        // The package throws on an unpaired surrogate.
        expected = false;
      }
      const { valid } = await runRule('isEmail', [options], input);
      assert.equal(valid, expected, JSON.stringify([input, options]));
      const normal = realValidator.normalizeEmail(input);
      assert.equal((await runRule('normalizeEmail', [], input)).value, normal, JSON.stringify(input));
    }
  }
  return undefined;
});
