'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const signature = require('cookie-signature');
const fc = require('fast-check');

const hauberk = require('../..');
const { open, seal, sign, unsign } = require('../../lib/cookies');
const { events } = require('../helpers/events');

const SECRET = 'a secret for the tests of cookies, long enough';
const OTHER = 'another secret, of somebody else altogether..';
const A = { name: 'cart', keys: SECRET };

test('what was sealed opens, whatever JSON can hold', () => {
  for (const value of [
    { id: 7, list: [1, 2], text: 'h\u00e9 \ud83d\ude00' },
    [],
    'text',
    '',
    0,
    true,
    null,
    '\ud800',
  ]) {
    assert.deepEqual(open(seal(value, A), A), value);
  }
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const text = seal(value, { ...A, expiresInMs: Infinity });
      assert.match(text, /^[\w-]+$/);
      assert.deepEqual(open(text, A), JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 500 },
  );
});

test('what was signed reads back, and everybody can read it', () => {
  for (const value of ['', 'a', 'a.b.c', 'h\u00e9 \ud83d\ude00', 'x'.repeat(3000)]) {
    const text = sign(value, A);
    assert.ok(text.startsWith(`${value}.`));
    assert.equal(unsign(text, A), value);
  }
});

/** Each kind of attack on a text, for both ways of writing one. */
const kinds = [
  { kind: 'sealed', write: seal, read: open },
  { kind: 'signed', write: sign, read: unsign },
];

for (const { kind, write, read } of kinds) {
  const text = /** @type {any} */ (write)('three apples', A);

  test(`attack: a ${kind} value that was tampered with is null, whatever was changed`, (t) => {
    const told = events(t);
    for (let i = 0; i < text.length; i += 1) {
      const changed = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1);
      assert.equal(read(changed, A), null, `character ${i}`);
    }
    assert.equal(told().length, text.length);
    assert.ok(told().some(({ code }) => code === 'ERR_HAUBERK_COOKIES_TAMPERED'));
    for (const event of told()) assert.equal(JSON.stringify(event).includes(SECRET), false);
  });

  test(`attack: a ${kind} value that was cut is null`, () => {
    for (let i = 0; i < text.length; i += 1) {
      assert.equal(read(text.slice(0, i), A), null);
      assert.equal(read(text.slice(i + 1), A), null);
    }
    for (const more of [`${text}A`, `A${text}`, `${text}=`, `${text}\n`, ` ${text}`, `${text}\ud800`]) {
      assert.equal(read(more, A), null, JSON.stringify(more));
    }
  });

  test(`attack: a ${kind} value with a foreign key is null, and says so`, (t) => {
    const told = events(t);
    const foreign = /** @type {any} */ (write)('three apples', { ...A, keys: OTHER });
    assert.equal(read(foreign, A), null);
    assert.deepEqual(
      told().map(({ code }) => code),
      ['ERR_HAUBERK_COOKIES_KEY'],
    );
  });

  test(`attack: a ${kind} value replayed as another cookie, or after its time, is null`, (t) => {
    const told = events(t);
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
    const short = /** @type {any} */ (write)('three apples', { ...A, expiresInMs: 1000 });
    assert.equal(read(short, A), 'three apples');
    assert.equal(read(short, { ...A, name: 'user' }), null);
    t.mock.timers.tick(999);
    assert.equal(read(short, A), 'three apples');
    t.mock.timers.tick(1);
    assert.equal(read(short, A), null);
    const codes = told().map(({ code }) => code.slice(20));
    assert.deepEqual(codes, ['TAMPERED', 'EXPIRED']);
  });

  test(`${kind} values: keys rotate: the first writes, all read`, () => {
    const rotated = { ...A, keys: [OTHER, SECRET] };
    assert.equal(read(text, rotated), 'three apples');
    const newer = /** @type {any} */ (write)('three apples', rotated);
    assert.equal(read(newer, { ...A, keys: OTHER }), 'three apples');
    assert.equal(read(newer, A), null);
  });

  test(`${kind} values: what is no text is null; a mistake of the developer throws`, () => {
    for (const none of [undefined, null, 7, {}, [], true, '', 'x'.repeat(5000)]) {
      assert.equal(read(/** @type {any} */ (none), A), null);
    }
    for (const name of [undefined, '', 7, null, '\ud800']) {
      const options = /** @type {any} */ ({ keys: SECRET, name });
      assert.throws(() => write('v', options), { code: 'ERR_HAUBERK_ARGUMENT' });
      assert.throws(() => read(text, options), { code: 'ERR_HAUBERK_ARGUMENT' });
    }
    for (const keys of ['short', [], [7], null, 7, {}]) {
      const options = /** @type {any} */ ({ name: 'a', keys });
      assert.throws(() => write('v', options), { code: 'ERR_HAUBERK_SECRET' }, JSON.stringify(keys));
      assert.throws(() => read(text, options), { code: 'ERR_HAUBERK_SECRET' });
    }
    for (const expiresInMs of [0, -1, 0.5, NaN, -Infinity, '1', true, null, {}]) {
      const options = /** @type {any} */ ({ ...A, expiresInMs });
      assert.throws(() => write('v', options), { code: 'ERR_HAUBERK_ARGUMENT' });
    }
    assert.throws(() => /** @type {any} */ (write)('v'), { code: 'ERR_HAUBERK_ARGUMENT' });
  });

  test(`attack: no ${kind} text that a stranger invents is taken, and none throws`, () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.string()), (invented) => {
        assert.equal(read(invented, A), null);
      }),
      { numRuns: 3000 },
    );
  });
}

