'use strict';

/**
 * The binary of the platform that this runs on: every group of its functions, with answers known from elsewhere.
 * `npm run prebuild` runs this file with the Node.js of each platform, under an emulator where there must be one; it needs no
 * package and no server, and starts other processes by HAUBERK_SMOKE_NODE (a JSON list: command and arguments).
 */

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');

const hauberk = require('../..');
const binding = require('../../native/binding');
const { scanJson } = require('../../lib/body/scan');
const { RULES, bits } = require('../../lib/body/rules');
const { learnWords } = require('../../lib/passwords/policy/words');
const CODES = require('../../lib/internal/codes');
const { version } = require('../../package.json');

const NODE = JSON.parse(process.env.HAUBERK_SMOKE_NODE ?? JSON.stringify([process.execPath]));
const SECRET = 'a secret for tests that is at least thirty-two bytes';
const NONE = 0xffff_ffff;

/** Groups of functions that a test below has used. */
const seen = new Set(['__napiBindingTarget']);

/**
 * @param {string} group a namespace of the binding
 * @param {string} what
 * @param {(t: import('node:test').TestContext) => unknown} work
 */
function smoke(group, what, work) {
  seen.add(group);
  test(`${group}: ${what}`, /** @type {any} */ (work));
}

/** @param {string} code */
const coded = (code) => (/** @type {any} */ error) => error.code === code;

