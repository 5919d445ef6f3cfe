'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const hauberk = require('../..');
const monitor = require('../../lib/monitor');

/** @param {() => unknown} work @param {string} code @param {RegExp} [text] */
function throws(work, code, text = /./) {
  assert.throws(work, (/** @type {any} */ error) => {
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  });
}

const invalid = 'ERR_HAUBERK_OPTION_INVALID';

test('unknown and misspelt options throw, with the closest name', () => {
  throws(
    () => monitor(/** @type {any} */ ({ logs: true })),
    'ERR_HAUBERK_OPTION_UNKNOWN',
    /did you mean log\?/,
  );
  throws(
    () => monitor({ log: /** @type {any} */ ({ path: '/tmp/x', maxByte: 1 }) }),
    'ERR_HAUBERK_OPTION_UNKNOWN',
    /monitor\.log.*maxBytes/,
  );
  throws(
    () => hauberk({ monitor: /** @type {any} */ ({ key: 'mac' }) }),
    'ERR_HAUBERK_OPTION_UNKNOWN',
    /keys/,
  );
});

test('bad values throw, each named', () => {
  const bad = {
    log: [
      1,
      '',
      null,
      Symbol('x'),
      [],
      () => {},
      '16mb',
      { files: 2 },
      { path: 7 },
      { path: 'x', maxBytes: 1 },
    ],
    keys: ['', 'hash', 1, null, true],
    perKeyPerSecond: [0, -1, 1.5, NaN, Infinity, '5', null, 5n, {}],
    perSecond: [0, -1, NaN, '5', null],
    bufferBytes: [0, -1, 'lots', '1tb', null, {}],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values)
      throws(() => monitor(/** @type {any} */ ({ [name]: value })), invalid, new RegExp(name));
  }
  throws(() => monitor(/** @type {any} */ (7)), invalid);
  throws(() => monitor({ secret: 'short', keys: 'mac' }), 'ERR_HAUBERK_SECRET');
});

test('the token of a scrape is long enough, and never shown', () => {
  const one = monitor();
  throws(() => one.scrape({ token: 'short-secret' }), invalid, /^(?!.*short-secret)/);
  throws(() => one.scrape({ token: /** @type {any} */ (12) }), invalid);
  throws(() => one.scrape(/** @type {any} */ ({ tokens: 'x' })), 'ERR_HAUBERK_OPTION_UNKNOWN');
  return one.close();
});

test('app.use(hauberk.monitor) says what to write', () => {
  throws(() => /** @type {any} */ (monitor)({}, {}, () => {}), 'ERR_HAUBERK_GUARD_NOT_CALLED');
});

test('a route may only leave requests out', () => {
  const guard = hauberk({ routes: { '/health': { monitor: false } } });
  throws(() => guard.route('/x', { monitor: { keys: 'mac' } }), invalid, /whole guard/);
  throws(() => guard.route('/y', { monitor: true }), invalid, /whole guard/);
  assert.equal(guard.report().routes[0].practices.monitor, 'off');
  assert.equal(guard.report().practices.monitor, 'on');
  guard.close();
});

test('a guard takes a monitor that was made before, and leaves its end to whoever made it', async () => {
  const one = monitor();
  const guard = hauberk({ monitor: { use: one } });
  assert.equal(guard.monitor, one);
  guard.close();
  one.events.once('event', () => {});
  throws(() => hauberk({ monitor: { use: /** @type {any} */ ({}) } }), invalid, /use/);
  throws(() => hauberk({ monitor: { use: one, keys: 'mac' } }), invalid, /keys/);
  await one.close();
  await one.close();
});

test('switched off there is none', () => {
  const guard = hauberk({ monitor: false });
  assert.equal(guard.monitor, undefined);
  guard.close();
});
