'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const { policy } = require('../../lib/passwords');

const KNOWN = 'correct horse battery staple';
const FAILS = { code: 'ERR_HAUBERK_PASSWORDS_FILTER' };
const sha1 = (/** @type {string} */ text) =>
  crypto.createHash('sha1').update(text).digest('hex').toUpperCase();
const many = Array.from({ length: 3000 }, (_, i) => `password number ${i}`);

/** @param {import('node:test').TestContext} t */
function folderOf(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-filter-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

for (const prefixBits of /** @type {const} */ ([8, 12, 16, 20])) {
  test(`a filter with ${prefixBits} bits finds what is in it, and nothing else`, async (t) => {
    const to = path.join(folderOf(t), 'filter.bin');
    for (const remainderBytes of [3, 4, 8]) {
      const made = await policy.filter.build({
        from: many,
        to,
        kind: 'passwords',
        prefixBits,
        remainderBytes,
      });
      assert.equal(made.count, 3000);
      assert.equal(made.bytes, fs.statSync(to).size);
      const filter = await policy.filter.open(to);
      assert.deepEqual(filter.info, made);
      for (const password of many) assert.equal(await filter.has(password), true);
      // The probability that one of these is hit is below 2^-7 (8 bits, 3 bytes), else far below.
      for (const password of many.slice(0, 10)) assert.equal(await filter.has(`${password}!`), false);
      await filter.close();
    }
  });
}

test('a list of sorted hashes with counts, from a file, makes the same filter', async (t) => {
  const folder = folderOf(t);
  const [list, a, b] = ['list.txt', 'a.bin', 'b.bin'].map((name) => path.join(folder, name));
  fs.writeFileSync(
    list,
    many
      .map((one, i) => `${sha1(one)}:${i + 1}`)
      .sort()
      .join('\r\n'),
  );
  await policy.filter.build({ from: list, to: a });
  await policy.filter.build({ from: many, to: b, kind: 'passwords' });
  assert.ok(fs.readFileSync(a).equals(fs.readFileSync(b)));
  assert.deepEqual(fs.readdirSync(folder).sort(), ['a.bin', 'b.bin', 'list.txt']);
});

test('lists that are no lists are refused, and leave no file', async (t) => {
  const folder = folderOf(t);
  const to = path.join(folder, 'filter.bin');
  for (const from of [
    ['not a hash'],
    [sha1('b').slice(1)],
    [`${sha1('b')}:x`],
    [sha1('a'), sha1('b')].sort().reverse(),
    ['x'.repeat(1_000_000)],
  ]) {
    await assert.rejects(policy.filter.build({ from, to }), FAILS);
  }
  // Again and again: an error that nobody waits for yet would end the process, now and then.
  for (const kind of /** @type {const} */ (['sha1', 'passwords', 'sha1', 'passwords', 'sha1'])) {
    const absent = path.join(folder, 'absent');
    await assert.rejects(policy.filter.build({ from: absent, to, kind }), { code: 'ENOENT' });
    await assert.rejects(policy.filter.build({ from: folder, to, kind }), { code: 'EISDIR' });
  }
  assert.deepEqual(fs.readdirSync(folder), []);
  const bad = [
    { to },
    { from: [] },
    { from: 5, to },
    { from: [], to, prefixBits: 9 },
    { from: [], to, remainderBytes: 1 },
  ];
  for (const options of bad) {
    await assert.rejects(policy.filter.build(/** @type {any} */ (options)), {
      code: 'ERR_HAUBERK_OPTION_INVALID',
    });
  }
});

test('an empty list makes an empty filter; doubles and padding are left out', async (t) => {
  const to = path.join(folderOf(t), 'filter.bin');
  assert.equal((await policy.filter.build({ from: [], to })).count, 0);
  const filter = await policy.filter.open(to);
  assert.equal(await filter.has(KNOWN), false);
  await filter.close();
  const doubled = [`${sha1(KNOWN)}:5`, sha1(KNOWN).toLowerCase(), ''];
  assert.equal((await policy.filter.build({ from: doubled, to })).count, 1);
  assert.equal((await policy.filter.build({ from: [`${sha1(KNOWN)}:0`], to })).count, 0);
});

test('the policy refuses what stands in its filter, by path or opened', async (t) => {
  const to = path.join(folderOf(t), 'filter.bin');
  await policy.filter.build({ from: [KNOWN], to, kind: 'passwords' });
  const opened = await policy.filter.open(to);
  for (const filter of [to, opened]) {
    const rules = policy({ filter });
    const verdict = await rules.check(KNOWN);
    assert.deepEqual(
      verdict.reasons.map((reason) => [reason.code, /** @type {any} */ (reason).source]),
      [['breached', 'filter']],
    );
    assert.deepEqual(
      [(await rules.check(`${KNOWN}!`)).ok, (await rules.check(`${KNOWN}!`)).breached],
      [true, 0],
    );
  }
  await opened.close();
  await assert.rejects(policy({ filter: opened }).check(KNOWN), FAILS);
});

test('a filter that is absent, damaged or of another kind is an error, never a silent pass', async (t) => {
  const folder = folderOf(t);
  const to = path.join(folder, 'filter.bin');
  await assert.rejects(policy({ filter: to }).check(KNOWN), FAILS);
  await policy.filter.build({ from: many, to, kind: 'passwords', prefixBits: 8 });
  const bytes = fs.readFileSync(to);
  const damaged = [
    Buffer.alloc(0),
    Buffer.from('not a filter, but long enough to be one'),
    bytes.subarray(0, -1),
    Buffer.concat([bytes, Buffer.from('x')]),
    Object.assign(Buffer.from(bytes), { 8: 2 }),
    Object.assign(Buffer.from(bytes), { 9: 9 }),
    Object.assign(Buffer.from(bytes), { 10: 9 }),
    Object.assign(Buffer.from(bytes), { 12: 255 }),
  ];
  for (const content of damaged) {
    fs.writeFileSync(to, content);
    await assert.rejects(policy.filter.open(to), FAILS);
    await assert.rejects(policy({ filter: to }).check(KNOWN), FAILS);
  }
  const index = Buffer.from(bytes);
  index.fill(0xff, 32, 32 + 257 * 6);
  fs.writeFileSync(to, index);
  const filter = await policy.filter.open(to);
  await assert.rejects(filter.has(KNOWN), FAILS);
  await filter.close();
  fs.writeFileSync(to, bytes);
  const rules = policy({ filter: to });
  assert.equal((await rules.check(many[0])).breached, 1);
});