/** A child process of this platform's Node.js. @param {string[]} args */
async function child(...args) {
  const [command, ...first] = NODE;
  const started = spawn(command, [...first, path.join(__dirname, 'programs', args[0]), ...args.slice(1)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  started.stdout.on('data', (chunk) => (out += chunk));
  const [code] = await once(started, 'close');
  assert.equal(code, 0, out);
  return out.trim();
}

smoke('core', 'it is the binary of this platform and of this version', () => {
  const wanted = process.env.HAUBERK_SMOKE_TARGET;
  const loaded = Object.keys(require.cache).filter((name) => name.endsWith('.node'));
  assert.equal(loaded.length, 1, loaded.join());
  if (wanted !== undefined) assert.equal(path.basename(loaded[0]), `hauberk.${wanted}.node`);
  assert.equal(binding.core.version(), version);
  assert.deepEqual(new Set(binding.core.codes()).size, binding.core.codes().length);
  for (const code of binding.core.codes()) assert.ok(code in CODES, code);
});

smoke('core', 'a panic is caught, and the process goes on', () => {
  for (let i = 0; i < 100; i++) assert.equal(binding.core.unwinds(), true);
});

smoke('core', 'a panic is caught in a worker thread too', async () => {
  const script = `require('node:worker_threads').parentPort.postMessage(require(${JSON.stringify(
    path.join(__dirname, '../../native/binding.js'),
  )}).core.unwinds())`;
  const worker = new Worker(script, { eval: true });
  const [caught] = await once(worker, 'message');
  assert.equal(caught, true);
  await worker.terminate();
});

smoke('body', 'JSON is judged, wherever in a vector the offence stands', () => {
  const { refuse } = bits({ operatorKeys: 'refuse', precision: false }, false);
  const limits = binding.body.register(8, 100, 256, NONE, refuse, 0);
  const verdict = (/** @type {string | Buffer} */ text) => {
    const found = (scanJson(Buffer.from(text), limits) ?? 0) & 0xff;
    return found === 0 ? 'fine' : RULES[found - 1];
  };
  for (let pad = 0; pad < 200; pad += 7) {
    const fill = 'x'.repeat(pad);
    assert.equal(verdict(`{"a":"${fill}","b":[1,2,{"c":null}]}`), 'fine', `${pad}`);
    assert.equal(verdict(`{"a":"${fill}\u00e9","b":1}`), 'fine', `${pad}`);
    assert.equal(verdict(`{"a":"${fill}","__proto__":{}}`), 'prototypeKeys', `${pad}`);
    assert.equal(verdict(`{"a":"${fill}","\\u005f_proto__":{}}`), 'prototypeKeys', `${pad}`);
    assert.equal(verdict(`{"a":"${fill}","$where":1}`), 'operatorKeys', `${pad}`);
    assert.equal(verdict(`{"a":"${fill}","a":1}`), 'duplicateKeys', `${pad}`);
    assert.equal(verdict(Buffer.concat([Buffer.from(`{"a":"${fill}`), Buffer.of(0xff, 34, 125)])), 'utf8');
  }
  assert.equal(verdict('['.repeat(9) + ']'.repeat(9)), 'depth');
  assert.equal(binding.body.jsonPointer(Buffer.from('{"a":[0,{"b/c":1}]}'), 15), '/a/1/b~1c');
});

smoke('body', 'forms and query strings are judged', () => {
  const { refuse } = bits({ operatorKeys: 'refuse', precision: false }, false);
  const limits = binding.body.register(8, 100, 256, NONE, refuse, 0);
  assert.equal(binding.body.scanForm(Buffer.from('a=1&b=2'), limits) & 0xff, 0);
  assert.notEqual(binding.body.scanForm(Buffer.from('a[__proto__][x]=1'), limits) & 0xff, 0);
  assert.equal(binding.body.scanQuery('a=1&b=%C3%A9', limits) & 0xff, 0);
  assert.notEqual(binding.body.scanQuery('a[$where]=1', limits) & 0xff, 0);
  assert.ok(Array.isArray(binding.body.reported()));
});

smoke('client', 'addresses in canonical form, and networks', () => {
  assert.equal(binding.client.identify('::ffff:102:304', 56)?.address, '1.2.3.4');
  assert.equal(binding.client.identify('2001:db8:1:2ff::1', 56)?.key, '2001:db8:1:200::/56');
  assert.equal(binding.client.identify('1.2.3', 56), null);
  const networks = new binding.client.Networks(['10.0.0.0/8', 'fd00::/8']);
  assert.deepEqual(
    ['10.255.0.1', '11.0.0.1', 'fd12::1', 'x'].map((text) => networks.contains(text)),
    [true, false, true, false],
  );
  assert.throws(() => new binding.client.Networks(['10.0.0.0/33']), coded('ERR_HAUBERK_OPTION_INVALID'));
});

smoke('cookies', 'values are signed and sealed, and what was changed is not opened', () => {
  const options = { name: 'cart', keys: SECRET };
  const signed = hauberk.cookies.sign('seven', options);
  assert.equal(hauberk.cookies.unsign(signed, options), 'seven');
  assert.equal(hauberk.cookies.unsign(signed, { ...options, name: 'other' }), null);
  const value = { user: 7, name: 'Zo\u00eb \u{1f512}', list: ['x'.repeat(500)] };
  const sealed = hauberk.cookies.seal(value, options);
  assert.deepEqual(hauberk.cookies.open(sealed, options), value);
  assert.equal(hauberk.cookies.open(`${sealed.slice(0, -2)}AA`, options), null);
  assert.equal(hauberk.cookies.open(sealed, { ...options, keys: `${SECRET}!` }), null);
  // As the package cookie-signature writes it: base64 of HMAC-SHA-256, by Node.js's own OpenSSL.
  const code = require('node:crypto')
    .createHmac('sha256', 'old')
    .update('v')
    .digest('base64')
    .replace(/=+$/, '');
  assert.equal(binding.cookies.isLegacy('old', 'v', code), true);
  assert.equal(binding.cookies.isLegacy('new', 'v', code), false);
});

smoke('csrf', 'a token is good for its session, until it expires', () => {
  const out = new Float64Array(1);
  const set = binding.csrf.open(Buffer.alloc(32, 7), 60, out);
  const { check } = binding.csrf.functions();
  const token = binding.csrf.make(set, 'session', 1, 1000);
  const verdict = (/** @type {string} */ value, /** @type {number} */ now, text = token) => {
    check(set, text, value, 1, now);
    return out[0];
  };
  assert.deepEqual(
    [
      verdict('session', 1001),
      verdict('other', 1001),
      verdict('session', 2000),
      verdict('session', 1001, 'x'),
    ],
    [0, 1, 2, 1],
  );
  binding.csrf.close(set);
});

smoke('monitor', 'a client is counted in its window, and said once at the threshold', () => {
  const kinds = 8;
  const watch = binding.monitor.open('smoke', 64, Array(kinds).fill(1000), Array(kinds).fill(3));
  const { count, probe, tool } = binding.monitor.functions();
  const counts = [0, 1, 2, 3].map((at) => count(watch, 2, '192.0.2.1', 1000 + at));
  assert.deepEqual(counts, [0, 0, 3, 0]);
  assert.equal(count(watch, 2, '192.0.2.2', 1004), 0);
  assert.deepEqual([binding.monitor.clients(watch, 1005), binding.monitor.evicted(watch)], [2, 0]);
  binding.monitor.close(watch);
  const [name] = binding.monitor.toolNames();
  const [path] = binding.monitor.probePaths();
  assert.deepEqual(
    [tool(`${name}/1.0`) >= 0, probe(`/${path}`) >= 0, tool('curl'), probe('/')],
    [true, true, -1, -1],
  );
});

smoke('headers', 'policies are composed, and bad fields refused with a code', () => {
  assert.ok(binding.headers.directives('helmet').length > 5);
  assert.ok(binding.headers.keywords().length > 3 && binding.headers.prefixes().length > 0);
  assert.match(String(binding.headers.policy('api', [], [], false)[0]), /default-src 'none'/);
  assert.throws(() => binding.headers.checkField('X-Test', 'a\r\nb'), coded('ERR_HAUBERK_HEADERS_VALUE'));
});

smoke('mfa', 'the codes of RFC 6238, appendix B, and a QR code', () => {
  const rows = [
    ['SHA1', '12345678901234567890', 59, '94287082'],
    ['SHA256', '12345678901234567890123456789012', 1_111_111_109, '68084774'],
    [
      'SHA512',
      '1234567890123456789012345678901234567890123456789012345678901234',
      20_000_000_000,
      '47863826',
    ],
  ];
  for (const [algorithm, secret, seconds, code] of rows) {
    const totp = hauberk.mfa.totp(/** @type {any} */ ({ algorithm, digits: 8 }));
    const key = Buffer.from(String(secret));
    const time = Number(seconds) * 1000;
    assert.equal(totp.generate(key, { time }), code);
    assert.equal(totp.verify(key, code, { time }).ok, true);
    assert.equal(totp.verify(key, '00000000', { time }).ok, false);
  }
  assert.match(hauberk.mfa.totp({ issuer: 'Example' }).enrol('ann@example.com').svg, /^<svg/);
});

/** From P-H-C/phc-winner-argon2 (CC0), openwall's crypt_blowfish, RFC 7914 and RFC 6070's successors. */
const KNOWN = [
  ['password', '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'],
  ['password', '$argon2i$m=256,t=2,p=2$c29tZXNhbHQ$tsEVYKap1h6scGt5ovl9aLRGOqOth+AMB+KwHpDFZPs'],
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
];

smoke('passwords', 'known hashes verify, on the pool and on this thread', async () => {
  for (const [password, stored] of KNOWN) {
    assert.equal(await hauberk.passwords.verify(stored, password), true, stored);
    assert.equal(await hauberk.passwords.verify(stored, `${password}x`), false, stored);
    assert.equal(hauberk.passwords.verifySync(stored, password), true, stored);
  }
});

smoke('passwords', 'scrypt and PBKDF2 agree with OpenSSL', async () => {
  const { pbkdf2Sync, scryptSync } = require('node:crypto');
  const salt = Buffer.from('a salt of bytes!');
  const text = (/** @type {Buffer} */ bytes) => bytes.toString('base64').replace(/=+$/, '');
  const scrypt = scryptSync('correct horse', salt, 32, { N: 1024, r: 8, p: 1 });
  const rows = [
    `$scrypt$ln=10,r=8,p=1$${text(salt)}$${text(scrypt)}`,
    `$pbkdf2-sha256$i=1000,l=32$${text(salt)}$${text(pbkdf2Sync('correct horse', salt, 1000, 32, 'sha256'))}`,
  ];
  for (const stored of rows) {
    assert.equal(await hauberk.passwords.verify(stored, 'correct horse'), true, stored);
    assert.equal(await hauberk.passwords.verify(stored, 'wrong horse'), false, stored);
  }
});

smoke(
  'passwords',
  'many at once: every algorithm, bcrypt in lanes, while the event loop goes on',
  async () => {
    const cheap = { memoryKiB: 64, passes: 1 };
    let turns = 0;
    const clock = setInterval(() => (turns += 1), 1);
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        hauberk.passwords.hash(
          `pass ${i}`,
          i % 2 === 0 ? cheap : /** @type {any} */ ({ algorithm: 'bcrypt', cost: 10 }),
        ),
      ),
    );
    clearInterval(clock);
    assert.ok(turns > 0);
    const right = await Promise.all(made.map((stored, i) => hauberk.passwords.verify(stored, `pass ${i}`)));
    const wrong = await Promise.all(
      made.map((stored, i) => hauberk.passwords.verify(stored, `pass ${i + 1}`)),
    );
    assert.deepEqual([new Set(right), new Set(wrong)], [new Set([true]), new Set([false])]);
    assert.equal(hauberk.passwords.needsRehash(made[0], cheap), false);
    assert.equal(hauberk.passwords.needsRehash(made[1], cheap), true);
    assert.ok(hauberk.passwords.stats().threads > 0);
  },
);

