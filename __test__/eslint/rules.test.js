'use strict';

/** Each rule, on ESLint 9 and 10: what it must find, and what it must leave alone. */

const assert = require('node:assert/strict');
const { describe, it, test } = require('node:test');

const plugin = require('../../lib/eslint');
const CASES = require('./cases');

const VERSIONS = { 9: require('eslint9'), 10: require('eslint') };

for (const [version, { RuleTester, ESLint }] of Object.entries(VERSIONS)) {
  RuleTester.describe = describe;
  RuleTester.it = it;
  assert.equal(ESLint.version.split('.')[0], version);
  for (const [name, { valid, invalid }] of Object.entries(CASES)) {
    const tester = new RuleTester({ languageOptions: { ecmaVersion: 2023, sourceType: 'module' } });
    describe(`ESLint ${version}`, () =>
      tester.run(name, /** @type {any} */ (plugin.rules)[name], { valid, invalid }));
  }
}

test('each rule has cases of both kinds, a description and a place in the docs', () => {
  assert.deepEqual(Object.keys(CASES).sort(), Object.keys(plugin.rules).sort());
  const page = require('node:fs').readFileSync(`${__dirname}/../../docs/eslint.md`, 'utf8');
  for (const [name, { meta }] of Object.entries(plugin.rules)) {
    assert.ok(CASES[name].valid.length >= 3 && CASES[name].invalid.length >= 2, name);
    assert.match(page, new RegExp(`^### ${name}$`, 'm'));
    assert.ok(meta.docs.url.endsWith(`#${name}`) && meta.docs.description.length > 10);
    const shown = CASES[name].invalid.flatMap(({ errors }) => errors.map(({ messageId }) => messageId));
    assert.deepEqual(
      [...new Set(shown)].sort(),
      Object.keys(meta.messages).sort(),
      `${name}: each message is shown`,
    );
  }
});
