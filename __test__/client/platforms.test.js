'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');

const client = require('../../lib/client');
const { create, parse } = require('../../lib/client/stage');
const { contextOf } = require('../../lib/internal/context');

const EDGE = '172.68.1.1';

/** @param {string} trustProxy @param {string} peer @param {Record<string, string>} headers */
function keyOf(trustProxy, peer, headers) {
  const req = /** @type {any} */ ({ headers, socket: { remoteAddress: peer } });
  client({ trustProxy })(req, /** @type {any} */ ({}), (error) => assert.equal(error, undefined));
  return client.key(req);
}

const xff = (/** @type {string} */ value) => ({ 'x-forwarded-for': value });

for (const [trustProxy, peer] of [
  ['aws-alb', '10.0.3.7'],
  ['aws-alb', '100.64.0.9'],
  ['heroku', '10.1.2.3'],
  ['nginx-local', '127.0.0.1'],
  ['nginx-local', '::1'],
]) {
  test(`${trustProxy} at ${peer}: what the platform saw, whatever stands left of it`, () => {
    assert.equal(keyOf(trustProxy, peer, xff('203.0.113.9')), '203.0.113.9');
    assert.equal(keyOf(trustProxy, peer, xff('203.0.113.9:4711')), '203.0.113.9');
    for (const forged of ['6.6.6.6', '10.0.0.1', '127.0.0.1', EDGE, 'unknown']) {
      assert.equal(keyOf(trustProxy, peer, xff(`${forged}, 203.0.113.9`)), '203.0.113.9');
      // A client inside the network is itself: nothing behind a private address is passed.
      assert.equal(keyOf(trustProxy, peer, xff(`${forged}, 10.9.9.9`)), '10.9.9.9');
    }
    assert.equal(keyOf(trustProxy, peer, {}), peer === '::1' ? '::/56' : peer);
    assert.equal(keyOf(trustProxy, peer, xff('garbage')), peer === '::1' ? '::/56' : peer);
  });
}

test('headers from a stranger count for no platform', () => {
  for (const trustProxy of ['cloudflare', 'aws-alb', 'fly', 'heroku', 'nginx-local']) {
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'cf-connecting-ip', 'fly-client-ip']) {
      const value = name === 'forwarded' ? 'for=6.6.6.6' : '6.6.6.6';
      assert.equal(keyOf(trustProxy, '198.51.100.1', { [name]: value }), '198.51.100.1');
    }
  }
  assert.equal(keyOf('nginx-local', '10.0.0.1', xff('6.6.6.6')), '10.0.0.1');
});

test('cloudflare: directly, behind a proxy of one\u2019s own, and through a tunnel', () => {
  assert.equal(keyOf('cloudflare', EDGE, xff('6.6.6.6, 203.0.113.9')), '203.0.113.9');
  assert.equal(keyOf('cloudflare', '2606:4700::1', xff('6.6.6.6, 203.0.113.9')), '203.0.113.9');
  assert.equal(keyOf('cloudflare', '10.0.0.1', xff(`6.6.6.6, 203.0.113.9, ${EDGE}`)), '203.0.113.9');
  assert.equal(
    keyOf('cloudflare', '10.0.0.1', xff(`6.6.6.6, 203.0.113.9, ${EDGE}, 10.0.0.2`)),
    '203.0.113.9',
  );
  assert.equal(keyOf('cloudflare', '127.0.0.1', xff('203.0.113.9')), '203.0.113.9');
});

test('cloudflare: who comes around it, or from a program that runs there, chooses no address', () => {
  assert.equal(keyOf('cloudflare', '10.0.0.1', xff('6.6.6.6, 203.0.113.9')), '203.0.113.9');
  assert.equal(keyOf('cloudflare', EDGE, xff('6.6.6.6, 2a06:98c0:3600::103')), '2a06:98c0:3600::/56');
  assert.equal(keyOf('cloudflare', '10.0.0.1', xff(`6.6.6.6, ${EDGE}, ${EDGE}`)), EDGE);
});

