'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { test } = require('node:test');

const hauberk = require('../..');
const cookies = require('../../lib/cookies');
const { CookieNames } = require('../../lib/internal/cookie-names');
const { Keys } = require('../../lib/internal/keys');
const { events } = require('../helpers/events');
const { expresses, raw, serve } = require('../helpers/server');

const SECRET = 'a secret for the tests of cookies, long enough';
const OLDER = 'another secret for the tests, of last year....';
const names = new CookieNames(new Keys(SECRET));
const SID = names.outgoing('connect.sid');
/** A proxy that speaks HTTPS to the client: the request is no developer's. */
const PROXIED = { 'X-Forwarded-Proto': 'https' };

/**
 * The Set-Cookie fields of an answer.
 *
 * @param {string} url
 * @param {Record<string, string>} [headers]
 */
async function setBy(url, headers = PROXIED) {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  return response.headers.getSetCookie();
}

/** @param {any} express @param {any} options @param {(req: any, res: any) => void} handler */
function appWith(express, options, handler) {
  const app = express();
  app.use(cookies({ keys: SECRET, ...options }));
  app.use(handler);
  return app;
}

for (const { name, express } of expresses) {
  test(`${name}: every way to set a cookie gives the same field`, async (t) => {
    const ways = {
      cookie: (res) => res.cookie('connect.sid', 'v').end(),
      setHeader: (res) => res.setHeader('Set-Cookie', 'connect.sid=v; Path=/').end(),
      'setHeader, another case': (res) => res.setHeader('set-cookie', ['connect.sid=v']).end(),
      append: (res) => res.append('Set-Cookie', 'connect.sid=v').end(),
      appendHeader: (res) => res.appendHeader('Set-Cookie', 'connect.sid=v').end(),
      'writeHead, object': (res) => res.writeHead(200, { 'Set-Cookie': 'connect.sid=v' }).end(),
      'writeHead, object of arrays': (res) => res.writeHead(200, { 'Set-Cookie': ['connect.sid=v'] }).end(),
      'writeHead, flat array': (res) => res.writeHead(200, ['Set-Cookie', 'connect.sid=v']).end(),
      'writeHead, pairs': (res) => res.writeHead(200, [['Set-Cookie', 'connect.sid=v']]).end(),
      'past the store': (res) => {
        http.ServerResponse.prototype.setHeader.call(res, 'Set-Cookie', 'connect.sid=v');
        res.end();
      },
      flushHeaders: (res) => {
        res.cookie('connect.sid', 'v').flushHeaders();
        res.end();
      },
      'an error after the cookie': (res) => {
        res.cookie('connect.sid', 'v');
        throw new Error('for this test');
      },
    };
    const app = appWith(express, {}, (req, res) => ways[decodeURIComponent(req.path.slice(1))](res));
    app.use(
      (
        /** @type {any} */ _error,
        /** @type {any} */ _req,
        /** @type {any} */ res,
        /** @type {any} */ _next,
      ) => res.status(500).end(),
    );
    const { url } = await serve(t, app);
    for (const way of Object.keys(ways)) {
      const expected = [`${SID}=v; Path=/; HttpOnly; Secure; SameSite=Lax`];
      assert.deepEqual(await setBy(`${url}/${encodeURIComponent(way)}`), expected, way);
    }
  });

  test(`${name}: cookies kept in two places leave both`, async (t) => {
    const app = appWith(express, {}, (_req, res) => {
      res.cookie('a', '1', { httpOnly: true });
      http.ServerResponse.prototype.setHeader.call(res, 'Set-Cookie', ['b=2; HttpOnly']);
      res.end();
    });
    const { url } = await serve(t, app.disable('x-powered-by'));
    // The very first response has no store (lib/internal/head.js).
    await setBy(url);
    const set = await setBy(url);
    assert.deepEqual(set.map((one) => one.split(';')[0]).sort(), ['a=1', 'b=2']);
    for (const one of set) assert.match(one, /HttpOnly; Secure; SameSite=Lax$/);
  });

  test(`${name}: httpOnly: false in res.cookie is an opt-out, and so is readable`, async (t) => {
    const secret = 'q9Xz3LmP0aBcD7eF1gHi';
    const { url } = await serve(
      t,
      appWith(express, { readable: ['theme', 'XSRF-TOKEN'] }, (_req, res) => {
        res.cookie('said', secret, { httpOnly: false });
        res.cookie('unsaid', secret);
        res.cookie('XSRF-TOKEN', secret);
        res.cookie('lang', 'en');
        res.cookie('connect.sid', 'x');
        res.end();
      }),
    );
    const set = await setBy(url);
    assert.deepEqual(
      set.map((one) => [one.split('=')[0], one.includes('; HttpOnly')]),
      [
        ['said', false],
        ['unsaid', true],
        ['XSRF-TOKEN', false],
        ['lang', false],
        [SID, true],
      ],
    );
  });
}

