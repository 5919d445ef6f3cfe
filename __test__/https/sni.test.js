'use strict';

/** Several certificates on one server, chosen by the host that a client names. */

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const tls = require('node:tls');

const https = require('../../lib/https');
const { selfSigned } = require('../helpers/certificates');

const MAIN = selfSigned({ name: 'main.example' });
const SHOP = selfSigned({ name: 'shop.example' });
const WILD = selfSigned({ name: '*.tenants.example' });

const pairOf = ({ cert, key }) => ({ cert, key });

/**
 * @param {import('node:test').TestContext} t
 * @param {any} options
 */
async function start(t, options) {
  const server = https.createServer((_req, res) => res.end('ok'), options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, port: /** @type {import('node:net').AddressInfo} */ (server.address()).port };
}

/** @param {number} port @param {any} [options] @returns {Promise<import('node:tls').TLSSocket>} */
function handshake(port, options) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    socket.on('error', reject);
  });
}

/** The fingerprint that a client sees. @param {number} port @param {string} servername @param {any} [options] */
async function seen(port, servername, options) {
  const socket = await handshake(port, { servername, ...options });
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`${version}: each host gets its own certificate, everything else the main one`, async (t) => {
    const { server, port } = await start(t, {
      ...pairOf(MAIN),
      certificates: [pairOf(SHOP), pairOf(WILD)],
    });
    const versions = { minVersion: version, maxVersion: version };
    const hosts = {
      'main.example': MAIN,
      'shop.example': SHOP,
      'SHOP.example': SHOP,
      'a.tenants.example': WILD,
      'a.b.tenants.example': MAIN,
      'tenants.example': MAIN,
      'www.shop.example': MAIN,
      'shop.example.evil.example': MAIN,
      'other.example': MAIN,
      '': MAIN,
    };
    for (const [host, pair] of Object.entries(hosts)) {
      assert.equal(await seen(port, host, versions), pair.fingerprint, host);
    }
    const trusted = { ca: SHOP.cert, rejectUnauthorized: true };
    assert.equal(await seen(port, 'shop.example', { ...versions, ...trusted }), SHOP.fingerprint);
    assert.deepEqual(
      server.certificateInfos().map(({ names }) => names),
      [['main.example'], ['shop.example'], ['*.tenants.example']],
    );
    assert.deepEqual(server.certificateInfo().names, ['main.example']);
  });
}

test('names that no host can have do no harm', async (t) => {
  const { port } = await start(t, { ...pairOf(MAIN), certificates: [pairOf(SHOP)] });
  const names = [
    `${'a'.repeat(63)}.`.repeat(3) + 'example',
    '*.shop.example',
    '*',
    '.',
    '..',
    'shop.example.',
  ];
  for (const name of [...names, 'sh\u00f6p.example', 'shop example', "shop.example'", '-', '_._']) {
    // The client may refuse to send it, the server to take it; the next handshake is served in any case.
    await seen(port, name).catch(() => undefined);
  }
  assert.equal(await seen(port, 'shop.example'), SHOP.fingerprint);
});

test('one of several certificates is exchanged while the server runs; a broken one changes nothing', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-sni-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'shop.pem');
  fs.writeFileSync(file, SHOP.cert + SHOP.key);
  const { server, port } = await start(t, {
    ...pairOf(MAIN),
    certificates: [{ cert: file, key: file }],
    // The test reads the files itself.
    pollMs: 86_400_000,
    debounceMs: 86_400_000,
  });
  assert.equal(await seen(port, 'shop.example'), SHOP.fingerprint);
  const next = selfSigned({ name: 'shop.example' });
  fs.writeFileSync(file, next.cert + next.key);
  const told = once(server, 'certificate');
  assert.equal(server.reloadCertificate(), true);
  assert.equal((await told)[0].fingerprint, next.fingerprint);
  assert.equal(await seen(port, 'shop.example'), next.fingerprint);
  assert.equal(await seen(port, 'main.example'), MAIN.fingerprint);

  const failed = once(server, 'certificateError');
  fs.writeFileSync(file, next.cert + MAIN.key);
  assert.equal(server.reloadCertificate(), false);
  const [error] = await failed;
  assert.equal(error.code, 'ERR_HAUBERK_HTTPS_CERTIFICATE');
  assert.match(error.message, /^https\.certificates\[0\]: the key does not belong/);
  assert.equal(await seen(port, 'shop.example'), next.fingerprint);
});

test('the versions, suites and the asking for client certificates hold for all certificates', async (t) => {
  const client = selfSigned({ name: 'client.example' });
  const stranger = selfSigned({ name: 'client.example' });
  const { port } = await start(t, {
    ...pairOf(MAIN),
    certificates: [pairOf(SHOP)],
    ca: client.cert,
    requestCert: true,
  });
  /** @param {any} options what became of a request */
  const asked = (options) =>
    new Promise((resolve) => {
      const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
      let text = '';
      socket.on('data', (chunk) => (text += chunk));
      socket.on('error', () => {});
      socket.on('close', () => resolve(text.startsWith('HTTP/1.1 200')));
      socket.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    });
  for (const servername of ['main.example', 'shop.example']) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
      const at = { servername, maxVersion };
      assert.equal(await asked({ ...at, ...pairOf(client) }), true, JSON.stringify(at));
      assert.equal(await asked({ ...at, ...pairOf(stranger) }), false, JSON.stringify(at));
      assert.equal(await asked(at), false, JSON.stringify(at));
    }
    const weak = { servername, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA', ...pairOf(client) };
    await assert.rejects(handshake(port, weak), servername);
  }
});

test('a session resumes with the certificate that was chosen', async (t) => {
  const { port } = await start(t, { ...pairOf(MAIN), certificates: [pairOf(SHOP)] });
  const options = { servername: 'shop.example', maxVersion: 'TLSv1.2' };
  const first = await handshake(port, options);
  const session = first.getSession();
  first.destroy();
  const second = await handshake(port, { ...options, session });
  assert.equal(second.isSessionReused(), true);
  second.destroy();
});

test('certificates: bad values throw at construction', () => {
  const code = 'ERR_HAUBERK_OPTION_INVALID';
  const main = pairOf(MAIN);
  for (const certificates of [null, {}, 'x', 1, [null], ['x'], [{}], [{ cert: SHOP.cert }], [undefined]]) {
    assert.throws(() => https.createServer(() => {}, /** @type {any} */ ({ ...main, certificates })), {
      code,
    });
  }
  assert.throws(
    () =>
      https.createServer(() => {}, /** @type {any} */ ({ ...main, certificates: [{ ...main, host: 'x' }] })),
    { code: 'ERR_HAUBERK_OPTION_UNKNOWN' },
  );
  assert.throws(
    () => https.createServer(() => {}, { ...main, certificates: [{ cert: SHOP.cert, key: MAIN.key }] }),
    { code: 'ERR_HAUBERK_HTTPS_CERTIFICATE', message: /^https\.certificates\[0\]: the key does not belong/ },
  );
});
