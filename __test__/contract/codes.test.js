'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const CODES = require('../../lib/internal/codes');
const native = require('../../lib/internal/native');

const ROOT = path.join(__dirname, '../..');
const inJavaScript = Object.keys(CODES).sort();
const read = (/** @type {string} */ name) => fs.readFileSync(path.join(ROOT, name), 'utf8');

test('Rust knows exactly the codes of JavaScript', () => {
  assert.ok(inJavaScript.length > 20);
  assert.deepEqual([...native.core.codes()].sort(), inJavaScript);
});

test('the types know exactly the codes of JavaScript', () => {
  const inTypes = [...read('lib/internal/error-code.d.ts').matchAll(/'(ERR_HAUBERK_\w+)'/g)].map(
    ([, code]) => code,
  );
  assert.deepEqual(inTypes.sort(), inJavaScript);
});

test('docs/codes.md has a heading and a text for exactly the codes of JavaScript, with the right status', () => {
  const sections = read('docs/codes.md').split(/^### /m).slice(1);
  const inDocs = sections.map((section) => section.split('\n', 1)[0]);
  assert.deepEqual([...inDocs].sort(), inJavaScript);
  for (const section of sections) {
    const [code, ...rest] = section.split('\n');
    const text = rest.join('\n').split(/^## /m)[0].trim();
    assert.ok(text.length > 40, `${code} has no text`);
    const { status } = CODES[code];
    if (status !== 0) assert.match(text, new RegExp(`^Status ${status}\\.`), code);
  }
});

test('every code that the sources use is in the table', () => {
  for (const folder of ['lib', 'examples']) {
    for (const name of fs.readdirSync(path.join(ROOT, folder), { recursive: true }).map(String)) {
      if (!name.endsWith('.js')) continue;
      for (const [code] of read(path.join(folder, name)).matchAll(/ERR_HAUBERK_[A-Z0-9_]+/g)) {
        assert.ok(Object.hasOwn(CODES, code) || code.endsWith('_'), `${name}: ${code}`);
      }
    }
  }
});

test('every code of a practice is used by it', () => {
  const sources = ['lib', 'src'].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true })
      .map((name) => path.join(folder, String(name)))
      .filter((name) => /\.(js|rs)$/.test(name) && !/(codes\.js|code\.rs)$/.test(name)),
  );
  const text = sources.map(read).join('\n');
  for (const code of inJavaScript) {
    const variant = code
      .slice('ERR_HAUBERK_'.length)
      .split('_')
      .map((word) => word[0] + word.slice(1).toLowerCase())
      .join('');
    assert.ok(text.includes(code) || text.includes(`Code::${variant}`), `${code} is never used`);
  }
});
