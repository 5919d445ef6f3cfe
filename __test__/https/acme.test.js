'use strict';

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { describe, test, before, after } = require('node:test');
const tls = require('node:tls');

const https = require('../../lib/https');
const { lock } = require('../../lib/https/acme/lock');
const { selfSigned } = require('../helpers/certificates');
const { expresses, raw, serve } = require('../helpers/server');

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {import('node:test').TestContext} t */
function folder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-acme-'));
  t.after(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** @param {string} file */
const modeOf = (file) => fs.statSync(file).mode & 0o777;

/**
 * Starts acme-process.js; `next(name)` gives the next line that has that member.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} config
 * @param {string} [authority] file of the issuer of the ACME server
 */
function service(t, config, authority) {
  const child = spawn(process.execPath, [path.join(__dirname, 'acme-process.js'), JSON.stringify(config)], {
    env: { ...process.env, ...(authority && { NODE_EXTRA_CA_CERTS: authority }) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = once(child, 'exit');
  t.after(async () => {
    child.kill();
    await gone;
  });
  /** @type {any[]} */
  const lines = [];
  const reader = readline.createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(JSON.parse(line)));
  return async (/** @type {string} */ name, /** @type {number} */ ms = 30_000) => {
    const end = Date.now() + ms;
    for (;;) {
      const at = lines.findIndex((line) => name in line);
      if (at !== -1) return lines.splice(at, 1)[0];
      assert.ok(Date.now() < end, `no ${name} in time: ${JSON.stringify(lines)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Why the tests with a real ACME server cannot run here, if so. */
async function obstacle() {
  if (spawnSync('caddy', ['version']).status !== 0) return 'caddy is not installed';
  if (process.getuid?.() !== 0) return 'only root may listen on port 80, where the ACME server asks';
  const server = net.createServer();
  const free = await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(80, () => server.close(() => resolve(true)));
  });
  return free ? undefined : 'port 80 is taken';
}

describe('against the ACME server of caddy', { concurrency: false }, () => {
  /** @type {string | undefined} */
  let why;
  let home = '';
  let directoryUrl = '';
  let authority = '';
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let caddy;

  before(async () => {
    why = await obstacle();
    if (why !== undefined) return;
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-caddy-'));
    const port = await freePort();
    directoryUrl = `https://localhost:${port}/acme/local/directory`;
    authority = path.join(home, 'store/pki/authorities/local/root.crt');
    fs.writeFileSync(
      path.join(home, 'Caddyfile'),
      `{
        admin off
        auto_https disable_redirects
        skip_install_trust
        storage file_system ${home}/store
      }
      https://localhost:${port} {
        tls internal
        acme_server
      }`,
    );
    const args = ['run', '--config', path.join(home, 'Caddyfile'), '--adapter', 'caddyfile'];
    caddy = spawn('caddy', args, { env: { ...process.env, HOME: home }, stdio: 'ignore' });
    for (let i = 0; ; i += 1) {
      const open = await new Promise((resolve) => {
        const socket = net.connect(port, 'localhost', () => resolve(true));
        socket.on('error', () => resolve(false));
        socket.on('connect', () => socket.destroy());
      });
      if (open && fs.existsSync(authority)) break;
      assert.ok(i < 200, 'caddy does not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  after(async () => {
    if (caddy !== undefined) {
      caddy.kill();
      await once(caddy, 'exit');
    }
    if (home !== '') fs.rmSync(home, { recursive: true, force: true });
  });

  /** @param {string} directory @param {any} [more] */
  const optionsOf = (directory, more = {}) => ({ domains: ['localhost'], directoryUrl, directory, ...more });

  test('a first certificate: issued, trusted, stored for the owner only', async (t) => {
    if (why !== undefined) return t.skip(why);
    const directory = path.join(folder(t), 'new');
    const next = service(
      t,
      { options: optionsOf(directory, { email: 'a@example.com' }), challengePort: 80 },
      authority,
    );
    const { port, fingerprint } = await next('port');
    const socket = tls.connect({ port, host: 'localhost', ca: fs.readFileSync(authority), family: 4 });
    await once(socket, 'secureConnect');
    assert.equal(socket.authorized, true);
    assert.equal(socket.getPeerCertificate().fingerprint256, fingerprint);
    socket.destroy();
    const own = path.join(directory, new URL(directoryUrl).host.replace(':', '_'));
    assert.deepEqual([modeOf(own), modeOf(path.join(own, 'challenges'))], [0o700, 0o700]);
    assert.deepEqual(fs.readdirSync(own).sort(), ['account.pem', 'certificate.pem', 'challenges']);
    for (const name of ['account.pem', 'certificate.pem']) assert.equal(modeOf(path.join(own, name)), 0o600);
    assert.deepEqual(fs.readdirSync(path.join(own, 'challenges')), []);
  });

  test('renewed while a third is left, with a new key and the same account, and no connection is dropped', async (t) => {
    if (why !== undefined) return t.skip(why);
    const directory = folder(t);
    const old = selfSigned({
      from: new Date(Date.now() - 7 * DAY_MS),
      to: new Date(Date.now() + 3 * DAY_MS),
    });
    const { file, own } = store(directory, directoryUrl, old.key + old.cert);
    const next = service(t, { options: optionsOf(directory), challengePort: 80 }, authority);
    const { port, fingerprint } = await next('port');
    assert.equal(fingerprint, old.fingerprint, 'the old one serves meanwhile');
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { exchanged } = await next('exchanged');
    assert.notEqual(exchanged, old.fingerprint);
    assert.ok(!fs.readFileSync(file, 'utf8').includes(old.key.split('\n')[1]), 'a new key');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 200 /);
    const account = fs.readFileSync(path.join(own, 'account.pem'), 'utf8');

    // Names that are missing are a reason, too; the account stays.
    const other = selfSigned({ name: 'other.example' });
    fs.writeFileSync(file, other.key + other.cert);
    const again = service(t, { options: optionsOf(directory) }, authority);
    const { fingerprint: renewed } = await again('port');
    assert.notEqual(renewed, other.fingerprint);
    assert.equal(fs.readFileSync(path.join(own, 'account.pem'), 'utf8'), account);
  });

  test('four processes at once: one order, one certificate for all', async (t) => {
    if (why !== undefined) return t.skip(why);
    const directory = folder(t);
    const all = [80, undefined, undefined, undefined].map((challengePort) =>
      service(t, { options: optionsOf(directory), challengePort }, authority),
    );
    const prints = await Promise.all(all.map(async (next) => (await next('port')).fingerprint));
    assert.equal(new Set(prints).size, 1);
    const { own } = store(directory, directoryUrl);
    assert.ok(!fs.existsSync(path.join(own, 'lock')), 'the lock is given back');
  });

  test('a validation that fails is tried again after pauses that double', async (t) => {
    if (why !== undefined) return t.skip(why);
    // Nobody listens on port 80.
    const next = service(
      t,
      { options: optionsOf(folder(t), { retryMinMs: 400, deadlineMs: 5000 }) },
      authority,
    );
    const times = [];
    for (let i = 0; i < 3; i += 1) {
      const { event, time } = await next('event', 40_000);
      assert.equal(event, 'ERR_HAUBERK_HTTPS_ACME');
      times.push(time);
    }
    assert.ok(times[1] - times[0] >= 400);
    assert.ok(times[2] - times[1] >= 800);
  });
});

/**
 * Puts a certificate where one of that ACME server is looked for.
 *
 * @param {string} directory
 * @param {string} directoryUrl
 * @param {string} [pem]
 */
function store(directory, directoryUrl, pem) {
  const own = path.join(directory, new URL(directoryUrl).host.replace(':', '_'));
  const file = path.join(own, 'certificate.pem');
  if (pem !== undefined) {
    fs.mkdirSync(own, { recursive: true });
    fs.writeFileSync(file, pem, { mode: 0o600 });
  }
  return { own, file };
}

/** @type {[string, (t: import('node:test').TestContext, directory: string) => Promise<{ port: number, authority?: string }>][]} */
const SICK = [
  ['down', async () => ({ port: await freePort() })],
  [
    'slow',
    async (t) => {
      const server = net.createServer(() => {}).listen(0, 'localhost');
      await once(server, 'listening');
      t.after(() => server.close());
      return { port: /** @type {net.AddressInfo} */ (server.address()).port };
    },
  ],
  [
    'refusing',
    async (t, directory) => {
      const pair = selfSigned();
      const server = https.createServer(
        (_req, res) => {
          res.statusCode = 403;
          res.end('{"type":"urn:ietf:params:acme:error:unauthorized","detail":"not you"}');
        },
        { cert: pair.cert, key: pair.key },
      );
      server.listen(0, 'localhost');
      await once(server, 'listening');
      t.after(() => server.close());
      const authority = path.join(directory, 'authority.pem');
      fs.writeFileSync(authority, pair.cert);
      return { port: /** @type {net.AddressInfo} */ (server.address()).port, authority };
    },
  ],
];

for (const [what, start] of SICK) {
  test(`an ACME server that is ${what}: the old certificate goes on serving, and it is told`, async (t) => {
    const directory = folder(t);
    const { port, authority } = await start(t, directory);
    const directoryUrl = `https://localhost:${port}/directory`;
    const old = selfSigned({ from: new Date(Date.now() - 9 * DAY_MS), to: new Date(Date.now() + DAY_MS) });
    const { own, file } = store(directory, directoryUrl, old.key + old.cert);
    const options = { domains: ['localhost'], directoryUrl, directory, deadlineMs: 1000, retryMinMs: 100 };
    const next = service(t, { options }, authority);
    assert.equal((await next('port')).fingerprint, old.fingerprint);
    for (let i = 0; i < 2; i += 1) {
      const { event, detail } = await next('event');
      assert.equal(event, 'ERR_HAUBERK_HTTPS_ACME');
      assert.match(detail, /no certificate from the ACME server: ./);
    }
    assert.equal(fs.readFileSync(file, 'utf8'), old.key + old.cert);
    assert.ok(fs.existsSync(path.join(own, 'account.pem')));
  });
}

test('a stored file that others could read is closed', async (t) => {
  const directory = folder(t);
  const good = selfSigned({ name: 'localhost' });
  const directoryUrl = 'https://localhost:1/directory';
  const { file } = store(directory, directoryUrl, good.key + good.cert);
  fs.chmodSync(file, 0o644);
  const acme = https.acme({ domains: ['localhost'], directoryUrl, directory });
  t.after(() => acme.close());
  await acme.start();
  assert.equal(modeOf(file), 0o600);
});

test('closed before there is a certificate, while another process has the lock', async (t) => {
  const directory = folder(t);
  const directoryUrl = 'https://localhost:1/directory';
  const { own } = store(directory, directoryUrl, 'no certificate');
  assert.ok(lock(path.join(own, 'lock'), 60_000));
  const acme = https.acme({ domains: ['localhost'], directoryUrl, directory });
  const started = acme.start();
  assert.equal(acme.start(), started);
  acme.close();
  await assert.rejects(started, { code: 'ERR_HAUBERK_HTTPS_ACME' });
  assert.deepEqual(
    fs.readdirSync(own).sort(),
    ['certificate.pem', 'challenges', 'lock'],
    'nothing was ordered',
  );
});

test('the lock: one holder, given back, over in time, and never another one\u2019s', async (t) => {
  const file = path.join(folder(t), 'lock');
  const first = lock(file, 10_000);
  assert.ok(first?.isHeld());
  assert.equal(lock(file, 10_000), undefined);
  assert.equal(modeOf(file), 0o600);
  first.release();
  assert.ok(!fs.existsSync(file));

  const late = lock(file, 1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(late?.isHeld(), false);
  const second = lock(file, 10_000);
  assert.ok(second?.isHeld());
  late?.release();
  assert.ok(second.isHeld(), 'who lost it does not take it away from the next');
  second.release();

  fs.writeFileSync(file, 'garbage of a crash');
  assert.ok(lock(file, 10_000)?.isHeld());
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['lock']);
});

for (const { name, express } of expresses) {
  test(`${name}: the handler gives away challenges and nothing else`, async (t) => {
    const directory = folder(t);
    const directoryUrl = 'https://localhost:1/directory';
    const acme = https.acme({ domains: ['localhost'], directoryUrl, directory });
    const { own } = store(directory, directoryUrl, 'secret');
    fs.mkdirSync(path.join(own, 'challenges'));
    fs.writeFileSync(path.join(own, 'challenges', 'tok-en_1'), 'tok-en_1.thumb');
    const app = express();
    app.use(acme.handler, https.redirect({ hosts: ['api.example.com'] }));
    const { port } = await serve(t, app);
    const ask = (/** @type {string} */ target, method = 'GET') =>
      raw(port, `${method} ${target} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n`);
    const base = '/.well-known/acme-challenge/';
    const good = await ask(`${base}tok-en_1`);
    assert.match(good, /^HTTP\/1\.1 200 [^]*\r\n\r\ntok-en_1\.thumb$/);
    assert.match(await ask(`${base}tok-en_1`, 'HEAD'), /^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
    for (const target of [
      `${base}other`,
      base,
      `${base}../certificate.pem`,
      `${base}..%2fcertificate.pem`,
      `${base}tok-en_1/../../certificate.pem`,
      `${base}tok-en_1%00`,
      `${base}${'a'.repeat(500)}`,
      '/certificate.pem',
    ]) {
      const got = await ask(target);
      assert.match(got, /^HTTP\/1\.1 308 /, target);
      assert.ok(!got.includes('secret'));
    }
    assert.match(await ask(`${base}tok-en_1`, 'POST'), /^HTTP\/1\.1 308 /);
  });
}

test('without Express, what is no challenge gets 404', async (t) => {
  const acme = https.acme({ domains: ['localhost'], directory: folder(t) });
  const { url } = await serve(t, (req, res) => acme.handler(req, res));
  assert.equal((await fetch(`${url}/x`)).status, 404);
});

test('options: each bad value throws at construction', (t) => {
  const directory = folder(t);
  const domains = ['a.example'];
  const bad = [
    [undefined, /acme\.domains must be/],
    [{ domains }, /acme\.directory must be/],
    [{ domains, directory: '' }, /acme\.directory must be/],
    [{ domains: [], directory }, /acme\.domains must be/],
    ...[
      '',
      '*.example.com',
      '192.0.2.1',
      '[::1]',
      'A.example',
      'a.example.',
      'a..b',
      '-a.b',
      'a b',
      'b\u00fc.example',
      'a:80',
      1,
    ].map((name) => [{ domains: [name], directory }, /acme\.domains\[0\] must be/]),
    ...['a', 'a@b@c', 'a@b,c@d', 'a@b?cc=c', 1].map((email) => [
      { domains, directory, email },
      /acme\.email must be/,
    ]),
    ...['http://a.example/', 'a.example', '', 1].map((directoryUrl) => [
      { domains, directory, directoryUrl },
      /acme\.directoryUrl must be an https URL/,
    ]),
    ...['checkMs', 'deadlineMs', 'retryMinMs', 'retryMaxMs'].flatMap((name) =>
      [0, -1, NaN, '5m', null].map((value) => [
        { domains, directory, [name]: value },
        new RegExp(`${name} must be`),
      ]),
    ),
    [{ domains, directory, mail: 'a@b' }, /did you mean email/],
  ];
  for (const [options, message] of bad) {
    assert.throws(() => https.acme(/** @type {any} */ (options)), { message: /** @type {any} */ (message) });
  }
});
