'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const http = require('node:http');
const { expresses, serve, raw } = require('../helpers/server');
const client = require('../../lib/client');
const { readForwardedFor, readForwarded } = require('../../lib/client/forwarded');

/**
 * An app that tells who it thinks is calling. The peer of these tests is always 127.0.0.1.
 */
async function teller(t, options, { express, trustProxy } = {}) {
  if (express === undefined) {
    const own = client(options);
    const { url, port } = await serve(t, (req, res) =>
      own(req, res, (error) => res.end(JSON.stringify(error ? { error: error.code } : tell(req)))),
    );
    return { ask: (headers) => ask(url, headers), port };
  }
  const app = express();
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
  app.use(client(options));
  app.get('/', (req, res) => res.json({ ...tell(req), ip: req.ip }));
  app.use((error, _req, res, _next) => res.status(500).json({ error: error.code, message: error.message }));
  const { url, port } = await serve(t, app);
  return { ask: (headers) => ask(url, headers), port };
}

function tell(req) {
  return { address: client.address(req), key: client.key(req), trusts: client.trusts(req) };
}

async function ask(url, headers = {}) {
  return (await fetch(url, { headers })).json();
}

test('rotated leftmost X-Forwarded-For values do not change who is calling', async (t) => {
  for (const trustProxy of [1, 'private', 'loopback', ['127.0.0.1'], (_address, i) => i === 0, undefined]) {
    const { ask } = await teller(t, { trustProxy });
    for (const forged of ['1.1.1.1', '8.8.8.8', 'unknown', '<script>', '127.0.0.1', '::1']) {
      const { key } = await ask({ 'X-Forwarded-For': `${forged}, 203.0.113.9` });
      assert.equal(key, '203.0.113.9', `${String(trustProxy)} ${forged}`);
    }
  }
});

test('two X-Forwarded-For headers are one chain', async (t) => {
  const { port } = await teller(t, { trustProxy: 1 });
  const answer = await raw(
    port,
    'GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n',
  );
  assert.match(answer, /"key":"203\.0\.113\.9"/);
});

test('a stranger is believed nothing: X-Forwarded-For, Forwarded, X-Real-IP, CF-Connecting-IP', async (t) => {
  const { ask } = await teller(t, { trustProxy: false });
  for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'CF-Connecting-IP', 'True-Client-IP']) {
    const value = name === 'Forwarded' ? 'for=6.6.6.6' : '6.6.6.6';
    assert.deepEqual(await ask({ [name]: value }), { address: '127.0.0.1', key: '127.0.0.1', trusts: false });
  }
});

test('X-Real-IP and CF-Connecting-IP are not read from a trusted hop either', async (t) => {
  const { ask } = await teller(t, { trustProxy: 1 });
  for (const name of ['X-Real-IP', 'CF-Connecting-IP', 'X-Client-IP', 'Fly-Client-IP']) {
    assert.equal((await ask({ [name]: '6.6.6.6' })).key, '127.0.0.1');
  }
});

test('Forwarded (RFC 7239) from a trusted hop', async (t) => {
  const { ask } = await teller(t, { trustProxy: 1 });
  for (const [field, expected] of [
    ['for=203.0.113.9', '203.0.113.9'],
    ['For="203.0.113.9:4711";proto=https', '203.0.113.9'],
    ['for=6.6.6.6, for=203.0.113.9;by=10.0.0.1', '203.0.113.9'],
    ['for="[2001:db8:cafe:1234::17]:4711"', '2001:db8:cafe:1200::/56'],
    ['for="a, for=6.6.6.6", proto=http;for=203.0.113.9', '203.0.113.9'],
    ['for=_hidden', '127.0.0.1'],
    ['for=unknown', '127.0.0.1'],
    ['by=203.0.113.9', '127.0.0.1'],
    ['for=6.6.6.6;for=7.7.7.7', '127.0.0.1'],
    ['for="6.6.6.6', '127.0.0.1'],
    ['garbage', '127.0.0.1'],
    [',,,', '127.0.0.1'],
  ]) {
    assert.equal((await ask({ Forwarded: field })).key, expected, field);
  }
});

test('where both are sent, X-Forwarded-For counts', async (t) => {
  const { ask } = await teller(t, { trustProxy: 1 });
  const answer = await ask({ Forwarded: 'for=6.6.6.6', 'X-Forwarded-For': '203.0.113.9' });
  assert.equal(answer.key, '203.0.113.9');
});

