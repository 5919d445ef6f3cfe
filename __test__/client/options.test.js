'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const client = require('../../lib/client');

const code = (name) => (error) => error.code === name;

test('a setting that trusts everybody throws at construction, with the fix', () => {
  for (const trustProxy of [true, '0.0.0.0/0', '::/0', ['10.0.0.0/8', '::ffff:0:0/96']]) {
    assert.throws(() => client({ trustProxy }), code('ERR_HAUBERK_CLIENT_TRUST_PROXY'));
  }
  assert.throws(() => client({ trustProxy: true }), /trustProxy: 1/);
});

test('bad trustProxy values throw', () => {
  for (const trustProxy of [
    -1,
    1.5,
    NaN,
    Infinity,
    33,
    1n,
    null,
    {},
    [],
    [1],
    [[]],
    '',
    'nobody',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    'example.com',
    '10.0.0.1:80',
    ['10.0.0.0/8', 'x'],
    Symbol('x'),
    Object.create(null),
  ]) {
    assert.throws(
      () => client({ trustProxy }),
      code('ERR_HAUBERK_OPTION_INVALID'),
      String(typeof trustProxy),
    );
  }
});

test('bad ipv6Prefix values throw', () => {
  for (const ipv6Prefix of [31, 129, 0, -1, NaN, '56', null, 56.5, true, {}]) {
    assert.throws(() => client({ ipv6Prefix }), code('ERR_HAUBERK_OPTION_INVALID'));
  }
});

test('a misspelt option names the closest one', () => {
  assert.throws(() => client({ trustproxy: 1 }), /did you mean trustProxy\?/);
  assert.throws(() => client({ trustProxy: 'x' }), /^HauberkError: client\.trustProxy: item 0 is neither/);
  assert.throws(() => client({ trustProxy: {} }), /; got an object$/);
});