smoke('passwords', 'a full-size hash in mapped memory, and an error that crosses from the pool', async () => {
  const stored = await hauberk.passwords.hash('correct horse');
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await hauberk.passwords.verify(stored, 'correct horse'), true);
  await assert.rejects(
    hauberk.passwords.verify('$argon2id$v=19$nonsense', 'x'),
    coded('ERR_HAUBERK_PASSWORDS_HASH'),
  );
});

smoke('passwords', 'packages argon2 and bcrypt: the same calls', async () => {
  const argon2 = require('../../lib/passwords/argon2');
  const bcrypt = require('../../lib/passwords/bcrypt');
  const stored = await argon2.hash('x', { memoryCost: 64, timeCost: 2 });
  assert.equal(await argon2.verify(stored, 'x'), true);
  assert.equal(bcrypt.compareSync('x', bcrypt.hashSync('x', 4)), true);
});

smoke('policy', 'the strength of a password, and the list of common ones', async () => {
  learnWords();
  assert.equal(binding.policy.learnWords(new Uint8Array(0)), true);
  assert.ok(binding.policy.strength('correct horse battery staple', []).score >= 3);
  assert.equal(binding.policy.strength('password', []).score, 0);
  assert.equal((await hauberk.passwords.policy.check('passwordpassword')).ok, false);
});

