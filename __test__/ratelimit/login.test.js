'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const ratelimit = require('../../lib/ratelimit');
const client = require('../../lib/client');
const { events } = require('../helpers/events');
const { missing, redisServer, until, clients } = require('../helpers/redis');
const { expresses, serve } = require('../helpers/server');

const SECRET = 'a secret of at least thirty-two bytes';
let names = 0;

/** A login whose password is `right`, behind one proxy, with a guard of its own. */
async function app(t, express, options = {}) {
  const guard = ratelimit.login({
    account: (req) => req.body.email,
    name: `login${(names += 1)}`,
    secret: SECRET,
    slots: 1024,
    ...options,
  });
  t.after(() => guard.close());
  const server = express();
  server.use(client({ trustProxy: 1 }), express.json());
  server.post('/login', guard, (req, res, next) => {
    const answer = async () => {
      if (req.body.password === 'crash') return res.status(500).end();
      if (req.body.password === 'hang') return undefined;
      if (req.body.password === 'silent') return res.status(401).end();
      if (req.body.password !== 'right') {
        await guard.failed(req);
        return res.status(401).json({ error: 'wrong' });
      }
      await guard.succeeded(req, res);
      return res.json({ ok: true });
    };
    answer().catch(next);
  });
  server.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ error: error.code }));
  const { url, port } = await serve(t, server);
  /** @param {string} email @param {string} password @param {string} [from] @param {string} [cookie] */
  const attempt = (email, password, from = '203.0.113.1', cookie) =>
    fetch(`${url}/login`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Forwarded-For': from,
        ...(cookie && { Cookie: cookie }),
      },
      body: JSON.stringify({ email, password }),
    });
  const statuses = async (times, ...args) => {
    const seen = [];
    for (let i = 0; i < times; i += 1) seen.push((await attempt(...args)).status);
    return seen;
  };
  return { attempt, statuses, port, guard };
}

const cookieOf = (/** @type {Response} */ answer) => answer.headers.get('set-cookie')?.split(';')[0];

