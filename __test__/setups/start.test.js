'use strict';

/** What is loaded when, counted: how long it takes is measured by benches/start.js. */

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const ROOT = path.join(__dirname, '../..');
const PRACTICES = fs
  .readdirSync(path.join(ROOT, 'lib'))
  .filter((name) => !['internal', 'guard'].includes(name));

/**
 * Runs a program in a new process.
 *
 * @param {string} program
 * @param {string[]} [flags]
 * @returns {{ files: string[], builtins: string[] }} what it has loaded at its end
 */
function loadedBy(program, flags = []) {
  const tail = `
    const { relative, sep } = require('node:path');
    const files = Object.keys(require.cache).map((file) => relative(process.cwd(), file).split(sep).join('/'));
    console.log(JSON.stringify({ files, builtins: process.moduleLoadList }));`;
  const env = { ...process.env, NODE_OPTIONS: '', NODE_ENV: '' };
  const out = execFileSync(process.execPath, [...flags, '-e', program + tail], { cwd: ROOT, env });
  return JSON.parse(out.toString());
}

/** @param {string[]} files @returns {string[]} the practices of which something is loaded */
function practicesIn(files) {
  return PRACTICES.filter((name) => files.some((file) => file.startsWith(`lib/${name}/`)));
}

test("require('hauberk') loads the binary and no file of a practice", () => {
  const { files } = loadedBy("require('hauberk');");
  assert.deepEqual(practicesIn(files), []);
  assert.ok(files.some((file) => file.endsWith('.node')));
  assert.ok(files.includes('lib/internal/native.js'));
  assert.ok(!files.includes('native/binding.js') || process.env.NAPI_RS_NATIVE_LIBRARY_PATH !== undefined);
});

test('a practice that is named loads no other; its parts are loaded when they are used', () => {
  for (const name of [
    'audit',
    'eslint',
    'mfa',
    'passwords',
    'privileges',
    'sanitize',
    'sessions',
    'validate',
  ]) {
    const { files } = loadedBy(`void require('hauberk').${name};`);
    assert.deepEqual(practicesIn(files), [name]);
  }
  const { files } = loadedBy("void require('hauberk').mfa.totp;");
  assert.ok(files.includes('lib/mfa/totp.js'));
  assert.ok(!files.includes('lib/mfa/passkeys.js'));
});

test('hauberk() loads what the request path needs, and nothing that an option would have to ask for', () => {
  const { files, builtins } = loadedBy("require('hauberk')();");
  const practices = [
    'body',
    'client',
    'cookies',
    'csrf',
    'errors',
    'headers',
    'https',
    'monitor',
    'privileges',
    'ratelimit',
  ];
  for (const name of practices) assert.ok(files.includes(`lib/${name}/stage.js`), name);
  for (const name of ['audit', 'doctor', 'eslint', 'mfa', 'sanitize', 'sessions', 'validate']) {
    assert.ok(!practicesIn(files).includes(name), name);
  }
  for (const file of [
    'lib/errors/leaks.js',
    'lib/https/server.js',
    'lib/monitor/dashboard.js',
    'lib/passwords/hash.js',
    'lib/privileges/drop.js',
    'lib/ratelimit/bans-stage.js',
    'lib/ratelimit/gates/index.js',
    'lib/ratelimit/fleet/index.js',
  ]) {
    assert.ok(fs.existsSync(path.join(ROOT, file)), file);
    assert.ok(!files.includes(file), file);
  }
  for (const name of ['cluster', 'http2', 'https', 'inspector', 'tls', 'zlib']) {
    assert.ok(!builtins.includes(`NativeModule ${name}`), name);
  }
  assert.ok(builtins.includes('NativeModule http'));
});

test('what is switched off is not loaded; what an option asks for is', () => {
  const off = loadedBy("require('hauberk')({ cookies: false, csrf: false, https: false });").files;
  for (const name of ['cookies', 'csrf', 'https']) assert.ok(!off.includes(`lib/${name}/stage.js`), name);
  const on = loadedBy("require('hauberk')({ bans: true, ratelimit: { concurrency: 5 } }).close();").files;
  assert.ok(on.includes('lib/ratelimit/bans-stage.js'));
  assert.ok(on.includes('lib/ratelimit/gates/index.js'));
});

test('a request loads no further file: they may be out of reach by then', () => {
  const program = `
    const http = require('node:http');
    const zlib = require('node:zlib');
    const guard = require('hauberk')({ errors: { logger: () => {} } });
    const before = new Set(Object.keys(require.cache));
    const server = http.createServer(guard).listen(0, '127.0.0.1', async () => {
      const url = 'http://127.0.0.1:' + server.address().port;
      const json = { 'Content-Type': 'application/json' };
      const sent = [
        fetch(url + '/nowhere?a=1&a=2', { headers: { Accept: 'text/html', Cookie: 'sid=1' } }),
        fetch(url, { method: 'POST', headers: json, body: '{"__proto__":1}' }),
        fetch(url, { method: 'POST', headers: json, body: '{' }),
        fetch(url, { method: 'POST', headers: { ...json, 'Content-Encoding': 'gzip' }, body: zlib.gzipSync('{"a":1}') }),
        fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'a[b]=1' }),
        fetch(url, { method: 'POST', headers: { ...json, 'Sec-Fetch-Site': 'cross-site' }, body: '{}' }),
      ];
      for (const one of sent) await (await one).text();
      server.close();
      console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));
    });`;
  const env = { ...process.env, NODE_OPTIONS: '', NODE_ENV: '' };
  const out = execFileSync(process.execPath, ['-e', program], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  assert.deepEqual(JSON.parse(out.toString()), []);
});

test('a name that was read once is an ordinary property, and can be replaced before', () => {
  const { later, settle } = require('../../lib/internal/later');
  let times = 0;
  const target = { kept: 1, late: later(() => (times += 1)), other: later(() => 'loaded') };
  settle(target);
  assert.equal(times, 0);
  assert.deepEqual([target.late, target.late, times], [1, 1, 1]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(target, 'late'), {
    value: 1,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  target.other = 'replaced';
  assert.equal(target.other, 'replaced');
  assert.deepEqual(Object.keys(target), ['kept', 'late', 'other']);
});

test('a file that does not load fails each time that its name is read, and never leaves half a value', () => {
  const { later, settle } = require('../../lib/internal/later');
  let times = 0;
  const load = () => {
    times += 1;
    if (times === 1) throw new Error('no file descriptor left');
    return 'loaded';
  };
  const target = { late: later(load) };
  settle(target);
  assert.throws(() => target.late, /no file descriptor left/);
  assert.equal(target.late, 'loaded');
});