test('what JSON cannot write, or a browser would not keep, throws when it is sealed', () => {
  /** @type {any} */
  const cycle = {};
  cycle.self = cycle;
  for (const value of [undefined, () => 1, Symbol('s'), cycle, 7n]) {
    assert.throws(() => seal(value, A), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  assert.throws(() => seal('x'.repeat(4000), A), { code: 'ERR_HAUBERK_COOKIES_SIZE' });
  for (const value of [7, null, undefined, {}, '\ud800']) {
    assert.throws(() => sign(/** @type {any} */ (value), A), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
});

test('a sealed value lives a day by default, a signed one has no end', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const sealed = seal('v', A);
  const signed = sign('v', A);
  t.mock.timers.tick(86_399_999);
  assert.equal(open(sealed, A), 'v');
  t.mock.timers.tick(1);
  assert.equal(open(sealed, A), null);
  t.mock.timers.tick(1_000_000_000_000);
  assert.equal(unsign(signed, A), 'v');
});

test('signing and sealing do not read each other', () => {
  assert.equal(unsign(seal('v'.repeat(99), A), A), null);
  assert.equal(open(sign('v', A), A), null);
});

test('reads what cookie-signature wrote, only where the secret is given', () => {
  for (const value of ['hello', 'a.b', '', 'h\u00e9', '{"a":1}']) {
    const text = `s:${signature.sign(value, 'old secret')}`;
    assert.equal(unsign(text, { ...A, legacy: 'old secret' }), value);
    assert.equal(unsign(text, { ...A, legacy: ['new secret', 'old secret'] }), value);
    assert.equal(unsign(text, { ...A, legacy: 'another secret' }), null);
    assert.equal(unsign(text, A), null);
    assert.equal(unsign(`${text}x`, { ...A, legacy: 'old secret' }), null);
    assert.equal(unsign(text.slice(0, -1), { ...A, legacy: 'old secret' }), null);
  }
  assert.equal(unsign(sign('new', A), { ...A, legacy: 'old secret' }), 'new');
  for (const legacy of ['', [''], 7, {}, null]) {
    assert.throws(() => unsign('s:a.b', /** @type {any} */ ({ ...A, legacy })), {
      code: 'ERR_HAUBERK_ARGUMENT',
    });
  }
});

test('without keys the secret of the guard is used; with two different ones it must be said which', (t) => {
  const guard = hauberk({ secret: SECRET });
  t.after(() => guard.close());
  const text = seal('v', { name: 'cart' });
  assert.equal(open(text, A), 'v');
  const same = hauberk({ secret: SECRET });
  t.after(() => same.close());
  assert.equal(open(text, { name: 'cart' }), 'v');
  const other = hauberk({ secret: OTHER });
  t.after(() => other.close());
  assert.throws(() => open(text, { name: 'cart' }), {
    code: 'ERR_HAUBERK_SECRET',
    message: /several guards/,
  });
  assert.equal(open(text, A), 'v');
});

test('many different secrets do not pile up', () => {
  const first = seal('v', { name: 'a', keys: `${SECRET}${0}` });
  for (let i = 0; i < 300; i += 1) {
    const keys = `${SECRET}${i}`;
    assert.equal(open(seal('v', { name: 'a', keys }), { name: 'a', keys }), 'v');
  }
  assert.equal(open(first, { name: 'a', keys: `${SECRET}${0}` }), 'v');
});