for (const { name, express } of expresses) {
  test(`${name}: guessing from one address locks after five failures, with problem details`, async (t) => {
    const { attempt, statuses } = await app(t, express);
    assert.deepEqual(await statuses(6, 'a@b.co', 'wrong'), [401, 401, 401, 401, 401, 429]);
    const answer = await attempt('a@b.co', 'right');
    assert.equal(answer.status, 429);
    const retry = Number(answer.headers.get('retry-after'));
    assert.ok(retry >= 29 && retry <= 34, `${retry}`);
    const problem = await answer.json();
    assert.equal(problem.code, 'ERR_HAUBERK_RATELIMIT_LOGIN');
    assert.match(problem.type, /#abnormal-usage-detected$/);
    // Another account from the same address is not locked by it.
    assert.equal((await attempt('c@d.co', 'right')).status, 200);
  });

  test(`${name}: own success resetting the login counter: it resets nothing`, async (t) => {
    const { attempt, statuses } = await app(t, express, { address: { limit: 12 } });
    for (let i = 0; i < 4; i += 1) {
      assert.deepEqual(await statuses(1, 'victim@b.co', 'wrong'), [401]);
      assert.equal((await attempt('attacker@b.co', 'right')).status, 200);
    }
    assert.deepEqual(await statuses(2, 'victim@b.co', 'wrong'), [401, 429]);
    // The address has spent its attempts too, successful or not.
    assert.deepEqual(await statuses(2, 'other@b.co', 'right'), [200, 200]);
    assert.equal((await attempt('third@b.co', 'right')).status, 429);
  });

  test(`${name}: the owner's success gives the attacker no new attempts`, async (t) => {
    const { attempt, statuses } = await app(t, express);
    assert.deepEqual(await statuses(4, 'a@b.co', 'wrong'), [401, 401, 401, 401]);
    assert.equal((await attempt('a@b.co', 'right', '198.51.100.7')).status, 200);
    assert.deepEqual(await statuses(2, 'a@b.co', 'wrong'), [401, 429]);
  });

  test(`${name}: lockout used against the owner: the device cookie goes past it`, async (t) => {
    const { attempt, statuses } = await app(t, express, { accounts: { after: 8 } });
    const cookie = cookieOf(await attempt('owner@b.co', 'right', '198.51.100.7'));
    assert.match(String(cookie), /^hauberk-device=/);
    // From many addresses, also the owner's own.
    for (let i = 0; i < 8; i += 1)
      await attempt('owner@b.co', 'wrong', i % 2 ? '198.51.100.7' : `203.0.113.${i}`);
    assert.deepEqual(await statuses(1, 'owner@b.co', 'right', '198.51.100.7'), [429]);
    assert.deepEqual(await statuses(3, 'owner@b.co', 'right', '198.51.100.7', cookie), [200, 200, 200]);
    // It is good for its account only, and not when it was changed.
    assert.deepEqual(await statuses(1, 'Owner@B.co', 'right', '198.51.100.8', `x=1; ${cookie}`), [200]);
    const forged = String(cookie).slice(0, -2) + (String(cookie).endsWith('AA') ? 'BB' : 'AA');
    assert.deepEqual(await statuses(1, 'owner@b.co', 'right', '198.51.100.7', forged), [429]);
    const other = cookieOf(await attempt('attacker@b.co', 'right', '203.0.113.99'));
    assert.deepEqual(await statuses(1, 'owner@b.co', 'right', '203.0.113.99', other), [429]);
  });

  test(`${name}: a device is locked by its own failures`, async (t) => {
    const { attempt, statuses } = await app(t, express, { device: { after: 3 } });
    const cookie = cookieOf(await attempt('a@b.co', 'right'));
    assert.deepEqual(await statuses(4, 'a@b.co', 'wrong', '203.0.113.1', cookie), [401, 401, 401, 429]);
  });

  test(`${name}: guessing from many addresses locks the account, in all its spellings`, async (t) => {
    const { attempt } = await app(t, express, { accounts: { after: 6 } });
    const spellings = ['a@b.co', 'A@B.CO', ' a@b.co ', '\uff41@b.co', 'a@\uff22.co', 'A@b.Co'];
    for (const [i, email] of spellings.entries()) {
      assert.equal((await attempt(email, 'wrong', `203.0.113.${i}`)).status, 401);
    }
    assert.equal((await attempt('a@b.co', 'wrong', '198.51.100.1')).status, 429);
  });

  test(`${name}: parallel race: 60 attempts at once get no more than the free ones`, async (t) => {
    const { attempt } = await app(t, express);
    const all = await Promise.all(Array.from({ length: 60 }, () => attempt('a@b.co', 'wrong')));
    const tried = all.filter(({ status }) => status === 401).length;
    assert.ok(tried >= 1 && tried <= 5, `${tried}`);
  });

  test(`${name}: early close, and an answer without a verdict, count as failures; a crash does not`, async (t) => {
    const { statuses, port } = await app(t, express);
    assert.deepEqual(await statuses(3, 'crash@b.co', 'crash'), [500, 500, 500]);
    assert.deepEqual(await statuses(6, 'silent@b.co', 'silent'), [401, 401, 401, 401, 401, 429]);
    const body = JSON.stringify({ email: 'close@b.co', password: 'hang' });
    for (let i = 0; i < 5; i += 1) {
      await new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => {
          socket.write(
            'POST /login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.1\r\nContent-Type: application/json\r\n' +
              `Content-Length: ${body.length}\r\n\r\n${body}`,
          );
          setTimeout(() => socket.destroy(), 60);
        });
        socket.on('close', () => setTimeout(resolve, 40));
      });
    }
    assert.deepEqual(await statuses(1, 'close@b.co', 'right'), [429]);
  });

  test(`${name}: no account, an array, an object or 1 MB of it: counted all the same`, async (t) => {
    const { attempt, statuses } = await app(t, express, { address: { limit: 30 } });
    for (const email of [undefined, null, 7, {}, ['a@b.co'], '', '\ud800', 'x'.repeat(50_000)]) {
      const { status } = await attempt(email, 'wrong', '203.0.113.77');
      assert.ok(status === 401 || status === 429, String(status));
    }
    assert.equal((await attempt(undefined, 'wrong', '203.0.113.77')).status, 429);
    assert.deepEqual(await statuses(1, 'a@b.co', 'right', '203.0.113.77'), [200]);
  });

  test(`${name}: uniform answers: the same for each reason, and for accounts that do not exist`, async (t) => {
    const { attempt, statuses } = await app(t, express, { address: { limit: 9 }, accounts: { after: 7 } });
    await statuses(5, 'a@b.co', 'wrong');
    const pair = await attempt('a@b.co', 'wrong');
    await statuses(4, 'b@b.co', 'wrong');
    const address = await attempt('nobody@b.co', 'wrong');
    for (let i = 0; i < 7; i += 1) await attempt('nobody@b.co', 'wrong', `198.51.100.${i}`);
    const account = await attempt('nobody@b.co', 'wrong', '198.51.100.99');
    const texts = await Promise.all([pair, address, account].map((answer) => answer.text()));
    assert.equal(pair.status, 429);
    assert.deepEqual(new Set(texts).size, 1, texts.join());
  });
}

