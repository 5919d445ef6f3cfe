'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { serve } = require('../helpers/server');
const ratelimit = require('../../lib/ratelimit');

/** The rate-limit fields of one response, over a plain node:http server. */
async function fieldsOf(t, options) {
  const layer = ratelimit(options);
  const { url } = await serve(t, (req, res) => layer(req, res, () => res.end('ok')));
  const { headers } = await fetch(url);
  return Object.fromEntries([...headers].filter(([name]) => name.includes('ratelimit')));
}

const MINUTE = { limit: 5, windowMs: 60_000 };

test('draft-10 is the default', async (t) => {
  const expected = { 'ratelimit-policy': '"5-in-1min";q=5;w=60', ratelimit: '"5-in-1min";r=4;t=12' };
  assert.deepEqual(await fieldsOf(t, MINUTE), expected);
  assert.deepEqual(await fieldsOf(t, { ...MINUTE, fields: 'draft-10' }), expected);
});

test('draft-8', async (t) => {
  assert.deepEqual(await fieldsOf(t, { ...MINUTE, fields: 'draft-8' }), {
    'ratelimit-policy': '"5-in-1min"; q=5; w=60',
    ratelimit: '"5-in-1min"; r=4; t=12',
  });
});

test('draft-7', async (t) => {
  assert.deepEqual(await fieldsOf(t, { ...MINUTE, fields: 'draft-7' }), {
    'ratelimit-policy': '5;w=60',
    ratelimit: 'limit=5, remaining=4, reset=12',
  });
});

test('draft-6', async (t) => {
  assert.deepEqual(await fieldsOf(t, { ...MINUTE, fields: ['draft-6'] }), {
    'ratelimit-policy': '5;w=60',
    'ratelimit-limit': '5',
    'ratelimit-remaining': '4',
    'ratelimit-reset': '12',
  });
});

test('legacy, alone and with the current draft', async (t) => {
  for (const fields of ['legacy', ['draft-10', 'legacy']]) {
    const sent = await fieldsOf(t, { ...MINUTE, fields });
    assert.equal(sent['x-ratelimit-limit'], '5');
    assert.equal(sent['x-ratelimit-remaining'], '4');
    const inSeconds = Number(sent['x-ratelimit-reset']) - Date.now() / 1000;
    assert.ok(inSeconds > 0 && inSeconds < 14, String(inSeconds));
    assert.equal(sent.ratelimit, fields === 'legacy' ? undefined : '"5-in-1min";r=4;t=12');
  }
});

test('none', async (t) => {
  assert.deepEqual(await fieldsOf(t, { ...MINUTE, fields: false }), {});
});

test('when nothing is left, t is when something is', async (t) => {
  const { ratelimit: sent } = await fieldsOf(t, { limit: 6, windowMs: 60_000, cost: 6 });
  assert.equal(sent, '"6-in-1min";r=0;t=10');
});

test('windows that are no whole seconds', async (t) => {
  const policy = async (options) => (await fieldsOf(t, options))['ratelimit-policy'];
  assert.equal(await policy({ limit: 5, windowMs: 100 }), '"5-in-100ms";q=50;w=1');
  assert.equal(await policy({ limit: 3, windowMs: 1500 }), '"3-in-1500ms";q=4;w=2');
  assert.equal(await policy({ limit: 5, windowMs: 86_400_000 }), '"5-in-1day";q=5;w=86400');
  assert.equal(await policy({ limit: 5, windowMs: 900_000, name: 'login:ip' }), '"login:ip";q=5;w=900');
});