test('the opt-out of one response is none for the next one', async (t) => {
  const { url } = await serve(
    t,
    appWith(expresses[1].express, {}, (req, res) => {
      if (req.path === '/open') res.cookie('token', 'q9Xz3LmP0aBcD7eF1gHi', { httpOnly: false });
      else res.setHeader('Set-Cookie', 'token=q9Xz3LmP0aBcD7eF1gHi');
      res.end();
    }),
  );
  assert.doesNotMatch((await setBy(`${url}/open`))[0], /HttpOnly/);
  assert.match((await setBy(`${url}/`))[0], /HttpOnly/);
});

/**
 * What leaves of one field.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} [options]
 * @param {Record<string, string>} [headers]
 */
async function leaving(t, options = {}, headers = PROXIED) {
  const { url } = await serve(
    t,
    appWith(expresses[1].express, options, (req, res) => {
      res.setHeader('Set-Cookie', JSON.parse(String(req.headers['x-set'])));
      res.end();
    }),
  );
  return (/** @type {string | string[]} */ field) =>
    setBy(url, { ...headers, 'X-Set': JSON.stringify(field) });
}

test('Secure and SameSite are added, other attributes stay', async (t) => {
  const send = await leaving(t);
  assert.deepEqual(await send('a=b; Max-Age=60; Priority=High; HttpOnly'), [
    'a=b; Max-Age=60; Priority=High; HttpOnly; Secure; SameSite=Lax',
  ]);
  assert.deepEqual(await send('a=b; path=/x; DOMAIN=example.com; httponly; samesite=STRICT'), [
    'a=b; Domain=example.com; Path=/x; HttpOnly; Secure; SameSite=Strict',
  ]);
  assert.deepEqual(await send('a=b; HttpOnly; SameSite=None'), ['a=b; HttpOnly; Secure; SameSite=None']);
  assert.deepEqual(await send('a=b; HttpOnly; SameSite=whatever'), ['a=b; HttpOnly; Secure; SameSite=Lax']);
  assert.deepEqual(await send('a=b; HttpOnly; SameSite=constructor'), [
    'a=b; HttpOnly; Secure; SameSite=Lax',
  ]);
  const strict = await leaving(t, { sameSite: 'strict' });
  assert.deepEqual(await strict('a=b; HttpOnly'), ['a=b; HttpOnly; Secure; SameSite=Strict']);
});

test('Partitioned (CHIPS) is kept, and has the Secure that it needs', async (t) => {
  const send = await leaving(t);
  assert.deepEqual(await send('a=b; HttpOnly; Partitioned; SameSite=None'), [
    'a=b; HttpOnly; Secure; Partitioned; SameSite=None',
  ]);
  const plain = await leaving(t, {}, {});
  assert.deepEqual(await plain('a=b; HttpOnly; Secure; Partitioned; SameSite=None'), [
    'a=b; HttpOnly; SameSite=Lax',
  ]);
});