smoke('privileges', 'who the process is, or that this system has no users to become', () => {
  const wish = { uid: process.getuid?.() || 65_534, gid: process.getgid?.() || 65_534, keep: [] };
  if (process.platform === 'win32') {
    assert.throws(() => binding.privileges.checkDrop(wish), coded('ERR_HAUBERK_PRIVILEGES_UNSUPPORTED'));
  } else {
    assert.deepEqual(
      [binding.privileges.checkDrop(wish).uid, binding.privileges.checkDrop(wish).gid],
      [wish.uid, wish.gid],
    );
    assert.throws(
      () => binding.privileges.checkDrop({ user: 'no-such-user-here', keep: [] }),
      coded('ERR_HAUBERK_PRIVILEGES_ACCOUNT'),
    );
  }
  assert.equal(typeof hauberk.privileges.check().root, 'boolean');
});

smoke('ratelimit', 'worker threads that share a limiter admit exactly the limit', async () => {
  const options = { name: 'threads', limit: 100, windowMs: 31_536_000_000, slots: 1024 };
  // Held open here: a table ends with its last handle.
  const own = hauberk.ratelimit(options);
  const workers = Array.from(
    { length: 4 },
    () => new Worker(path.join(__dirname, 'programs/count.js'), { workerData: { options, times: 400 } }),
  );
  const counts = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  await Promise.all(workers.map((worker) => worker.terminate()));
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    100,
  );
  own.close();
});

smoke(
  'ratelimit',
  'processes that share a limiter admit exactly the limit, or are told that they cannot',
  async (t) => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-smoke-'));
    t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
    const options = {
      name: `smoke-${process.pid}-${Date.now()}`,
      scope: /** @type {const} */ ('machine'),
      ...(process.platform === 'win32' ? {} : { directory }),
      limit: 100,
      windowMs: 31_536_000_000,
      slots: 1024,
    };
    if (process.arch === 'arm') {
      assert.throws(() => hauberk.ratelimit(options), coded('ERR_HAUBERK_RATELIMIT_TABLE'));
      return;
    }
    // Held open here: a named mapping of Windows ends with its last process.
    const own = hauberk.ratelimit(options);
    assert.equal(own.consume('one').allowed, true);
    const counts = await Promise.all(
      [1, 2, 3].map(() => child('count.js', JSON.stringify({ options, times: 200 }))),
    );
    assert.equal(
      counts.reduce((sum, count) => sum + Number(count), 0),
      99,
    );
    assert.equal(own.get('one').allowed, false);
    own.close();
  },
);

