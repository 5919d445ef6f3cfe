'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const nodeHttps = require('node:https');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const tls = require('node:tls');

const hauberk = require('../..');
const https = require('../../lib/https');
const { selfSigned } = require('../helpers/certificates');
const { events } = require('../helpers/events');
const { expresses } = require('../helpers/server');

const QUICK = { debounceMs: 50 };

/** @param {import('node:test').TestContext} t */
function folder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-https-'));
  t.after(() => fs.rmSync(made, { recursive: true }));
  return made;
}

/**
 * A pair in files.
 *
 * @param {import('node:test').TestContext} t
 * @param {ReturnType<typeof selfSigned>} [pair]
 */
function files(t, pair = selfSigned()) {
  const at = folder(t);
  const paths = { cert: path.join(at, 'cert.pem'), key: path.join(at, 'key.pem') };
  fs.writeFileSync(paths.cert, pair.cert);
  fs.writeFileSync(paths.key, pair.key, { mode: 0o600 });
  return { ...paths, at, fingerprint: pair.fingerprint };
}

/** @param {string} file @param {string | Buffer} content replaced in one step */
function replace(file, content) {
  fs.writeFileSync(`${file}.new`, content);
  fs.renameSync(`${file}.new`, file);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {any} options
 * @param {any} [app]
 */
async function start(t, options, app = (/** @type {any} */ _req, /** @type {any} */ res) => res.end('ok')) {
  const server = https.createServer(app, options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, port: /** @type {import('node:net').AddressInfo} */ (server.address()).port };
}

/**
 * @param {number} port
 * @param {any} [options]
 * @returns {Promise<import('node:tls').TLSSocket>}
 */
function handshake(port, options = {}) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    socket.on('error', reject);
  });
}

/** @param {number} port the fingerprint that a new client sees */
async function seen(port) {
  const socket = await handshake(port);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** @param {number} port @param {any} [options] */
function get(port, options = {}) {
  return new Promise((resolve, reject) => {
    const request = nodeHttps.get({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      agent: false,
      ...options,
    });
    request.on('error', reject);
    request.on('response', resolve);
  });
}

for (const { name, express } of expresses) {
  test(`${name}: an app behind the guard is served over TLS, with HSTS`, async (t) => {
    const guard = hauberk({ https: { hosts: ['api.example.com'] } });
    t.after(() => guard.close());
    const app = express();
    app.use(guard);
    app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.json({}));
    const pair = selfSigned({ name: 'api.example.com' });
    const { port } = await start(t, { cert: pair.cert, key: pair.key }, app);
    const trusted = { ca: pair.cert, rejectUnauthorized: true, servername: 'api.example.com' };
    const response = await get(port, { ...trusted, headers: { host: 'api.example.com' } });
    assert.equal(response.statusCode, 200);
    assert.match(response.headers['strict-transport-security'], /max-age=31536000/);
    const other = await get(port, { ...trusted, headers: { host: 'evil.example' } });
    assert.equal(other.statusCode, 421);
  });
}

test('a client downloads while the certificate changes; the next handshake sees the new one', async (t) => {
  const pair = files(t);
  const CHUNK = Buffer.alloc(64 * 1024, 'x');
  const CHUNKS = 40;
  /** @type {(value?: unknown) => void} */
  let changed = () => {};
  const exchange = new Promise((resolve) => (changed = resolve));
  const app = async (/** @type {any} */ _req, /** @type {any} */ res) => {
    for (let i = 0; i < CHUNKS; i += 1) {
      if (!res.write(CHUNK)) await once(res, 'drain');
      if (i === CHUNKS / 2) await exchange;
    }
    res.end();
  };
  const { server, port } = await start(t, { ...only(pair), ...QUICK }, app);
  assert.equal(await seen(port), pair.fingerprint);
  const agent = new nodeHttps.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const response = await get(port, { agent });
  const socket = response.socket;
  let size = 0;
  response.on('data', (/** @type {Buffer} */ chunk) => (size += chunk.length));

  const next = selfSigned();
  const told = once(server, 'certificate');
  replace(pair.key, next.key);
  replace(pair.cert, next.cert);
  const [info] = await told;
  assert.equal(info.fingerprint, next.fingerprint);
  assert.equal(await seen(port), next.fingerprint);
  changed();
  await once(response, 'end');
  assert.equal(size, CHUNK.length * CHUNKS);

  // The connection that was there before goes on being used.
  const again = await get(port, { agent });
  assert.equal(again.socket, socket);
  assert.equal(again.socket.getPeerCertificate().fingerprint256, pair.fingerprint);
  again.resume();
  await once(again, 'end');
  assert.deepEqual(server.certificateInfo(), info);
});

