'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn, execFile } = require('node:child_process');
const { once } = require('node:events');
const { promisify } = require('node:util');
const ratelimit = require('../../lib/ratelimit');

const HOUR = 3_600_000;
const code =
  (name, text = '') =>
  (error) =>
    error.code === name && error.message.includes(text);
const program = (name) => path.join(__dirname, 'programs', name);

/** A folder for shared tables. @param {import('node:test').TestContext} t */
function folder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-machine-'));
  t.after(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** @param {import('node:test').TestContext} t @param {string} directory @param {object} [more] */
function shared(t, directory, more) {
  const limiter = ratelimit({ limit: 5, windowMs: HOUR, scope: 'machine', name: 'app', directory, ...more });
  t.after(() => limiter.close());
  return limiter;
}

const unixOnly = process.platform === 'win32' ? 'Windows keeps no file' : false;

test('the table outlives its handles, and limiters of the same name share it', (t) => {
  const directory = folder(t);
  const first = shared(t, directory);
  for (let i = 0; i < 3; i += 1) assert.equal(first.consume('k').allowed, true);
  first.close();
  assert.equal(shared(t, directory).consume('k').remaining, 1);
  // Another size is another table, also under the same name.
  assert.equal(shared(t, directory, { slots: 4096 }).consume('k').remaining, 4);
});

for (const [what, options] of [
  ['GCRA', { limit: 1000, windowMs: 31_536_000_000 }],
  ['fixed windows', { limit: 1000, windowMs: 31_536_000_000, algorithm: 'fixed-window' }],
  [
    'a limit for each request in fixed windows',
    { limits: [300, 1000, 700], windowMs: 31_536_000_000, algorithm: 'fixed-window' },
  ],
]) {
  test(`8 cluster workers on one key let through exactly the limit: ${what}`, async (t) => {
    const args = [program('hammer.js'), folder(t), JSON.stringify(options), '2000', '8'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    assert.equal(stdout.trim(), '1000');
  });
}

test('8 cluster workers under several policies never let more through than the smallest', async (t) => {
  const policies = [
    { name: 'wide', limit: 50_000, windowMs: 31_536_000_000 },
    { name: 'narrow', limit: 700, windowMs: 31_536_000_000 },
  ];
  const args = [program('hammer.js'), folder(t), JSON.stringify({ policies }), '2000', '8'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  assert.equal(stdout.trim(), '700');
});

test('workers killed in a loop leave the table usable, and cost only their own requests', async (t) => {
  const directory = folder(t);
  const options = { limit: 100, windowMs: HOUR, scope: 'machine', name: 'app', directory, slots: 1024 };
  const own = ratelimit(options);
  t.after(() => own.close());
  for (let i = 0; i < 60; i += 1) own.consume('mine');
  for (let i = 0; i < 12; i += 1) {
    const worker = spawn(process.execPath, [program('forever.js'), directory]);
    await once(worker.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 5 + i * 3));
    worker.kill('SIGKILL');
    const [, signal] = await once(worker, 'exit');
    assert.equal(signal, 'SIGKILL');
    // 60 used, one more each round: nothing of it was lost, and nothing was added.
    const { remaining } = own.consume('mine');
    assert.ok(remaining >= 39 - i && remaining <= 40 - i, `round ${i}: ${remaining}`);
    const again = ratelimit(options);
    assert.equal(again.get('mine').remaining, remaining);
    assert.equal(again.consume(`new-${i}`).remaining, 99);
    again.close();
  }
});

test('a worker killed while it makes the table leaves one that can be made', async (t) => {
  for (let i = 0; i < 6; i += 1) {
    const directory = folder(t);
    const worker = spawn(process.execPath, [program('forever.js'), directory]);
    while (fs.readdirSync(directory).length === 0) await new Promise((resolve) => setImmediate(resolve));
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    const limiter = shared(t, directory, { slots: 1024 });
    assert.equal(limiter.consume(`k-${i}`).remaining, 4);
  }
});

test('a corrupt, truncated or wrong-version file is made anew', { skip: unixOnly }, (t) => {
  const directory = folder(t);
  const limiter = shared(t, directory);
  limiter.consume('k');
  limiter.close();
  const [name] = fs.readdirSync(directory);
  const file = path.join(directory, name);
  const whole = fs.readFileSync(file);
  const noise = Buffer.from(whole);
  noise.fill(0xa5, 0, 64);
  const version = Buffer.from(whole);
  version[0] ^= 3;
  for (const content of [Buffer.alloc(0), Buffer.from('x'), whole.subarray(0, 4096), noise, version]) {
    fs.writeFileSync(file, content);
    const fresh = shared(t, directory);
    assert.equal(fresh.consume('k').remaining, 4);
    fresh.close();
  }
});

test('noise in every slot neither crashes nor shuts anybody out for ever', { skip: unixOnly }, (t) => {
  const directory = folder(t);
  shared(t, directory, { slots: 1024 }).close();
  const [name] = fs.readdirSync(directory);
  const file = path.join(directory, name);
  const bytes = fs.readFileSync(file);
  for (let i = 64; i < bytes.length; i += 1) bytes[i] = (i * 2654435761) >>> 24;
  fs.writeFileSync(file, bytes);
  const limiter = shared(t, directory, { slots: 1024 });
  let allowed = 0;
  for (let i = 0; i < 2000; i += 1) if (limiter.consume(`k-${i}`).allowed) allowed += 1;
  assert.equal(allowed, 2000);
});

test('a link, an open mode and a second name are refused', { skip: unixOnly }, (t) => {
  const directory = folder(t);
  shared(t, directory).close();
  const [name] = fs.readdirSync(directory);
  const file = path.join(directory, name);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  const refused = (text) =>
    assert.throws(() => shared(t, directory), code('ERR_HAUBERK_RATELIMIT_TABLE', text), text);
  fs.chmodSync(file, 0o666);
  refused('0600');
  fs.chmodSync(file, 0o600);
  fs.linkSync(file, `${file}.second`);
  refused('second name');
  fs.unlinkSync(`${file}.second`);
  fs.renameSync(file, `${file}.moved`);
  fs.symlinkSync(`${file}.moved`, file);
  refused('symbolic link');
});

test('a directory that cannot be used is a coded error', { skip: unixOnly }, (t) => {
  for (const directory of ['/nonexistent', '/proc', '/dev/null']) {
    assert.throws(() => shared(t, directory), code('ERR_HAUBERK_RATELIMIT_TABLE', 'directory'), directory);
  }
});

test('a shared table needs a name, a directory needs a shared table', () => {
  for (const [options, text] of [
    [{ scope: 'machine' }, 'name'],
    [{ directory: '/tmp' }, 'directory'],
    [{ scope: 'galaxy' }, 'scope'],
    [{ scope: 'machine', name: 'a', directory: '' }, 'directory'],
    [{ scope: 'machine', name: 'a', directory: 'a\0b' }, 'directory'],
  ]) {
    assert.throws(() => ratelimit(options), code('ERR_HAUBERK_OPTION_INVALID', text));
  }
});
