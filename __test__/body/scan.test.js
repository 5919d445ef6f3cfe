'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const fc = require('fast-check');
const native = require('../../lib/internal/native').body;
const { RULES, bits } = require('../../lib/body/rules');
const { scanJson } = require('../../lib/body/scan');
const { corpus, inputBytes } = require('../helpers/corpora');

const { refuse } = bits({ operatorKeys: 'refuse', precision: false }, false);
const NONE = 0xffff_ffff;
const LIMITS = native.register(64, 10_000, 256, NONE, refuse, 0);

/** @returns {string} the rule that refuses the bytes, or `fine` */
function verdict(bytes, limits = LIMITS) {
  const found = scanJson(bytes, limits) ?? 0;
  // The keys of a text that was seen before are recognized: the verdict is the same.
  assert.equal(scanJson(bytes, limits) ?? 0, found);
  return (found & 0xff) === 0 ? 'fine' : RULES[(found & 0xff) - 1];
}

/** What JSON.parse makes of the bytes: a value, or undefined for a syntax error. */
function parsed(bytes) {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

/** The rules by the parsed value and by a reviver that sees each key once, as the model of the scan. */
function model(value) {
  const state = { depth: 0, keys: 0, bad: /** @type {string[]} */ ([]) };
  const visit = (
    /** @type {any} */ node,
    /** @type {number} */ depth,
    /** @type {boolean} */ ofConstructor,
  ) => {
    if (typeof node !== 'object' || node === null) return;
    state.depth = Math.max(state.depth, depth);
    if (Array.isArray(node)) return void node.forEach((item) => visit(item, depth + 1, false));
    for (const key of Object.keys(node)) {
      state.keys += 1;
      if (key === '__proto__' || (ofConstructor && key === 'prototype')) state.bad.push('prototypeKeys');
      if (key.startsWith('$') || key.includes('.')) state.bad.push('operatorKeys');
      visit(Object.getOwnPropertyDescriptor(node, key).value, depth + 1, key === 'constructor');
    }
  };
  visit(value, 1, false);
  return state;
}

const KEYS = [
  'a',
  'b',
  '',
  '__proto__',
  'constructor',
  'prototype',
  '$ne',
  'a.b',
  'caf\u00e9',
  'x'.repeat(30),
  '"',
  '\\',
  'key0',
];
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(1, null, 'text {"a":1,"a":2}', '\\"', '\u{1f600}', 1.5e300),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 6 })
      .map((entries) => ({ entries })),
  ),
}));