/** @param {{ cert: string, key: string }} pair */
function only({ cert, key }) {
  return { cert, key };
}

/** Files that must not be used, and what is said about them. */
const BROKEN = /** @type {[string, (pair: any) => void, RegExp][]} */ ([
  ['a missing certificate', ({ cert }) => fs.rmSync(cert), /https\.cert cannot be read: ENOENT/],
  ['a missing key', ({ key }) => fs.rmSync(key), /https\.key cannot be read: ENOENT/],
  [
    'an unreadable certificate (a folder)',
    ({ cert }) => {
      fs.rmSync(cert);
      fs.mkdirSync(cert);
    },
    /https\.cert cannot be read: EISDIR/,
  ],
  ['an empty file', ({ cert }) => fs.writeFileSync(cert, ''), /holds no PEM block/],
  [
    'a key in the place of the certificate',
    ({ cert, key }) => fs.copyFileSync(key, cert),
    /holds no PEM block/,
  ],
  [
    'a half-written certificate',
    ({ cert }) => fs.writeFileSync(cert, selfSigned().cert.slice(0, 300)),
    /without an end/,
  ],
  [
    'a half-written chain',
    ({ cert }) => fs.appendFileSync(cert, selfSigned().cert.slice(0, 300)),
    /without an end/,
  ],
  [
    'a half-written key',
    ({ key }) => fs.writeFileSync(key, selfSigned().key.slice(0, 100)),
    /without an end/,
  ],
  [
    'garbage between the marks',
    ({ cert }) => fs.writeFileSync(cert, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    /certificate that cannot be read/,
  ],
  [
    'a key of another certificate',
    ({ key }) => fs.writeFileSync(key, selfSigned().key),
    /does not belong to the certificate/,
  ],
  [
    'a certificate of another key',
    ({ cert }) => fs.writeFileSync(cert, selfSigned().cert),
    /does not belong/,
  ],
  [
    'a chain in the wrong order',
    ({ cert }) => fs.writeFileSync(cert, selfSigned().cert + fs.readFileSync(cert)),
    /the first must be the one of this server/,
  ],
  [
    'an expired pair',
    (pair) => {
      const old = selfSigned({ from: new Date('2020-01-01'), to: new Date('2020-02-01') });
      fs.writeFileSync(pair.key, old.key);
      fs.writeFileSync(pair.cert, old.cert);
    },
    /expired at 2020-02-01T00:00:00\.000Z/,
  ],
  [
    'a pair that is not valid yet',
    (pair) => {
      const day = 24 * 60 * 60 * 1000;
      const early = selfSigned({ from: new Date(Date.now() + day), to: new Date(Date.now() + 2 * day) });
      fs.writeFileSync(pair.key, early.key);
      fs.writeFileSync(pair.cert, early.cert);
    },
    /valid only from/,
  ],
]);

for (const [what, damage, message] of BROKEN) {
  test(`${what}: the old certificate stays, and it is told once`, async (t) => {
    const told = events(t);
    const pair = files(t);
    const { server, port } = await start(t, { ...only(pair), debounceMs: 10, pollMs: 100 });
    const failed = once(server, 'certificateError');
    damage(pair);
    const [error] = await failed;
    // The steps of the damage may be seen one by one.
    let last = error;
    server.on('certificateError', (/** @type {any} */ next) => (last = next));
    await new Promise((resolve) => setTimeout(resolve, 350));
    assert.equal(last.code, 'ERR_HAUBERK_HTTPS_CERTIFICATE');
    assert.match(last.message, message);
    assert.equal(await seen(port), pair.fingerprint);
    assert.equal(server.reloadCertificate(), false);
    const same = told().filter(({ detail }) => message.test(detail));
    assert.equal(same.length, 1, 'told once');
    assert.deepEqual([same[0].code, same[0].practice], ['ERR_HAUBERK_HTTPS_CERTIFICATE', 'https']);
    assert.ok(!same[0].detail.includes('BEGIN'));

    const next = selfSigned();
    fs.rmSync(pair.cert, { recursive: true, force: true });
    const exchanged = once(server, 'certificate');
    replace(pair.cert, next.cert);
    replace(pair.key, next.key);
    await exchanged;
    assert.equal(await seen(port), next.fingerprint, 'and a good one is taken later');
  });

  test(`${what}: nothing is started with it`, (t) => {
    const pair = files(t);
    damage(pair);
    assert.throws(() => https.createServer(() => {}, only(pair)), {
      code: 'ERR_HAUBERK_HTTPS_CERTIFICATE',
      message,
    });
  });
}

test('a file without the right to read it', (t) => {
  const pair = files(t);
  fs.chmodSync(path.dirname(pair.key), 0o755);
  fs.chmodSync(pair.key, 0);
  // Root may read everything, so for this one call the process is somebody else.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    assert.throws(() => https.createServer(() => {}, only(pair)), { message: /EACCES/ });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('a folder that is swapped by a symbolic link (Kubernetes) is seen', async (t) => {
  const at = folder(t);
  const write = (/** @type {string} */ name, /** @type {ReturnType<typeof selfSigned>} */ pair) => {
    fs.mkdirSync(path.join(at, name));
    fs.writeFileSync(path.join(at, name, 'tls.crt'), pair.cert);
    fs.writeFileSync(path.join(at, name, 'tls.key'), pair.key);
  };
  const [first, second] = [selfSigned(), selfSigned()];
  write('one', first);
  fs.symlinkSync('one', path.join(at, 'data'));
  fs.symlinkSync('data/tls.crt', path.join(at, 'tls.crt'));
  fs.symlinkSync('data/tls.key', path.join(at, 'tls.key'));
  const sources = { cert: path.join(at, 'tls.crt'), key: path.join(at, 'tls.key') };
  const { server, port } = await start(t, { ...sources, ...QUICK });
  const told = once(server, 'certificate');
  write('two', second);
  fs.symlinkSync('two', path.join(at, 'data.new'));
  fs.renameSync(path.join(at, 'data.new'), path.join(at, 'data'));
  await told;
  assert.equal(await seen(port), second.fingerprint);
});

test('where nothing can be watched, the poll finds the change', async (t) => {
  const pair = files(t);
  const watch = fs.watch;
  t.after(() => (fs.watch = watch));
  fs.watch = /** @type {any} */ (
    () => {
      throw Object.assign(new Error('no watches left'), { code: 'ENOSPC' });
    }
  );
  const { server } = await start(t, { ...only(pair), pollMs: 100 });
  const next = selfSigned();
  const told = once(server, 'certificate');
  replace(pair.key, next.key);
  replace(pair.cert, next.cert);
  const [info] = await told;
  assert.equal(info.fingerprint, next.fingerprint);
});

test('key and chain in one file; PEM content instead of files; a passphrase', async (t) => {
  const pair = selfSigned();
  const file = path.join(folder(t), 'both.pem');
  fs.writeFileSync(file, pair.key + pair.cert);
  const one = await start(t, { cert: file, key: file });
  assert.equal(await seen(one.port), pair.fingerprint);
  const two = await start(t, { cert: Buffer.from(pair.cert), key: pair.key });
  assert.equal(await seen(two.port), pair.fingerprint);
  assert.equal(two.server.reloadCertificate(), false);
  const locked = require('node:crypto')
    .createPrivateKey(pair.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'horse' });
  const three = await start(t, { cert: pair.cert, key: locked, passphrase: 'horse' });
  assert.equal(await seen(three.port), pair.fingerprint);
  assert.throws(() => https.createServer(() => {}, { cert: pair.cert, key: locked, passphrase: 'donkey' }), {
    message: /is the passphrase right/,
  });
});

