'use strict';

/** Tokens and statements, held against a real parser on real code. */

const assert = require('node:assert/strict');
const { Linter } = require('eslint');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { statementsOf } = require('../../lib/init/statements');
const { tokenize, Unsure } = require('../../lib/init/tokens');
const { ROOT } = require('./project');

/** What ESLint's parser says of a file, or undefined where it is no program. @param {string} text */
function parsed(text) {
  const linter = new Linter();
  for (const sourceType of ['commonjs', 'module']) {
    const [problem] = linter.verify(text, [{ languageOptions: { ecmaVersion: 'latest', sourceType } }]);
    if (!problem?.fatal) return linter.getSourceCode();
  }
  return undefined;
}

/** @param {string} folder @returns {string[]} */
function programs(folder) {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((name) => /\.[cm]?js$/.test(name) && fs.statSync(path.join(ROOT, name)).size < 100_000);
}

const FOLDERS = [
  'lib/guard',
  'lib/init',
  'examples',
  '__test__/guard',
  'node_modules/express',
  'node_modules/express4',
];
const MORE = ['helmet', 'body-parser', 'debug', 'semver', 'cors', 'multer', 'passport', 'cookie-session'];

for (const folder of [...FOLDERS, ...MORE.map((name) => `node_modules/${name}`)]) {
  test(`${folder}: the same tokens and statements as ESLint's parser`, () => {
    let seen = 0;
    for (const name of programs(folder)) {
      const text = fs.readFileSync(path.join(ROOT, name), 'utf8').replace(/^\ufeff/, '');
      const code = parsed(text);
      if (code === undefined) continue;
      seen += 1;
      const tokens = tokenize(text);
      const own = statementsOf(tokens, -1).map(({ first, last }) => [tokens[first].start, tokens[last].end]);
      assert.deepEqual(
        own.filter(([from, to]) => text.slice(from, to) !== ';'),
        code.ast.body.map(({ range }) => range).filter(([from, to]) => text.slice(from, to) !== ';'),
        name,
      );
      // A template is one token here and several there: each of theirs begins inside or at one of ours.
      const starts = new Set(tokens.map(({ start }) => start));
      const templates = tokens.filter(({ type }) => type === 'template');
      for (const { range, value } of code.ast.tokens) {
        const inside = templates.some(({ start, end }) => start <= range[0] && range[0] < end);
        // `#name` is one token of ours.
        const known = starts.has(range[0]) || inside || text[range[0] - 1] === '#';
        assert.ok(known, `${name}: ${value} at ${range[0]}`);
      }
    }
    assert.ok(seen > 0);
  });
}

/** @param {string} text */
const cut = (text) => {
  const tokens = tokenize(text);
  return statementsOf(tokens, -1).map(({ first, last }) => text.slice(tokens[first].start, tokens[last].end));
};

for (const [what, text, expected] of [
  ['a line that begins with a bracket goes on', 'a\n(b)\nc', ['a\n(b)', 'c']],
  ['a template goes on', 'a\n`b`\nc', ['a\n`b`', 'c']],
  ['++ begins a new statement', 'a\n++b', ['a', '++b']],
  ['a leading comma', 'var a = 1\n  , b = 2\nc()', ['var a = 1\n  , b = 2', 'c()']],
  [
    'else, catch and while belong to what is before',
    'if (a) b()\nelse c()\ntry { } catch { }\ndo { } while (d)\ne',
    ['if (a) b()\nelse c()', 'try { } catch { }', 'do { } while (d)', 'e'],
  ],
  [
    'a brace on its own line',
    'x = function ()\n{ a }\nfunction y ()\n{ b }\nz',
    ['x = function ()\n{ a }', 'function y ()\n{ b }', 'z'],
  ],
  [
    'a division and regular expressions',
    'a = b / c / d; if (/[/]"/.test(e)) f(); g = [1] / 2',
    ['a = b / c / d;', 'if (/[/]"/.test(e)) f();', 'g = [1] / 2'],
  ],
  ['templates in templates', 'a = `${`}` + "`"}`; b', ['a = `${`}` + "`"}`;', 'b']],
  ['a conditional with a decimal', 'a ?.5 : 1; b', ['a ?.5 : 1;', 'b']],
  [
    'TypeScript',
    "import a = require('a')\ninterface B { c: string }\ntype D = { e: 1 }\nconst f: D = g as D\nenum H { I }\nexport abstract class J<K> extends L<K> { m(): void {} }\nfunction n(): { o: 1 } { }\np",
    [
      "import a = require('a')",
      'interface B { c: string }',
      'type D = { e: 1 }',
      'const f: D = g as D',
      'enum H { I }',
      'export abstract class J<K> extends L<K> { m(): void {} }',
      'function n(): { o: 1 } { }',
      'p',
    ],
  ],
  ['a hash bang and comments', '#!/usr/bin/env node\n// a\nb /* c\n*/ d', ['b', 'd']],
]) {
  test(`statements: ${what}`, () => assert.deepEqual(cut(text), expected));
}

for (const [what, text] of [
  ['a string without an end', 'a = "b\nc"'],
  ['a template without an end', 'a = `b'],
  ['a template with an open expression', 'a = `b${c'],
  ['a regular expression without an end', 'a = /b\n/'],
  ['a comment without an end', '/* a'],
  ['brackets that do not match', 'a(]'],
  ['a bracket without an end', 'a({'],
  ['a bracket too many', 'a)'],
  ['a slash behind a brace: who knows', 'a = {} / b'],
  ['a character of no language', 'a \u00a7 b'],
  ['ten thousand templates inside each other', '`${'.repeat(10_000)],
]) {
  test(`unsure: ${what}`, () => assert.throws(() => tokenize(text), Unsure));
}

test('a hundred thousand brackets end', () => {
  assert.equal(statementsOf(tokenize('('.repeat(1e5) + ')'.repeat(1e5)), -1).length, 1);
});