/** Writes a tree as JSON, with random escapes and white space, and counts what comes twice. */
function write(node, random, twice) {
  const space = () => ' \n\t\r'.slice(0, random() % 3);
  if (Array.isArray(node)) return `[${space()}${node.map((item) => write(item, random, twice)).join(',')}]`;
  if (typeof node !== 'object' || node === null) return JSON.stringify(node) + space();
  const seen = new Set();
  const members = node.entries.map(([key, value]) => {
    if (seen.has(key)) twice.push(key);
    seen.add(key);
    const plain = JSON.stringify(key);
    const escaped = `"${Array.from({ length: key.length }, (_, i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
    return `${space()}${random() % 3 === 0 ? escaped : plain}${space()}:${space()}${write(value, random, twice)}`;
  });
  return `{${members.join(',')}}`;
}

test('rules have the same numbers in JavaScript and in Rust', () => {
  const source = fs.readFileSync(path.join(__dirname, '../../src/body/rule.rs'), 'utf8');
  const [, list] = /pub enum Rule \{([^}]*)\}/.exec(source);
  assert.equal(list.match(/[A-Z]\w+/g).length, RULES.length);
});

test('the scan and JSON.parse see the same keys, depths and duplicates', () => {
  fc.assert(
    fc.property(tree.value, fc.infiniteStream(fc.nat(1000)), (value, stream) => {
      const twice = [];
      const text = write(value, () => stream.next().value, twice);
      const bytes = Buffer.from(text);
      const found = verdict(bytes);
      const { bad } = model(parsed(bytes).value);
      // JSON.parse keeps the last of two keys, so what the first held is only in the text.
      if (twice.length === 0) assert.equal(found === 'fine', bad.length === 0, text);
      else assert.notEqual(found, 'fine', text);
    }),
    { numRuns: 2000 },
  );
});

test('what the scan calls fine and JSON.parse accepts keeps every rule (any bytes)', () => {
  const byte = fc.constantFrom(...Buffer.from('{}[]":,\\ a1u0_.$\xc3\xa9\xff', 'latin1'));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), (list) => {
      const bytes = Buffer.from(list);
      const result = parsed(bytes);
      if (verdict(bytes) !== 'fine' || result === undefined) return;
      assert.deepEqual(model(result.value).bad, []);
    }),
    { numRuns: 5000 },
  );
});

test('time is linear: one hundred thousand keys, brackets, escapes, quotes', () => {
  const wide = native.register(1000, 1_000_000, 65_536, NONE, refuse, 0);
  const many = Buffer.from(`{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')}}`);
  assert.equal(verdict(many, wide), 'fine');
  assert.equal(verdict(Buffer.from(`[${'{"a":1},'.repeat(100_000)}0]`), wide), 'fine');
  for (const text of ['[', '{', '{"a":', '"', '\\', '":', '\\"', ']', '}']) {
    scanJson(Buffer.from(text.repeat(100_000)), wide);
  }
});

test('corpus json-test-suite: the scan refuses nothing that must be accepted but by a rule', (t) => {
  const rows = corpus('json-test-suite');
  if (rows === undefined) return t.skip('corpora absent: json-test-suite');
  for (const { input, expect, name } of rows) {
    const bytes = inputBytes(input);
    const found = verdict(bytes);
    if (expect.json === 'accept' && found !== 'fine') {
      assert.ok(['duplicateKeys', 'operatorKeys', 'depth'].includes(found), `${name}: ${found}`);
    }
    if (expect.utf8_valid === false && parsed(bytes) === undefined) assert.notEqual(found, undefined);
    if (found === 'utf8') assert.equal(parsed(bytes), undefined, name);
  }
  return undefined;
});

test('corpus json-attacks: prototype keys, operators, duplicates and depth by their labels', (t) => {
  const rows = corpus('json-attacks');
  if (rows === undefined) return t.skip('corpora absent: json-attacks');
  const lone = (...rules) => {
    const actions = Object.fromEntries(RULES.map((rule) => [rule, rules.includes(rule) ? 'refuse' : false]));
    const { refuse } = bits(actions, false);
    return native.register(64, 10_000, 256, NONE, refuse, 0);
  };
  const rules = {
    proto: lone('prototypeKeys'),
    operator: lone('operatorKeys'),
    duplicate: lone('duplicateKeys'),
    depth: lone('depth'),
  };
  for (const { input, expect, id } of rows) {
    if (!expect.valid) continue;
    const bytes = inputBytes(input);
    const says = (limits) => verdict(bytes, limits) !== 'fine';
    if (bytes.indexOf(0xfeff) >= 0) continue;
    assert.equal(says(rules.proto), expect.proto || expect.ctor_proto, `${id} proto`);
    if (expect.dup_keys !== undefined)
      assert.equal(says(rules.duplicate), expect.dup_keys, `${id} duplicate`);
    assert.equal(says(rules.operator), expect.nosql_op || expect.dotted, `${id} operator`);
    if (expect.valid === 'deep') assert.ok(says(rules.depth), `${id} deep`);
    else assert.equal(says(rules.depth), expect.max_depth > 64, `${id} depth`);
  }
  return undefined;
});

test('corpus utf8-bytes: exactly the well-formed pass', (t) => {
  const rows = corpus('utf8-bytes');
  if (rows === undefined) return t.skip('corpora absent: utf8-bytes');
  for (const { input, expect, ctx, id } of rows) {
    const bytes = inputBytes(input);
    if (ctx === 'form' || ctx === 'url') continue;
    assert.equal(verdict(bytes) !== 'utf8', expect.utf8_valid, id);
  }
  return undefined;
});

test('a text nested a million levels ends no process', () => {
  const script = `
    const { create, parse } = require('./lib/body/stage');
    const native = require('./lib/internal/native').body;
    const deep = Buffer.from('{"a":['.repeat(1_000_000));
    for (const mode of ['enforce', 'report']) create(parse({ mode }));
    native.jsonPointer(deep, deep.length);
    const { scanJson } = native.functions();
    console.log(scanJson(deep, 0) !== scanJson(deep, 2));
  `;
  const done = spawnSync(process.execPath, ['-e', script], {
    cwd: path.join(__dirname, '../..'),
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, done.stderr);
  assert.equal(done.stdout, 'true\n');
});

test('the core refuses what is no view of bytes, and limits that it does not know', () => {
  const fine = Buffer.from('{"a":1}');
  assert.equal(scanJson(fine, LIMITS), undefined);
  for (const wrong of [undefined, null, 'text', {}, 1]) {
    assert.throws(() => scanJson(wrong, LIMITS), { code: 'ERR_HAUBERK_ARGUMENT' }, String(wrong));
  }
  assert.throws(() => scanJson(fine, 4_000_000_000), { code: 'ERR_HAUBERK_ARGUMENT' });
  assert.throws(() => scanJson(fine), { code: 'ERR_HAUBERK_ARGUMENT' });
});

test('saved fuzz inputs', () => {
  const folder = path.join(__dirname, '../../fuzz/corpus');
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  assert.ok(files.length > 0);
  for (const file of files) {
    const bytes = fs.readFileSync(path.join(file.parentPath ?? file.path, file.name));
    const result = parsed(bytes);
    native.scanForm(bytes, LIMITS);
    native.jsonPointer(bytes, bytes.length >> 1);
    if (verdict(bytes) === 'fine' && result) assert.deepEqual(model(result.value).bad, []);
  }
});