test('TLS 1.2 and 1.3 with modern suites; nothing older, no CBC, no static RSA', async (t) => {
  const { cert, key } = selfSigned();
  const { port } = await start(t, { cert, key });
  const one = await handshake(port);
  assert.equal(one.getProtocol(), 'TLSv1.3');
  one.destroy();
  const two = await handshake(port, { maxVersion: 'TLSv1.2' });
  assert.equal(two.getProtocol(), 'TLSv1.2');
  assert.match(two.getCipher().name, /^ECDHE-ECDSA-(?:AES\d+-GCM|CHACHA20)/);
  two.destroy();
  for (const options of [
    { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA' },
    { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
  ]) {
    await assert.rejects(handshake(port, options), JSON.stringify(options));
  }
  const strict = await start(t, { cert, key, minVersion: 'TLSv1.3' });
  await assert.rejects(handshake(strict.port, { maxVersion: 'TLSv1.2' }));
});

test('after an exchange the versions and suites are the same, and sessions resume', async (t) => {
  const pair = files(t);
  const { server, port } = await start(t, { ...only(pair), ...QUICK });
  const next = selfSigned();
  const told = once(server, 'certificate');
  replace(pair.key, next.key);
  replace(pair.cert, next.cert);
  await told;
  await assert.rejects(
    handshake(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA' }),
  );
  await assert.rejects(
    handshake(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
  );
  const first = await handshake(port, { maxVersion: 'TLSv1.2' });
  const session = first.getSession();
  first.destroy();
  const second = await handshake(port, { maxVersion: 'TLSv1.2', session });
  assert.equal(second.isSessionReused(), true);
  second.destroy();
});

test('a client that asks for renegotiation is not served it', async (t) => {
  const { cert, key } = selfSigned();
  const { port } = await start(t, { cert, key });
  const socket = await handshake(port, { maxVersion: 'TLSv1.2' });
  socket.on('error', () => {});
  const outcome = await new Promise((resolve) => {
    socket.on('close', () => resolve('closed'));
    if (!socket.renegotiate({}, (error) => resolve(error ? 'refused' : 'renegotiated'))) resolve('refused');
  });
  assert.notEqual(outcome, 'renegotiated');
  socket.destroy();
});

test('slow handshake, slow header, too large and too many header fields', async (t) => {
  const { cert, key } = selfSigned();
  const app = (/** @type {any} */ req, /** @type {any} */ res) =>
    res.end(String(Object.keys(req.headers).filter((name) => name.startsWith('x-')).length));
  const options = {
    cert,
    key,
    // Long enough for an honest handshake on a busy machine.
    handshakeTimeoutMs: 4000,
    headersTimeoutMs: 4500,
    requestTimeoutMs: 4900,
    maxHeaderBytes: '2kb',
    maxHeadersCount: 20,
  };
  const { port, server } = await start(t, options, app);
  assert.deepEqual(
    [server.headersTimeout, server.requestTimeout, server.keepAliveTimeout],
    [4500, 4900, 5000],
  );
  const silent = require('node:net').connect(port, '127.0.0.1');
  silent.on('error', () => {});
  silent.resume();
  const slow = await handshake(port);
  slow.on('error', () => {});
  slow.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  /** @type {Buffer[]} */
  const chunks = [];
  slow.on('data', (chunk) => chunks.push(chunk));
  await Promise.all([once(silent, 'close'), once(slow, 'close')]);
  assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 408 /);
  const large = await get(port, { headers: { 'x-large': 'x'.repeat(3000) } });
  assert.equal(large.statusCode, 431);
  const many = await get(port, {
    headers: { host: 'a', ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${i}`, '1'])) },
  });
  // Newer versions of Node.js refuse it, older ones drop what is more.
  if (many.statusCode !== 431) {
    const [count] = await once(many, 'data');
    assert.ok(Number(count) <= 20);
  }
});

test('requestCert: only clients with a certificate of the given issuer', async (t) => {
  const pair = selfSigned();
  const known = selfSigned({ name: 'client.example' });
  const unknown = selfSigned({ name: 'client.example' });
  const { port } = await start(t, { cert: pair.cert, key: pair.key, ca: known.cert, requestCert: true });
  const response = await get(port, { cert: known.cert, key: known.key });
  assert.equal(response.statusCode, 200);
  await assert.rejects(get(port, { cert: unknown.cert, key: unknown.key }));
  await assert.rejects(get(port));
});

test('closing the server ends the watch', async (t) => {
  const pair = files(t);
  const server = https.createServer(() => {}, { ...only(pair), debounceMs: 10, pollMs: 100 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await new Promise((resolve) => server.close(resolve));
  let exchanged = 0;
  server.on('certificate', () => (exchanged += 1));
  const next = selfSigned();
  replace(pair.key, next.key);
  replace(pair.cert, next.cert);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(exchanged, 0);
});

test('options: each bad value throws at construction', () => {
  const { cert, key } = selfSigned();
  const bad = [
    [undefined, /createServer\.cert must be/],
    [{ key }, /createServer\.cert must be/],
    [{ cert }, /createServer\.key must be/],
    [{ cert: '', key }, /createServer\.cert must be/],
    [{ cert: 1, key }, /createServer\.cert must be/],
    [{ cert, key, ca: '' }, /createServer\.ca must be/],
    [{ cert, key, passphrase: 1 }, /passphrase must be/],
    [{ cert, key, requestCert: 'yes' }, /requestCert must be/],
    ...['TLSv1.1', 'TLSv1', 'SSLv3', 1.2].map((minVersion) => [
      { cert, key, minVersion },
      /minVersion must be/,
    ]),
    [{ cert, key, ciphers: '' }, /ciphers must be/],
    [{ cert, key, maxHeadersCount: 0 }, /maxHeadersCount must be/],
    [{ cert, key, maxHeaderBytes: '1 potato' }, /maxHeaderBytes must be/],
    [{ cert, key, headersTimeoutMs: 90_000 }, /headersTimeoutMs must be at most requestTimeoutMs/],
    ...[
      'handshakeTimeoutMs',
      'headersTimeoutMs',
      'requestTimeoutMs',
      'keepAliveTimeoutMs',
      'pollMs',
      'debounceMs',
    ].flatMap((name) =>
      [0, -1, NaN, Infinity, '5s', null].map((value) => [
        { cert, key, [name]: value },
        new RegExp(`${name} must be`),
      ]),
    ),
    [{ cert, key, secureProtocol: 'TLSv1_method' }, /has no option "secureProtocol"/],
    [{ cert, key, minversion: 'TLSv1.3' }, /did you mean minVersion/],
  ];
  for (const [options, message] of bad) {
    assert.throws(() => https.createServer(() => {}, /** @type {any} */ (options)), {
      message: /** @type {any} */ (message),
    });
  }
  for (const app of [undefined, null, {}, 'app']) {
    assert.throws(() => https.createServer(/** @type {any} */ (app), { cert, key }), {
      message: /app of https/,
    });
  }
});
