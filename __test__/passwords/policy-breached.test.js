'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { test } = require('node:test');

const { policy } = require('../../lib/passwords');
const { events } = require('../helpers/events');
const { serve } = require('../helpers/server');

const GOOD = 'vaporous lettuce orbits quietly';
const KNOWN = 'correct horse battery staple';
const sha1 = (/** @type {string} */ text) =>
  crypto.createHash('sha1').update(text).digest('hex').toUpperCase();
const row = (/** @type {string} */ password, /** @type {number} */ count) =>
  `${sha1(password).slice(5)}:${count}`;
const padding = (/** @type {number} */ count) =>
  Array.from({ length: count }, () => `${crypto.randomBytes(20).toString('hex').toUpperCase().slice(5)}:0`);

/**
 * A range service as documented, until the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {(req: any, res: any) => void} [answer]
 */
async function service(t, answer) {
  /** @type {any[]} */
  const asked = [];
  const { url } = await serve(t, (req, res) => {
    asked.push({ url: req.url, headers: req.headers });
    if (answer) return answer(req, res);
    const rows = [row('another', 3), ...padding(800), row(KNOWN, 1234), row(GOOD, 0)];
    res.end(rows.join('\r\n'));
  });
  return { url: `${url}/range/`, asked };
}

test('nothing is asked unless asked for', async (t) => {
  const had = globalThis.fetch;
  t.after(() => (globalThis.fetch = had));
  globalThis.fetch = () => assert.fail('the network was asked');
  assert.equal((await policy.check(KNOWN)).breached, undefined);
  assert.equal((await policy({ breached: false }).check(KNOWN)).breached, undefined);
});

test('only five digits leave; a known password is refused with its count, padding rows do not count', async (t) => {
  const { url, asked } = await service(t);
  const rules = policy({ breached: { url } });
  const verdict = await rules.check(KNOWN);
  assert.equal(verdict.ok, false);
  assert.deepEqual(verdict.reasons, [
    {
      code: 'breached',
      text: 'This password is known from a data breach. Do not use it anywhere.',
      source: 'range',
      count: 1234,
    },
  ]);
  assert.equal(verdict.breached, 1234);
  assert.equal(asked[0].url, `/range/${sha1(KNOWN).slice(0, 5)}`);
  assert.equal(asked[0].headers['add-padding'], 'true');
  const good = await rules.check(GOOD);
  assert.deepEqual([good.ok, good.breached], [true, 0]);
});

test('padding can be switched off', async (t) => {
  const { url, asked } = await service(t);
  await policy({ breached: { url, padding: false } }).check(GOOD);
  assert.equal(asked[0].headers['add-padding'], undefined);
});

test('answers are kept, for a while and up to a number; one question serves many', async (t) => {
  const { url, asked } = await service(t);
  const rules = policy({ breached: { url, cache: { max: 2, expiresInMs: 60_000 } } });
  await Promise.all(Array.from({ length: 20 }, () => rules.check(KNOWN)));
  await rules.check(KNOWN);
  assert.equal(asked.length, 1);
  await rules.check(`${GOOD} 1`);
  await rules.check(`${GOOD} 2`);
  await rules.check(KNOWN);
  assert.equal(asked.length, 4);
  const forgetful = policy({ breached: { url, cache: { expiresInMs: 0 } } });
  await forgetful.check(KNOWN);
  await forgetful.check(KNOWN);
  assert.equal(asked.length, 6);
  const none = policy({ breached: { url, cache: { max: 0 } } });
  await none.check(KNOWN);
  await none.check(KNOWN);
  assert.equal(asked.length, 8);
});

const FAILURES = {
  'a 503': (/** @type {any} */ _req, /** @type {any} */ res) => res.writeHead(503).end('busy'),
  'a 404': (/** @type {any} */ _req, /** @type {any} */ res) => res.writeHead(404).end(),
  garbage: (/** @type {any} */ _req, /** @type {any} */ res) => res.end('<html>log in to the hotel</html>'),
  'one bad row': (/** @type {any} */ _req, /** @type {any} */ res) => res.end(`${row(KNOWN, 5)}\r\nnonsense`),
  'a negative count': (/** @type {any} */ _req, /** @type {any} */ res) =>
    res.end(`${sha1(KNOWN).slice(5)}:-1`),
  'a redirect': (/** @type {any} */ _req, /** @type {any} */ res) =>
    res.writeHead(302, { Location: '/range/00000' }).end(),
  'no end': (/** @type {any} */ _req, /** @type {any} */ res) => {
    res.write(row('another', 1));
  },
  'an answer byte by byte': (/** @type {any} */ _req, /** @type {any} */ res) => {
    const timer = setInterval(() => res.write('A'), 20);
    res.on('close', () => clearInterval(timer));
  },
  silence: () => {},
  'a closed connection': (/** @type {any} */ req) => req.socket.destroy(),
  'an endless answer': (/** @type {any} */ _req, /** @type {any} */ res) => {
    const block = `${padding(1000).join('\r\n')}\r\n`;
    const more = () => {
      while (!res.destroyed && res.write(block));
    };
    res.on('drain', more);
    more();
  },
};

for (const [name, answer] of Object.entries(FAILURES)) {
  test(`${name}: allowed or refused as the policy says, and told`, async (t) => {
    const { url } = await service(t, answer);
    const told = events(t);
    const allow = await policy({ breached: { url, timeoutMs: 300 } }).check(GOOD);
    assert.deepEqual([allow.ok, allow.breached, allow.reasons], [true, null, []]);
    const refuse = await policy({ breached: { url, timeoutMs: 300, onFailure: 'refuse' } }).check(GOOD);
    assert.deepEqual([refuse.ok, refuse.breached, refuse.reasons[0].code], [false, null, 'breach_unknown']);
    assert.deepEqual(
      told().map((event) => [event.code, event.blocked]),
      [
        ['ERR_HAUBERK_PASSWORDS_BREACH', false],
        ['ERR_HAUBERK_PASSWORDS_BREACH', true],
      ],
    );
    assert.ok(!JSON.stringify(told()).includes(GOOD));
  });
}

test('a failure is not kept', async (t) => {
  let calls = 0;
  const { url } = await service(t, (_req, res) => {
    calls += 1;
    if (calls === 1) res.writeHead(503).end();
    else res.end(row(KNOWN, 7));
  });
  const rules = policy({ breached: { url } });
  assert.equal((await rules.check(KNOWN)).breached, null);
  assert.equal((await rules.check(KNOWN)).breached, 7);
});

test('a flood of different passwords asks at most 32 at once; the rest counts as a failure', async (t) => {
  let [now, most] = [0, 0];
  const { url } = await service(t, (_req, res) => {
    most = Math.max(most, (now += 1));
    setTimeout(() => {
      now -= 1;
      res.end('');
    }, 100);
  });
  const rules = policy({ breached: { url, timeoutMs: 5000 } });
  const all = await Promise.all(Array.from({ length: 100 }, (_, i) => rules.check(`${GOOD} ${i}`)));
  assert.ok(most <= 32);
  assert.ok(all.filter((verdict) => verdict.breached === null).length >= 60);
  assert.ok(all.filter((verdict) => verdict.breached === 0).length >= 20);
});