test('each failure more locks twice as long, up to the longest', async () => {
  const { Lane } = require('../../lib/ratelimit/login/lane');
  const lane = new Lane(
    'doubling',
    { after: 3, firstMs: 1000, maxMs: 7000, forgetMs: 3_600_000 },
    { slots: 1024 },
  );
  const locks = [];
  for (let i = 0; i < 8; i += 1) locks.push(await lane.fail('a'));
  assert.deepEqual(locks, [0, 0, 1000, 2000, 4000, 7000, 7000, 7000]);
  lane.close();
});

test('a lock ends by itself, and one more failure locks again, for longer', async (t) => {
  const { statuses, attempt } = await app(t, expresses[1].express, { pair: { after: 2, firstMs: 1000 } });
  assert.deepEqual(await statuses(3, 'a@b.co', 'wrong'), [401, 401, 429]);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.deepEqual(await statuses(2, 'a@b.co', 'wrong'), [401, 429]);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal((await attempt('a@b.co', 'right')).status, 429);
});

test('over TLS the cookie has the __Host- prefix, and the plain one is not read', async (t) => {
  const { Devices } = require('../../lib/ratelimit/login/device');
  const devices = new Devices([Buffer.alloc(32, 1)], 1e9);
  const tls = (/** @type {string} */ cookie) => ({ socket: { encrypted: true }, headers: { cookie } });
  const issued = devices.issue(tls(''), 'someone');
  assert.match(
    issued,
    /^__Host-hauberk-device=[\w.-]+; Max-Age=1000000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
  const [pair] = issued.split(';');
  assert.equal(devices.find(tls(pair), 'someone')?.length, 22);
  assert.equal(devices.find(tls(pair.replace('__Host-', '')), 'someone'), undefined);
  assert.equal(devices.find(tls(pair), 'somebody'), undefined);
  // Set by a sibling domain in front of the right one.
  assert.equal(devices.find(tls(`__Host-hauberk-device=x.y.z; ${pair}`), 'someone')?.length, 22);
  const rotated = new Devices([Buffer.alloc(32, 2), Buffer.alloc(32, 1)], 1e9);
  assert.equal(rotated.find(tls(pair), 'someone')?.length, 22);
  assert.equal(new Devices([Buffer.alloc(32, 3)], 1e9).find(tls(pair), 'someone'), undefined);
  const old = Date.now;
  t.after(() => (Date.now = old));
  Date.now = () => old() + 1.1e9;
  assert.equal(devices.find(tls(pair), 'someone'), undefined);
});

test('in Redis: what one process saw fail, another one refuses', async (t) => {
  if (missing) return t.skip(missing);
  const server = await redisServer(t);
  const both = [clients[2].open(t, server.port), clients[4].open(t, server.port)];
  await until(() => both[0].isReady && both[1].status === 'ready');
  const first = await app(t, expresses[1].express, { redis: both[0], name: 'shared', deadlineMs: 10_000 });
  const second = await app(t, expresses[0].express, { redis: both[1], name: 'shared', deadlineMs: 10_000 });
  assert.deepEqual(await first.statuses(3, 'a@b.co', 'wrong'), [401, 401, 401]);
  assert.deepEqual(await second.statuses(3, 'a@b.co', 'wrong'), [401, 401, 429]);
  assert.deepEqual(await first.statuses(1, 'a@b.co', 'right'), [429]);
});

test('scope machine: what one process saw fail, another one refuses; its device cookie is good in both', async (t) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-login-'));
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const options = { scope: 'machine', name: 'app', directory, secret: SECRET, slots: 1024 };
  const program = path.join(__dirname, 'programs/login.js');
  const start = async () => {
    const child = spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const [line] = await once(child.stdout, 'data');
    return `http://127.0.0.1:${String(line).trim()}/login`;
  };
  const urls = await Promise.all([start(), start()]);
  const ask = (at, email, password, cookie) =>
    fetch(urls[at], {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(cookie && { Cookie: cookie }) },
      body: JSON.stringify({ email, password }),
    });
  const cookie = cookieOf(await ask(0, 'a@b.co', 'right'));
  const statuses = [];
  for (let i = 0; i < 7; i += 1) statuses.push((await ask(i % 2, 'a@b.co', 'wrong')).status);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
  assert.equal((await ask(1, 'a@b.co', 'right')).status, 429);
  assert.equal((await ask(1, 'a@b.co', 'right', cookie)).status, 200);
});

