'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { sealer } = require('../../lib/mfa');
const { otherInputs } = require('./inputs');

const secret = 'a secret of at least thirty-two bytes';
const fresh = 'another secret of at least thirty-two bytes';
const SHUT = { code: 'ERR_HAUBERK_MFA_SEALED' };

test('what was sealed opens, and does not show', () => {
  const box = sealer({ secret });
  const sealed = box.seal('GEZDGNBVGY3TQOJQ', '7');
  assert.match(sealed, /^hbk1\.[\w-]{8}\.[\w-]+$/);
  assert.ok(!sealed.includes('GEZDGNBV'));
  assert.equal(box.open(sealed, '7'), 'GEZDGNBVGY3TQOJQ');
  assert.notEqual(box.seal('GEZDGNBVGY3TQOJQ', '7'), sealed);
  assert.equal(sealer({ secret }).open(sealed, '7'), 'GEZDGNBVGY3TQOJQ');
});

test('a row copied to another user does not open', () => {
  const box = sealer({ secret });
  assert.throws(() => box.open(box.seal('x', '7'), '8'), SHUT);
});

test('any changed character, and any cut, is noticed', () => {
  const box = sealer({ secret });
  const sealed = box.seal('GEZDGNBVGY3TQOJQ', '7');
  for (let i = 0; i < sealed.length; i += 1) {
    const other = sealed[i] === 'A' ? 'B' : 'A';
    assert.throws(() => box.open(sealed.slice(0, i) + other + sealed.slice(i + 1), '7'), SHUT, `at ${i}`);
    assert.throws(() => box.open(sealed.slice(0, i), '7'), SHUT);
  }
  for (const text of [
    `${sealed}=`,
    `${sealed}\0`,
    `${sealed}A`,
    `${sealed}.x`,
    'x'.repeat(1_000_000),
    ...otherInputs(),
  ]) {
    assert.throws(() => box.open(text, '7'), SHUT);
  }
});

test('secrets rotate: the first seals, all open', () => {
  const sealed = sealer({ secret }).seal('x', '7');
  const both = sealer({ secret: [fresh, secret] });
  assert.equal(both.open(sealed, '7'), 'x');
  assert.equal(both.needsReseal(sealed), true);
  assert.equal(both.needsReseal(both.seal('x', '7')), false);
  assert.throws(() => sealer({ secret: fresh }).open(sealed, '7'), SHUT);
});

test('bad input throws', () => {
  const box = sealer({ secret });
  for (const plain of [...otherInputs(), '', 'x'.repeat(513), '\ud800']) {
    assert.throws(() => box.seal(/** @type {any} */ (plain), '7'), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
  assert.throws(() => sealer({ secret: 'short' }), { code: 'ERR_HAUBERK_SECRET' });
  assert.throws(() => sealer(/** @type {any} */ ({ secrets: secret })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
  });
});