test('ports, brackets, zone ids and garbage in a chain', async (t) => {
  const { ask } = await teller(t, { trustProxy: 1 });
  for (const [text, expected] of [
    ['203.0.113.9:443', '203.0.113.9'],
    ['[2001:db8:1:2ff::1]:443', '2001:db8:1:200::/56'],
    ['[2001:db8:1:2ff::1]', '2001:db8:1:200::/56'],
    ['2001:db8:1:2ff::1%eth0', '2001:db8:1:200::/56'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::ffff:102:304', '1.2.3.4'],
    ['64:ff9b::1.2.3.4', '1.2.3.4'],
    ['2002:102:304::1', '1.2.3.4'],
    ['2001:0:4136:e378:8000:63bf:fefd:fcfb', '1.2.3.4'],
    ['2001:db8:1234:5678::1.2.3.4', '2001:db8:1234:5600::/56'],
    ['6.6.6.6, ,  203.0.113.9 ,', '203.0.113.9'],
    ['6.6.6.6, nonsense', '127.0.0.1'],
    ['6.6.6.6, 127.1', '127.0.0.1'],
    ['6.6.6.6, 0x7f000001', '127.0.0.1'],
    [`6.6.6.6, ${'1'.repeat(8000)}`, '127.0.0.1'],
    [','.repeat(8000), '127.0.0.1'],
    ['', '127.0.0.1'],
  ]) {
    assert.equal((await ask({ 'X-Forwarded-For': text })).key, expected, text.slice(0, 50));
  }
});

test('a hop count walks that many hops and no further', async (t) => {
  const chain = '6.6.6.6, 203.0.113.9, 198.51.100.1';
  for (const [trustProxy, expected] of [
    [0, '127.0.0.1'],
    [1, '198.51.100.1'],
    [2, '203.0.113.9'],
    [3, '6.6.6.6'],
    [4, '6.6.6.6'],
  ]) {
    const { ask } = await teller(t, { trustProxy });
    assert.equal((await ask({ 'X-Forwarded-For': chain })).key, expected);
  }
});

test('private hops are passed, the first public address is the client', async (t) => {
  for (const options of [{ trustProxy: 'private' }, undefined]) {
    const { ask } = await teller(t, options);
    assert.equal(
      (await ask({ 'X-Forwarded-For': '6.6.6.6, 203.0.113.9, 10.0.0.1, fd00::1' })).key,
      '203.0.113.9',
    );
    assert.equal((await ask({ 'X-Forwarded-For': '172.16.9.9, 192.168.0.7' })).key, '192.168.0.7');
    // 6to4 and NAT64 addresses of strangers may wrap private ones.
    assert.equal((await ask({ 'X-Forwarded-For': '6.6.6.6, 2002:7f00:1::1' })).address, '2002:7f00:1::1');
    assert.equal((await ask({ 'X-Forwarded-For': '6.6.6.6, 64:ff9b::10.0.0.1' })).address, '64:ff9b::a00:1');
  }
});

test('a trust function that gives a promise trusts nobody; one that throws fails the request', async (t) => {
  const lazy = await teller(t, { trustProxy: async () => true });
  assert.equal((await lazy.ask({ 'X-Forwarded-For': '6.6.6.6' })).key, '127.0.0.1');
  const own = client({
    trustProxy() {
      throw new Error('mistake');
    },
  });
  const { url } = await serve(t, (req, res) => own(req, res, (error) => res.end(error?.message)));
  const answer = await fetch(url, { headers: { 'X-Forwarded-For': '6.6.6.6' } });
  assert.equal(await answer.text(), 'mistake');
});

for (const { name, express } of expresses) {
  test(`${name}: the app's own trust proxy decides, as req.ip`, async (t) => {
    for (const trustProxy of [1, 2, 'loopback', 'loopback, 203.0.113.0/24', false, 0, (_a, i) => i < 2]) {
      const { ask } = await teller(t, undefined, { express, trustProxy });
      for (const chain of ['6.6.6.6, 203.0.113.9', '203.0.113.9', '1.1.1.1, 2.2.2.2, 203.0.113.9']) {
        const { key, ip } = await ask({ 'X-Forwarded-For': chain });
        assert.equal(key, ip, `${String(trustProxy)} ${chain}`);
      }
      assert.equal((await ask({ Forwarded: 'for=6.6.6.6' })).key, '127.0.0.1');
    }
  });

  test(`${name}: a mounted app goes by the trust proxy of its parent, as req.ip`, async (t) => {
    const headers = { 'x-forwarded-for': '8.8.8.8, 9.9.9.9, 10.0.0.1' };
    const ofParent = async (trustProxy, own) => {
      const parent = express();
      const child = express();
      if (own !== undefined) child.set('trust proxy', own);
      child.use(client());
      child.get('/', (req, res) => res.json({ ...tell(req), ip: req.ip }));
      child.use((error, _req, res, _next) => res.status(500).json({ error: error.code }));
      if (trustProxy !== undefined) parent.set('trust proxy', trustProxy);
      parent.use('/child', express().use('/inner', child), child);
      const { url } = await serve(t, parent);
      const answers = [await ask(`${url}/child`, headers), await ask(`${url}/child/inner`, headers)];
      assert.deepEqual(answers[0], answers[1]);
      return answers[0];
    };
    for (const [trustProxy, address] of [
      [1, '10.0.0.1'],
      [2, '9.9.9.9'],
      [false, '127.0.0.1'],
    ]) {
      const answer = await ofParent(trustProxy);
      assert.deepEqual([answer.address, answer.ip], [address, address], String(trustProxy));
    }
    assert.equal((await ofParent(true)).error, 'ERR_HAUBERK_CLIENT_TRUST_PROXY');
    assert.equal((await ofParent(true, 2)).address, '9.9.9.9');
    assert.equal((await ofParent(undefined)).address, '9.9.9.9');
  });

  test(`${name}: without the app's setting a private peer is believed, and client options win`, async (t) => {
    const usual = await teller(t, undefined, { express });
    assert.equal((await usual.ask({ 'X-Forwarded-For': '6.6.6.6, 203.0.113.9' })).key, '203.0.113.9');
    const pinned = await teller(t, { trustProxy: false }, { express, trustProxy: 1 });
    assert.equal((await pinned.ask({ 'X-Forwarded-For': '203.0.113.9' })).key, '127.0.0.1');
  });

  test(`${name}: trust proxy true fails every request with the fix`, async (t) => {
    const { ask } = await teller(t, undefined, { express, trustProxy: true });
    for (const headers of [{}, { 'X-Forwarded-For': '6.6.6.6' }, {}]) {
      const { error, message } = await ask(headers);
      assert.equal(error, 'ERR_HAUBERK_CLIENT_TRUST_PROXY');
      assert.match(message, /trustProxy: 1/);
    }
  });
}

test('what is believed by default is said once, with the setting that pins it', async (t) => {
  const { spawnSync } = require('node:child_process');
  const script = `
    const client = require('./lib/client');
    const own = client();
    const ask = (headers) => own({ headers, socket: { remoteAddress: '10.0.0.1' } }, {}, () => {});
    ask({}); console.error('quiet so far');
    for (let i = 0; i < 3; i += 1) ask({ 'x-forwarded-for': '203.0.113.9, 10.0.0.7' });
  `;
  const { stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: require('node:path').join(__dirname, '../..'),
    encoding: 'utf8',
  });
  const [before, after] = stderr.split('quiet so far');
  assert.equal(before, '');
  assert.equal(after.match(/HAUBERK_CLIENT_TRUST_PROXY/g)?.length, 1);
  assert.match(after, /trustProxy: 2 /);
  t.diagnostic('said once');
});

