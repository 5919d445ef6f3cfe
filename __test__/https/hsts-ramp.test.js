'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const hauberk = require('../..');
const { hstsRamp } = require('../../lib/https');
const { expresses, serve } = require('../helpers/server');

test('the default ramp: minutes, a week, a month, two years', () => {
  const from = '2026-01-01';
  const cases = /** @type {const} */ ([
    ['2025-12-31', 0],
    ['2026-01-01', 300],
    ['2026-01-01T23:59:59Z', 300],
    ['2026-01-02', 604_800],
    ['2026-01-09', 2_592_000],
    ['2026-02-07T23:59:59Z', 2_592_000],
    ['2026-02-08', 63_072_000],
    ['2040-01-01', 63_072_000],
  ]);
  for (const [now, maxAge] of cases) assert.equal(hstsRamp({ from, now }), maxAge, now);
  assert.equal(hstsRamp({ from: new Date(Date.now() - 60_000) }), 300);
  assert.equal(hstsRamp({ from: new Date(Date.now() + 60_000) }), 0);
});

test('own steps', () => {
  const steps = [
    { afterDays: 2, maxAge: 60 },
    { afterDays: 4, maxAge: 120 },
  ];
  const at = (/** @type {string} */ now) => hstsRamp({ from: '2026-01-01T12:00:00+02:00', steps, now });
  assert.equal(at('2026-01-02'), 0);
  assert.equal(at('2026-01-03T10:00:00Z'), 60);
  assert.equal(at('2026-01-05T09:59:59Z'), 60);
  assert.equal(at('2026-01-05T10:00:00Z'), 120);
});

test('its value is one that the headers take', async (t) => {
  const maxAge = hstsRamp({ from: '2026-01-01', now: '2026-01-02' });
  const app = expresses[1].express();
  app.use(hauberk.client({ trustProxy: 1 }), hauberk.headers({ strictTransportSecurity: { maxAge } }));
  app.set('trust proxy', 1);
  const { url } = await serve(t, app);
  const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'api.example.com' };
  const response = await fetch(url, { headers });
  assert.equal(response.headers.get('strict-transport-security'), 'max-age=604800; includeSubDomains');
});

test('bad input throws', () => {
  const from = '2026-01-01';
  const cases = /** @type {const} */ ([
    [undefined, /from must be/],
    [{}, /from must be/],
    ...[1, 'soon', '01/02/2026', '2026-13-01', '2026-1-1', new Date(NaN), null].map((value) => [
      { from: value },
      /from must be/,
    ]),
    [{ from, now: 'later' }, /now must be/],
    [{ from, steps: [] }, /steps must be/],
    [{ from, steps: [{ afterDays: 0 }] }, /maxAge must be given/],
    [{ from, steps: [{ maxAge: 1 }] }, /afterDays must be given/],
    ...[-1, 0.5, NaN, Infinity, '1', 1n, true].map((maxAge) => [
      { from, steps: [{ afterDays: 0, maxAge }] },
      /maxAge must be/,
    ]),
    [{ from, steps: [{ afterDays: 0, maxage: 1 }] }, /did you mean maxAge/],
    [
      {
        from,
        steps: [
          { afterDays: 1, maxAge: 1 },
          { afterDays: 1, maxAge: 2 },
        ],
      },
      /steps\[1\] must be later/,
    ],
    [
      {
        from,
        steps: [
          { afterDays: 1, maxAge: 2 },
          { afterDays: 2, maxAge: 1 },
        ],
      },
      /not shorter/,
    ],
    [{ since: from }, /no option "since"/],
  ]);
  for (const [input, message] of cases) {
    assert.throws(() => hstsRamp(/** @type {any} */ (input)), { message: /** @type {any} */ (message) });
  }
});