smoke('ratelimit', 'a window ends, bans hold and end', async () => {
  const long = hauberk.ratelimit({ limit: 1, windowMs: 31_536_000_000 });
  assert.deepEqual([long.consume('k').allowed, long.consume('k').allowed], [true, false]);
  long.close();
  const short = hauberk.ratelimit({ limit: 1, windowMs: 1000 });
  assert.equal(short.consume('k').allowed, true);
  // However slow this machine is: it comes back.
  while (!short.consume('k').allowed) await new Promise((resolve) => setTimeout(resolve, 100));
  short.close();
  const bans = binding.ratelimit.openBans('smoke', 64, false);
  binding.ratelimit.ban(bans, 'k', 60_000, 0);
  assert.equal(binding.ratelimit.countBans(bans), 1);
  binding.ratelimit.unban(bans, 'k');
  assert.equal(binding.ratelimit.countBans(bans), 0);
  binding.ratelimit.closeBans(bans);
});

smoke('sanitize', 'HTML is cleaned by the scan and by the parser', () => {
  assert.equal(hauberk.sanitize.html('plain & simple'), 'plain &amp; simple');
  assert.equal(hauberk.sanitize.html('<i>x</i><script>alert(1)</script>'), '<i>x</i>');
  assert.doesNotMatch(
    hauberk.sanitize.html(
      '<svg><style><img src=x onerror=alert(1)></style></svg><a href="javascript:x">y</a>',
    ),
    /onerror|javascript|<svg/,
  );
});

smoke('validate', 'schemas are compiled and judge bytes and texts', () => {
  const schema = {
    type: 'object',
    properties: { mail: { format: 'email' }, age: { $ref: '#/$defs/age' } },
    required: ['mail'],
    $defs: { age: { type: 'integer', minimum: 0 } },
  };
  const handle = binding.validate.compile(JSON.stringify(schema), '{}', true, true, true);
  assert.equal(binding.validate.judge(handle, Buffer.from('{"mail":"a@b.example","age":7}'), 5), null);
  const found = JSON.parse(String(binding.validate.judgeText(handle, '{"mail":"no","age":-1}', 5)));
  assert.deepEqual(found.map(([/** @type {string} */ pointer]) => pointer).sort(), ['/age', '/mail']);
  assert.equal(typeof binding.validate.planned(handle), 'boolean');
  binding.validate.forget(handle);
  assert.throws(
    () => binding.validate.compile('{"type":"nonsense"}', '{}', true, true, true),
    coded('ERR_HAUBERK_VALIDATE_SCHEMA'),
  );
});

test('the guard answers over HTTP', async (t) => {
  const guard = hauberk({ secret: SECRET, ratelimit: { limit: 3 } });
  const server = http.createServer((req, res) =>
    guard(req, res, () => res.end(JSON.stringify(/** @type {any} */ (req).body))),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const post = (/** @type {string} */ body) =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json' },
    });
  const good = await post('{"a":1}');
  assert.deepEqual([good.status, await good.text()], [200, '{"a":1}']);
  assert.match(good.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  const bad = await post('{"__proto__":{}}');
  assert.deepEqual([bad.status, (await bad.json()).code], [422, 'ERR_HAUBERK_BODY_PROTOTYPE_KEY']);
  await (await post('{}')).text();
  const over = await post('{}');
  assert.equal(over.status, 429);
  await over.text();
});

test('threads that end in the midst of hashing leave the process whole', async () => {
  for (let i = 0; i < 3; i++) {
    const worker = new Worker(path.join(__dirname, 'programs/hash.js'));
    await once(worker, 'message');
    await worker.terminate();
  }
  assert.equal(await hauberk.passwords.verify(KNOWN[0][1], 'password'), true);
});

test('every group of the binding has a test here', () => {
  assert.deepEqual(
    Object.keys(binding).filter((name) => !seen.has(name)),
    [],
  );
});