test('a connection without an address has one documented key', async (t) => {
  const os = require('node:os');
  const path = require('node:path');
  const file =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\hauberk-${process.pid}`
      : path.join(os.tmpdir(), `hauberk-${process.pid}.sock`);
  const own = client();
  const server = http.createServer((req, res) => own(req, res, () => res.end(JSON.stringify(tell(req)))));
  await new Promise((resolve) => server.listen(file, () => resolve(undefined)));
  t.after(() => server.close());
  const text = await new Promise((resolve, reject) => {
    const req = http.get(
      { socketPath: file, headers: { 'X-Forwarded-For': '6.6.6.6' }, agent: false },
      (res) => {
        res.setEncoding('utf8').once('data', resolve);
      },
    );
    req.on('error', reject);
  });
  assert.deepEqual(JSON.parse(text), { key: 'unknown', trusts: false });
});

test('100 000 addresses of one /56 are one key', () => {
  const seen = new Set();
  const own = client({ trustProxy: 1 });
  for (let i = 0; i < 100_000; i += 1) {
    const req = {
      headers: {
        'x-forwarded-for': `2001:db8:0:12${(i & 0xff).toString(16).padStart(2, '0')}::${(i >> 8).toString(16)}`,
      },
      socket: { remoteAddress: '127.0.0.1' },
    };
    own(req, {}, () => {});
    seen.add(client.key(req));
  }
  assert.deepEqual([...seen], ['2001:db8:0:1200::/56']);
});

test('the prefix is an option', () => {
  for (const [ipv6Prefix, expected] of [
    [32, '2001:db8::/32'],
    [64, '2001:db8:1:2ff::/64'],
    [128, '2001:db8:1:2ff::1/128'],
  ]) {
    const req = { headers: {}, socket: { remoteAddress: '2001:db8:1:2ff::1' } };
    client({ ipv6Prefix })(req, {}, () => {});
    assert.equal(client.key(req), expected);
  }
});

test('the readers of chains are bounded and agree with a plain split', () => {
  assert.deepEqual(readForwardedFor(''), []);
  assert.deepEqual(readForwardedFor(','), []);
  assert.deepEqual(readForwardedFor(',a'), ['a']);
  assert.deepEqual(readForwardedFor('a,'), ['a']);
  assert.equal(readForwardedFor('1.1.1.1,'.repeat(1000)).length, 32);
  assert.equal(readForwarded('for=1.1.1.1,'.repeat(1000)).length, 32);
  const fc = require('fast-check');
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 30 }), (parts) => {
      const plain = parts.join(',').split(',');
      assert.deepEqual(
        readForwardedFor(parts.join(',')),
        plain
          .map((part) => part.trim())
          .filter((part) => part !== '')
          .reverse()
          .slice(0, 32),
      );
      readForwarded(parts.join('";,='));
    }),
  );
});
