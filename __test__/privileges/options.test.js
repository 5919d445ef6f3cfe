'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const privileges = require('../../lib/privileges');

const BAD = 'ERR_HAUBERK_OPTION_INVALID';

test('drop takes an object with a user, and names what is misspelt', () => {
  // @ts-expect-error
  assert.throws(() => privileges.drop(), { code: BAD, message: /privileges\.drop\.user/ });
  // @ts-expect-error
  assert.throws(() => privileges.drop('nobody'), { code: BAD });
  // @ts-expect-error
  assert.throws(() => privileges.drop({ usr: 'nobody' }), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /did you mean user\?/,
  });
});

test('a user or group is a name, or a number that is not root', () => {
  const values = [
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    2 ** 32 - 1,
    2 ** 32,
    '',
    'a:b',
    'a\0b',
    'a\nb',
    true,
    null,
    {},
    [],
    1n,
  ];
  for (const value of values) {
    assert.throws(() => privileges.drop({ user: /** @type {any} */ (value) }), { code: BAD }, String(value));
    assert.throws(
      () => privileges.drop({ user: 'nobody', group: /** @type {any} */ (value) }),
      { code: BAD },
      String(value),
    );
  }
});

test('a capability that leads back to root cannot be kept', () => {
  const names = [
    'CAP_SETUID',
    'CAP_SYS_ADMIN',
    'CAP_DAC_OVERRIDE',
    'CAP_SYS_PTRACE',
    'cap_net_raw',
    10,
    '',
    null,
  ];
  for (const name of names) {
    assert.throws(
      () => privileges.drop({ user: 'nobody', keep: [/** @type {any} */ (name)] }),
      { code: BAD },
      String(name),
    );
  }
  assert.throws(() => privileges.drop({ user: 'nobody', keep: /** @type {any} */ ('CAP_NET_RAW') }), {
    code: BAD,
  });
});

test('the middleware takes warn or refuse', () => {
  for (const root of ['Warn', 'refused', true, null, 0]) {
    assert.throws(() => privileges({ root: /** @type {any} */ (root) }), { code: BAD }, String(root));
  }
  // @ts-expect-error
  assert.throws(() => privileges({ rot: 'warn' }), { code: 'ERR_HAUBERK_OPTION_UNKNOWN' });
  assert.equal(typeof privileges(), 'function');
});

if (process.platform === 'win32') {
  test('Windows: drop is not supported', () => {
    assert.throws(() => privileges.drop({ user: 'nobody' }), { code: 'ERR_HAUBERK_PRIVILEGES_UNSUPPORTED' });
  });
}