test('fly: Fly-Client-IP from the platform alone', () => {
  const forged = { 'x-forwarded-for': '6.6.6.6, 66.241.1.1', 'fly-client-ip': '203.0.113.9' };
  assert.equal(keyOf('fly', '172.16.4.1', forged), '203.0.113.9');
  assert.equal(keyOf('fly', 'fdaa:0:1::3', forged), '203.0.113.9');
  assert.equal(keyOf('fly', '172.16.4.1', { 'fly-client-ip': 'x, y' }), '172.16.4.1');
  assert.equal(keyOf('fly', '172.16.4.1', xff('6.6.6.6')), '172.16.4.1');
});

/** What a resolver says after some requests. */
function findings(options, requests) {
  const stage = create(parse(options));
  for (const [peer, headers] of requests) {
    const req = /** @type {any} */ ({ headers, socket: { remoteAddress: peer } });
    stage.run?.(req, undefined, contextOf(req));
  }
  return stage.report?.().map(({ what, fix }) => `${what}: ${fix}`) ?? [];
}

test('both headers, disagreeing: reported once with the fix', () => {
  const both = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=198.51.100.7' };
  const said = findings({ trustProxy: 1 }, [
    ['10.0.0.1', both],
    ['10.0.0.1', both],
  ]);
  assert.equal(said.length, 1);
  assert.match(said[0], /X-Forwarded-For and Forwarded name different clients.*let the proxy remove/);
  assert.deepEqual(
    findings({ trustProxy: 1 }, [['10.0.0.1', { ...both, forwarded: 'for=203.0.113.9' }]]),
    [],
  );
  assert.deepEqual(findings({ trustProxy: false }, [['10.0.0.1', both]]), []);
});

test('a CDN edge in front of the proxy: noticed by its traffic, reported with the preset that fits', () => {
  const through = (/** @type {string} */ edge, /** @type {number} */ many) =>
    Array.from(
      { length: many },
      (_, i) => /** @type {const} */ (['10.0.0.1', xff(`203.0.113.${i}, ${edge}`)]),
    );
  assert.match(findings({ trustProxy: 1 }, through(EDGE, 60)).join(), /trustProxy: 'cloudflare'/);
  assert.match(findings({ trustProxy: 1 }, through('198.51.100.1', 60)).join(), /count it in/);
  assert.deepEqual(findings({ trustProxy: 1 }, through(EDGE, 40)), []);
  assert.deepEqual(findings({ trustProxy: 'cloudflare' }, through(EDGE, 60)), []);
  // Straight from the edge, with nobody trusted to say so.
  const direct = Array.from({ length: 60 }, (_, i) => /** @type {const} */ ([EDGE, xff(`203.0.113.${i}`)]));
  assert.match(findings({ trustProxy: 'private' }, direct).join(), /trustProxy: 'cloudflare'/);
});

test('contradictions are said once per process', () => {
  const script = `
    const client = require('./lib/client');
    for (let app = 0; app < 2; app += 1) {
      const own = client({ trustProxy: 1 });
      for (let i = 0; i < 100; i += 1) {
        const headers = { 'x-forwarded-for': i + '.1.1.1, 203.0.113.9', forwarded: 'for=6.6.6.6' };
        own({ headers, socket: { remoteAddress: '10.0.0.1' } }, {}, () => {});
      }
    }`;
  const { stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: path.join(__dirname, '../..'),
    encoding: 'utf8',
  });
  assert.equal(stderr.match(/\[HAUBERK_CLIENT_TWO_CHAINS\]/g)?.length, 1);
  assert.equal(stderr.match(/\[HAUBERK_CLIENT_EDGE\]/g)?.length, 1);
});

test('a misspelt platform is no list of networks', () => {
  assert.throws(() => client({ trustProxy: 'cloudfare' }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
});
