'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const ROOT = path.join(__dirname, '../..');

/** @param {string} folder @param {string} ending */
function filesOf(folder, ending) {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((name) => name.endsWith(ending));
}

const read = (/** @type {string} */ name) => fs.readFileSync(path.join(ROOT, name), 'utf8');

test('#[napi] stands only in native.rs', () => {
  const others = filesOf('src', '.rs').filter((name) => path.basename(name) !== 'native.rs');
  assert.ok(others.length > 5);
  for (const name of others) assert.doesNotMatch(read(name), /#\[napi/, name);
});

test('every exported function catches panics and names its practice', () => {
  let seen = 0;
  for (const name of filesOf('src', 'native.rs')) {
    const practice = path.basename(path.dirname(name));
    const text = read(name);
    for (const [attribute, item] of exportsOf(text)) {
      seen += 1;
      if (/\bfn\b/.test(item)) assert.match(attribute, /catch_unwind/, `${name}: ${item}`);
      // A method stands, indented, in an `impl` that carries the namespace.
      if (!item.startsWith(' ')) {
        assert.match(attribute, new RegExp(`namespace = "${practice}"`), `${name}: ${item}`);
      }
    }
  }
  assert.ok(seen > 3);
});

/** Each `#[napi...]` on an item, with the first line of the item. @param {string} text */
function exportsOf(text) {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    // On an argument the attribute is followed by the argument in the same line.
    if (!line.trim().startsWith('#[napi') || line.includes(')] ')) return [];
    const end = lines.findIndex((one, at) => at >= i && one.endsWith(']'));
    const item = lines.slice(end + 1).find((one) => !/^\s*(#\[|\/\/)/.test(one)) ?? '';
    return [[lines.slice(i, end + 1).join(' '), item]];
  });
}

test('no profile aborts on panic', () => {
  assert.doesNotMatch(read('Cargo.toml'), /panic\s*=\s*"abort"/);
  assert.match(read('Cargo.toml'), /panic\s*=\s*"unwind"/);
});

test('unsafe code is denied at the root; a file either forbids it or says why it is allowed', () => {
  assert.match(read('src/lib.rs'), /#!\[deny\(unsafe_code\)\]/);
  for (const name of filesOf('src', '.rs')) {
    const text = read(name);
    if (!/\bunsafe\s*(\{|fn|impl)/.test(text)) continue;
    assert.match(text, /#!?\[allow\(unsafe_code\)\]/, `${name} uses unsafe without allowing it`);
    const blocks = text.match(/\bunsafe\s*\{/g)?.length ?? 0;
    const reasons = text.match(/SAFETY/g)?.length ?? 0;
    assert.ok(reasons > 0 && reasons * 2 >= blocks, `${name}: ${blocks} unsafe blocks, ${reasons} reasons`);
  }
});

test('src/ and lib/ are ASCII', () => {
  const names = [
    ...filesOf('src', '.rs'),
    ...filesOf('lib', '.js'),
    ...filesOf('lib', '.ts'),
    'index.js',
    'index.d.ts',
  ];
  for (const name of names) {
    const at = read(name)
      .split('\n')
      .findIndex((line) => /[^\x00-\x7f]/.test(line)); // eslint-disable-line no-control-regex
    assert.equal(at, -1, `${name}:${at + 1}`);
  }
});

test('index.js is written by hand, the binding is loaded in one place', () => {
  assert.doesNotMatch(read('index.js'), /auto-generated|loadBinding/);
  for (const name of filesOf('lib', '.js')) {
    if (name === path.join('lib', 'internal', 'native.js')) continue;
    assert.doesNotMatch(read(name), /native\/binding/, name);
  }
});

test('a practice requires no file of another practice', () => {
  const shared = new Set(['internal', 'client']);
  for (const name of filesOf('lib', '.js')) {
    const practice = name.split(path.sep)[1];
    if (practice === 'guard') continue;
    for (const [, target] of read(name).matchAll(/require\('(\.[^']+)'\)/g)) {
      const into = path.relative('lib', path.join(path.dirname(name), target)).split(path.sep)[0];
      if (into.startsWith('..')) continue;
      // A command, not a practice: it tells doctor's score before and after.
      if (practice === 'init' && into === 'doctor') continue;
      assert.ok(into === practice || shared.has(into), `${name} requires ${target}`);
    }
  }
});

test('only production.js reads NODE_ENV', () => {
  for (const name of filesOf('lib', '.js')) {
    if (path.basename(name) === 'production.js') continue;
    assert.doesNotMatch(read(name), /env\??\.NODE_ENV|env\['NODE_ENV|\{[^}]*NODE_ENV[^}]*\} = process/, name);
  }
});
