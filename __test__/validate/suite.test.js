'use strict';

/** The official JSON-Schema-Test-Suite, draft 2020-12, through the public middleware. */

const assert = require('node:assert/strict');
const { test } = require('node:test');

const validate = require('../../lib/validate');
const suite = require('../vectors/json-schema-2020-12.json');

/** Whether a part accepts a value; the text is judged as if a body parser had left it. */
function accepts(schema, data, options) {
  // A boolean schema is no object; wrapped, it says the same.
  const body = typeof schema === 'boolean' ? { allOf: [schema] } : schema;
  const middleware = validate({ body, unknown: 'allow', strict: false, schemas: suite.remotes, ...options });
  return (value) => {
    let refused = true;
    const res = { setHeader() {}, end() {} };
    middleware({ method: 'POST', headers: {}, body: value }, res, (error) => {
      if (error) throw error;
      refused = false;
    });
    return !refused;
  };
}

for (const [name, groups] of Object.entries(suite.required)) {
  test(`2020-12, required: ${name}`, () => {
    for (const { description, schema, tests } of groups) {
      const judge = accepts(schema, undefined, { formats: 'annotate' });
      for (const one of tests) {
        assert.equal(judge(one.data), one.valid, `${description}: ${one.description}`);
      }
    }
  });
}

test('2020-12, formats: each is asserted', () => {
  const differ = [];
  for (const [name, groups] of Object.entries(suite.formats)) {
    for (const { description, schema, tests } of groups) {
      const judge = accepts(schema, undefined, {});
      for (const one of tests) {
        if (judge(one.data) !== one.valid) differ.push(`${name}: ${description}: ${one.description}`);
      }
    }
  }
  assert.deepEqual(differ, []);
});