test('events: fail, lock, fail_max, success; verdicts at the wrong place', async (t) => {
  const seen = events(t);
  const { statuses, guard } = await app(t, expresses[1].express, { pair: { after: 1 } });
  await statuses(2, 'a@b.co', 'wrong');
  await statuses(1, 'b@b.co', 'right');
  assert.deepEqual(
    seen().map(({ event }) => event),
    ['authn_login_fail', 'authn_login_lock', 'authn_login_fail_max', 'authn_login_success'],
  );
  assert.equal(JSON.stringify(seen()).includes('a@b.co'), false);
  await assert.rejects(guard.failed({}), { code: 'ERR_HAUBERK_ARGUMENT' });
  await assert.rejects(guard.succeeded({}, {}), { code: 'ERR_HAUBERK_ARGUMENT' });
});

test('report mode tells and refuses nothing', async (t) => {
  const { statuses } = await app(t, expresses[1].express, { mode: 'report', pair: { after: 1 } });
  assert.deepEqual(await statuses(3, 'a@b.co', 'wrong'), [401, 401, 401]);
});

test('bad options throw at construction', () => {
  const account = () => 'a';
  for (const options of [
    undefined,
    {},
    { account: 'email' },
    { account, pair: { after: 0 } },
    { account, pair: { firstMs: 2000, maxMs: 1000 } },
    { account, address: { limit: 0 } },
    { account, redis: {} },
    { account, name: 'a b' },
    { account, statusCode: 200 },
    { account, scope: 'galaxy' },
    { account, scope: 'fleet' },
    { account, scope: 'machine', secret: SECRET },
    { account, directory: '/tmp' },
    { account, scope: 'machine', redis: { on() {}, sendCommand() {}, isReady: true }, name: 'a' },
  ]) {
    assert.throws(() => ratelimit.login(options), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  assert.throws(() => ratelimit.login({ account, pairs: {} }), /did you mean pair/);
  if (process.env.HAUBERK_SECRET === undefined) {
    // Without one, no two processes would know an account as the same.
    assert.throws(() => ratelimit.login({ account, scope: 'machine', name: 'a' }), {
      code: 'ERR_HAUBERK_SECRET',
    });
  }
  assert.throws(() => ratelimit.login({ account, secret: 'short' }), { code: 'ERR_HAUBERK_SECRET' });
});