test('a prefix that the application gave gets what it promises, in any case of its letters', async (t) => {
  const send = await leaving(t);
  for (const prefix of ['__Host-', '__HOST-', '__host-', '__hOsT-']) {
    assert.deepEqual(await send(`${prefix}a=b; Domain=example.com; Path=/x; HttpOnly`), [
      `${prefix}a=b; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ]);
  }
  assert.deepEqual(await send('__SECURE-a=b; Domain=example.com; HttpOnly'), [
    '__SECURE-a=b; Domain=example.com; HttpOnly; Secure; SameSite=Lax',
  ]);
  assert.deepEqual(await send('__Http-a=b'), ['__Http-a=b; HttpOnly; Secure; SameSite=Lax']);
  assert.deepEqual(await send('__Host-Http-a=b'), [
    '__Host-Http-a=b; Path=/; HttpOnly; Secure; SameSite=Lax',
  ]);
});

test('a telltale name takes no Domain and no other Path, unless it is shared', async (t) => {
  const send = await leaving(t);
  assert.deepEqual(await send('PHPSESSID=1; Domain=example.com; Path=/x'), [
    `${names.outgoing('PHPSESSID')}=1; Path=/; HttpOnly; Secure; SameSite=Lax`,
  ]);
  const shared = await leaving(t, { shared: ['connect.sid'] });
  const [field] = await shared('connect.sid=1; Domain=example.com; Path=/x');
  assert.match(
    field,
    /^__Secure-[\w-]{16}=1; Domain=example\.com; Path=\/x; HttpOnly; Secure; SameSite=Lax$/,
  );
});

test('clearing and the companion .sig travel under the new name', async (t) => {
  const send = await leaving(t);
  const sig = names.outgoing('express:sess.sig');
  assert.equal(sig, `${names.outgoing('express:sess')}.sig`);
  const [one, two] = await send([
    'express:sess=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'express:sess.sig=abc',
  ]);
  assert.match(one, new RegExp(`^${names.outgoing('express:sess')}=; Path=/; Expires=Thu, 01 Jan 1970`));
  assert.match(two, new RegExp(`^${sig}=abc; Path=/; HttpOnly; Secure`));
});

test('names that are asked for are renamed, kept ones are not, and none with rename: false', async (t) => {
  const mine = await leaving(t, { names: ['mine'], keep: ['session'] });
  assert.match((await mine('mine=1'))[0], /^__Host-[\w-]{16}=1; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  assert.equal((await mine('session=1'))[0], 'session=1; HttpOnly; Secure; SameSite=Lax');
  const none = await leaving(t, { rename: false });
  assert.equal(
    (await none('connect.sid=1; Path=/'))[0],
    'connect.sid=1; Path=/; HttpOnly; Secure; SameSite=Lax',
  );
});

test('a cookie that browsers would drop is left out and told: size, no name, control characters', async (t) => {
  const told = events(t);
  const send = await leaving(t);
  assert.deepEqual(await send(`a=${'v'.repeat(4095)}; HttpOnly`), [
    `a=${'v'.repeat(4095)}; HttpOnly; Secure; SameSite=Lax`,
  ]);
  assert.deepEqual(await send(`a=${'v'.repeat(4096)}; HttpOnly`), []);
  assert.deepEqual(await send(['=v', 'v', '', 'b=1; HttpOnly']), ['b=1; HttpOnly; Secure; SameSite=Lax']);
  assert.deepEqual(await send(['a=b\tc; HttpOnly']), []);
  const dropped = told().filter(({ code }) => code === 'ERR_HAUBERK_COOKIES_DROPPED');
  assert.equal(dropped.length, 5);
  assert.ok(dropped.every(({ practice, blocked }) => practice === 'cookies' && blocked));
});

test('attack: a nameless cookie whose text begins with a prefix does not leave', async (t) => {
  const send = await leaving(t);
  assert.deepEqual(await send(['=__Host-x=1', '__Host-x', '= __Secure-x=1; Secure']), []);
});

test('attack: a line break in a cookie stops at Node.js, and nothing of it leaves', async (t) => {
  const { port } = await serve(
    t,
    appWith(expresses[1].express, {}, (_req, res) => {
      for (const text of ['a=b\r\nX-Evil: 1', 'a=b\nX-Evil: 1', 'a=b\0c']) {
        assert.throws(() => res.setHeader('Set-Cookie', text), { code: 'ERR_INVALID_CHAR' });
        assert.throws(() => res.appendHeader('Set-Cookie', text), { code: 'ERR_INVALID_CHAR' });
        assert.throws(() => res.writeHead(200, { 'Set-Cookie': text }), { code: 'ERR_INVALID_CHAR' });
      }
      res.end('done');
    }),
  );
  const answer = await raw(port, 'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  assert.match(answer, /done/);
  assert.doesNotMatch(answer, /X-Evil/i);
});

/**
 * What the application sees of a Cookie field.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} [options]
 */
async function seen(t, options = {}) {
  const { url } = await serve(
    t,
    appWith(expresses[1].express, options, (req, res) => res.json(req.headers.cookie ?? null)),
  );
  return async (/** @type {string} */ cookie, /** @type {Record<string, string>} */ headers = PROXIED) =>
    (await fetch(url, { headers: { ...headers, Cookie: cookie } })).json();
}

test('renamed cookies come back under the name that the application knows', async (t) => {
  const see = await seen(t);
  assert.equal(await see(`a=1; ${SID}=s%3Ax.y; b=2`), 'a=1; connect.sid=s%3Ax.y; b=2');
  assert.equal(await see(`${SID}.sig=1;${SID}=2`), 'connect.sid.sig=1; connect.sid=2');
  assert.equal(await see('a=1; b=2; ;c'), 'a=1; b=2; ;c');
  assert.equal(await see(`  ${SID} = x ;a=1`), 'connect.sid = x; a=1');
});

test('attack: sibling-domain tossing: the plain names, and the new ones without their prefix, are not read', async (t) => {
  const see = await seen(t);
  assert.equal(await see('connect.sid=evil'), null);
  assert.equal(await see('connect.sid=evil; PHPSESSID=evil; a=1'), 'a=1');
  assert.equal(await see(`connect.sid=evil; ${SID}=good; connect.sid=evil2`), 'connect.sid=good');
  const bare = SID.slice('__Host-'.length);
  for (const tossed of [bare, `Host-${bare}`, `__Secure-${bare}`]) {
    assert.doesNotMatch(String(await see(`${tossed}=evil`)), /connect\.sid/, tossed);
  }
});

test('attack: __HOST- in other cases is not the prefix, and does not reach the application', async (t) => {
  const told = events(t);
  const see = await seen(t);
  const rest = SID.slice('__Host-'.length);
  for (const prefix of ['__HOST-', '__host-', '__hOSt-']) {
    assert.equal(await see(`${prefix}${rest}=evil; a=1`), 'a=1');
    assert.equal(await see(`${prefix}other=evil`), null);
  }
  assert.equal(await see('__SECURE-x=evil; __Secure-x=good; __Host-y=1'), '__Secure-x=good; __Host-y=1');
  assert.equal(told().filter(({ code }) => code === 'ERR_HAUBERK_COOKIES_FORGED').length, 7);
});

test('attack: a nameless cookie that is sent as if it were a prefixed one stays nameless', async (t) => {
  const see = await seen(t);
  assert.doesNotMatch(String(await see(`=${SID}=evil`)), /connect\.sid/);
  assert.equal(cookies.parse(`=${SID}=evil`)[SID], undefined);
});

test('attack: two cookies of the same new name: the first counts', async (t) => {
  const see = await seen(t);
  assert.equal(await see(`${SID}=first; a=1; ${SID}=second`), 'connect.sid=first; a=1');
});

test('attack: jar overflow: 10 000 cookies are read in linear time, and the session is found among them', async (t) => {
  const app = appWith(expresses[1].express, {}, (req, res) =>
    res.json([
      cookies.parse(req.headers.cookie)['connect.sid'],
      Object.keys(cookies.parse(req.headers.cookie)).length,
    ]),
  );
  const server = http.createServer({ maxHeaderSize: 1024 * 1024 }, app);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const flood = Array.from({ length: 10_000 }, (_, i) => `connect.sid=evil${i}`).join('; ');
  const others = Array.from({ length: 10_000 }, (_, i) => `c${i}=${i}`).join('; ');
  const ask = async (/** @type {string} */ cookie) => {
    const text = `GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Proto: https\r\nConnection: close\r\nCookie: ${cookie}\r\n\r\n`;
    return JSON.parse((await raw(port, text)).split('\r\n\r\n')[1]);
  };
  assert.deepEqual(await ask(`${flood}; ${SID}=mine`), ['mine', 1]);
  assert.deepEqual(await ask(`${SID}=mine; ${others}`), ['mine', 3000]);
  // A flood that pushed the session out of the jar leaves a user without session, not one with a planted one.
  assert.deepEqual(await ask(`a=1; ${flood}`), [null, 1]);
});

test('secrets rotate: names of older secrets are read, the newest wins, the first is written', async (t) => {
  const old = new CookieNames(new Keys(OLDER)).outgoing('connect.sid');
  const see = await seen(t, { keys: [SECRET, OLDER] });
  assert.equal(await see(`${old}=o`), 'connect.sid=o');
  assert.equal(await see(`${old}=o; ${SID}=n`), 'connect.sid=n');
  assert.equal(await see(`${SID}=n; ${old}=o`), 'connect.sid=n');
  const send = await leaving(t, { keys: [SECRET, OLDER] });
  assert.match((await send('connect.sid=x'))[0], new RegExp(`^${SID}=x`));
});

test('old names are read until the date that was set, the new one wins, and setting or clearing ends the old one', async (t) => {
  const tomorrow = new Date(Date.now() + 86_400_000);
  const see = await seen(t, { oldNamesUntil: tomorrow });
  assert.equal(await see('connect.sid=old; a=1'), 'connect.sid=old; a=1');
  assert.equal(await see(`connect.sid=old; ${SID}=new`), 'connect.sid=new');
  assert.equal(await see(`${SID}=new; connect.sid=old`), 'connect.sid=new');
  const past = await seen(t, { oldNamesUntil: '2020-01-01' });
  assert.equal(await past('connect.sid=old; a=1'), 'a=1');

  const { url } = await serve(
    t,
    appWith(expresses[1].express, { oldNamesUntil: tomorrow }, (_req, res) =>
      res.clearCookie('connect.sid').end(),
    ),
  );
  assert.equal((await setBy(url)).length, 1);
  const [old, now] = await setBy(url, { ...PROXIED, Cookie: 'connect.sid=old' });
  assert.match(old, /^connect\.sid=; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure/);
  assert.match(now, new RegExp(`^${SID}=; `));
});

test('plain HTTP from this machine gets cookies without prefix and Secure, and reads them back', async (t) => {
  const { url, port } = await serve(
    t,
    appWith(expresses[1].express, {}, (req, res) => {
      res.cookie('connect.sid', 'v');
      res.cookie('__Host-own', 'v', { secure: true, path: '/', httpOnly: true });
      res.json(req.headers.cookie ?? null);
    }),
  );
  const response = await fetch(url);
  const set = response.headers.getSetCookie();
  assert.deepEqual(set, [
    `${SID.slice(2)}=v; Path=/; HttpOnly; SameSite=Lax`,
    'Host-own=v; Path=/; HttpOnly; SameSite=Lax',
  ]);
  const back = await fetch(url, { headers: { Cookie: set.map((one) => one.split(';')[0]).join('; ') } });
  assert.equal(await back.json(), 'connect.sid=v; __Host-own=v');

  for (const field of [
    'X-Forwarded-For: 203.0.113.7',
    'Forwarded: for=203.0.113.7',
    'Via: 1.1 proxy',
    'Host: api.example',
  ]) {
    const host = field.startsWith('Host') ? '' : 'Host: localhost\r\n';
    const answer = await raw(
      port,
      `GET / HTTP/1.1\r\n${host}${field}\r\nConnection: close\r\nCookie: ${SID.slice(2)}=evil\r\n\r\n`,
    );
    assert.match(answer, new RegExp(`${SID}=v; Path=/; HttpOnly; Secure`), field);
    assert.doesNotMatch(answer, /"connect\.sid=evil/, field);
  }
});

test('in production plain HTTP from this machine gets the same as everybody, and insecure throws', async (t) => {
  const before = process.env.NODE_ENV;
  t.after(() => {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  });
  process.env.NODE_ENV = 'production';
  assert.throws(() => cookies({ insecure: true }), {
    code: 'ERR_HAUBERK_OPTION_INVALID',
    message: /production/,
  });
  assert.throws(() => hauberk({ cookies: { insecure: true } }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  const send = await leaving(t, {}, {});
  assert.match((await send('connect.sid=1'))[0], new RegExp(`^${SID}=1; Path=/; HttpOnly; Secure`));
});

test('insecure: true does so for a local network, and says that it is unsafe', async (t) => {
  const options = { keys: SECRET, insecure: true };
  const send = await leaving(t, options, { Host: '192.168.1.7' });
  assert.equal((await send('connect.sid=1'))[0], `${SID.slice(2)}=1; Path=/; HttpOnly; SameSite=Lax`);
  const guard = hauberk({ cookies: options });
  t.after(() => guard.close());
  assert.ok(
    guard.report().findings.some(({ practice, level }) => practice === 'cookies' && level === 'unsafe'),
  );
});

test('dry run changes nothing and tells once for each name', async (t) => {
  const told = events(t);
  const { url } = await serve(
    t,
    appWith(expresses[1].express, { mode: 'report' }, (req, res) => {
      res.setHeader('Set-Cookie', ['connect.sid=1; Path=/', 'theme=dark', 'v']);
      res.json(req.headers.cookie);
    }),
  );
  for (let i = 0; i < 2; i += 1) {
    const response = await fetch(url, { headers: { ...PROXIED, Cookie: 'connect.sid=x' } });
    assert.deepEqual(response.headers.getSetCookie(), ['connect.sid=1; Path=/', 'theme=dark', 'v']);
    assert.equal(await response.json(), 'connect.sid=x');
  }
  const codes = told().map(({ code, blocked }) => `${code.slice(20)} ${blocked}`);
  assert.deepEqual(codes.sort(), [
    'DROPPED false',
    'DROPPED false',
    'READABLE false',
    'WEAK false',
    'WEAK false',
  ]);
});

test('the guard has it on, reports what it saw, and a route can switch it off', async (t) => {
  const guard = hauberk({ secret: SECRET, routes: { '/legacy': { cookies: false } } });
  t.after(() => guard.close());
  const app = expresses[1].express();
  app.use(guard);
  app.use((/** @type {any} */ _req, /** @type {any} */ res) =>
    res.cookie('connect.sid', '1').cookie('lang', 'en').end(),
  );
  const { url } = await serve(t, app);
  assert.match((await setBy(url))[0], new RegExp(`^${SID}=1`));
  assert.match((await setBy(`${url}/legacy`))[0], /^connect\.sid=1; Path=\/$/);
  const report = guard.report();
  assert.equal(report.practices.cookies, 'on');
  assert.ok(report.findings.some(({ what }) => /scripts can read cookies: "lang"/.test(what)));
});

test('a session cookie means an authenticated request under its new name, too', async (t) => {
  const guard = hauberk({ secret: SECRET });
  t.after(() => guard.close());
  const app = expresses[1].express();
  app.use(guard);
  app.use((/** @type {any} */ _req, /** @type {any} */ res) => res.json({}));
  const { url } = await serve(t, app);
  const control = async (/** @type {string} */ Cookie) =>
    (await fetch(url, { headers: { ...PROXIED, Cookie } })).headers.get('cache-control');
  assert.equal(await control(`${SID}=1`), 'no-store');
  assert.equal(await control('theme=1'), null);
  assert.equal(await control('connect.sid=1'), null);
});

test('of two guards the outer one counts, once', async (t) => {
  const app = expresses[1].express();
  app.use(cookies({ keys: SECRET }));
  app.use(cookies({ keys: OLDER }));
  app.use((/** @type {any} */ req, /** @type {any} */ res) =>
    res.cookie('connect.sid', '1').json(req.headers.cookie),
  );
  const { url } = await serve(t, app);
  const response = await fetch(url, { headers: { ...PROXIED, Cookie: `${SID}=x` } });
  assert.equal(await response.json(), 'connect.sid=x');
  assert.match(response.headers.getSetCookie()[0], new RegExp(`^${SID}=1`));
});

test('works without Express', async (t) => {
  const layer = cookies({ keys: SECRET });
  const { url } = await serve(t, (req, res) =>
    layer(req, res, () => {
      res.writeHead(200, { 'Set-Cookie': ['connect.sid=1', 'a=1; HttpOnly'] });
      res.end();
    }),
  );
  assert.deepEqual(await setBy(url), [
    `${SID}=1; Path=/; HttpOnly; Secure; SameSite=Lax`,
    'a=1; HttpOnly; Secure; SameSite=Lax',
  ]);
});
