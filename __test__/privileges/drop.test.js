'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { notRoot, run } = require('../helpers/as-root');

const skip = notRoot;

/** Every thread of the result is nobody's and has nothing left. @param {any[]} tasks @param {string} [keep] */
function isPlain(tasks, keep = '0') {
  assert.ok(tasks.length >= 6, `${tasks.length} threads`);
  for (const task of tasks) {
    const { uids, gids, groups, ...sets } = task;
    assert.ok([...uids, ...gids, ...groups].every((id) => id === uids[0] && id > 0));
    assert.deepEqual(sets, {
      permitted: keep,
      effective: keep,
      inheritable: '0',
      ambient: '0',
      bounding: keep,
      nnp: '1',
    });
  }
}

test(
  'drop reaches every thread: worker_threads, libuv, hashing and the one that blocks signals',
  { skip },
  async () => {
    const { result, stderr } = await run(`
    const { Worker } = require('node:worker_threads');
    const spin = 'require("node:worker_threads").parentPort.postMessage(0); for (;;) {}';
    const sleep = 'require("node:worker_threads").parentPort.postMessage(0); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
    (async () => {
      for (const code of [spin, sleep, 'setInterval(() => {}, 1000); require("node:worker_threads").parentPort.postMessage(0)'])
        await new Promise((resolve) => new Worker(code, { eval: true }).once('message', resolve));
      await fs.promises.readFile(__filename === '[eval]' ? '/etc/hostname' : __filename);
      await hauberk.passwords.hash('before the drop', { memoryKiB: 8192, passes: 1 });
      const before = tasks();
      const dropped = hauberk.privileges.drop({ user: 'nobody' });
      const after = tasks();
      await hauberk.passwords.hash('after the drop', { memoryKiB: 8192, passes: 1 });
      const late = tasks();
      done({ before, dropped, after, late });
    })();`);
    assert.ok(
      result.before?.every((/** @type {any} */ task) => task.uids[0] === 0),
      stderr,
    );
    isPlain(result.after);
    isPlain(result.late);
    assert.equal(result.dropped.threads, result.after.length);
    assert.equal(result.dropped.boundingSetCleared, true);
    assert.equal(result.dropped.uid, result.after[0].uids[0]);
  },
);

test(
  'after the drop no way leads back: setuid(0), files of root, low ports, files of others',
  { skip },
  async () => {
    const { result, stderr } = await run(`
    hauberk.privileges.drop({ user: 'nobody' });
    const check = hauberk.privileges.check();
    done({
      setuid: code(() => process.setuid(0)), seteuid: code(() => process.seteuid(0)),
      setgid: code(() => process.setgid(0)), setgroups: code(() => process.setgroups([0])),
      write: code(() => fs.writeFileSync('/etc/hauberk-test', 'x')), shadow: code(() => fs.readFileSync('/etc/shadow')),
      chown: code(() => fs.chownSync('/etc/hostname', process.getuid(), process.getgid())),
      kill: code(() => process.kill(1, 0)), check,
    });`);
    assert.deepEqual(
      { ...result, check: undefined },
      {
        setuid: 'EPERM',
        seteuid: 'EPERM',
        setgid: 'EPERM',
        setgroups: 'EPERM',
        write: 'EACCES',
        shadow: 'EACCES',
        chown: 'EPERM',
        kill: 'EPERM',
        check: undefined,
      },
      stderr,
    );
    assert.equal(result.check.root, false);
    assert.deepEqual(result.check.effectiveCapabilities, []);
    assert.equal(result.check.noNewPrivileges, true);
    assert.equal(result.check.user.name, 'nobody');
  },
);

test('threads that start while the drop runs are covered', { skip }, async () => {
  const { result, stderr } = await run(`
    const { Worker } = require('node:worker_threads');
    for (let i = 0; i < 4; i += 1) new Worker('setInterval(() => {}, 1000)', { eval: true });
    hauberk.privileges.drop({ user: 'nobody' }); // the workers are still starting
    setTimeout(() => done(tasks()), 500);`);
  assert.ok(Array.isArray(result), stderr);
  isPlain(result);
});

test('keep leaves what is named, on every thread, and nothing else', { skip }, async () => {
  const { result, stderr } = await run(`
    hauberk.privileges.drop({ user: 'nobody', keep: ['CAP_NET_BIND_SERVICE'] });
    const capabilities = hauberk.privileges.check().effectiveCapabilities;
    const all = tasks();
    const back = code(() => process.setuid(0));
    hauberk.privileges.drop({ user: 'nobody' });
    done({ capabilities, all, back, less: hauberk.privileges.check().effectiveCapabilities });`);
  assert.deepEqual(result.capabilities, ['CAP_NET_BIND_SERVICE'], stderr);
  isPlain(result.all, String(1n << 10n));
  assert.equal(result.back, 'EPERM');
  assert.deepEqual(result.less, []);
});

test('dropping twice is the same as once; to another user it is denied', { skip }, async () => {
  const { result } = await run(`
    const first = hauberk.privileges.drop({ user: 'nobody' });
    const second = hauberk.privileges.drop({ user: 'nobody' });
    done({ first, second, other: code(() => hauberk.privileges.drop({ user: 'daemon' })) });`);
  assert.equal(result.first.uid, result.second.uid);
  assert.equal(result.other, 'ERR_HAUBERK_PRIVILEGES_DENIED');
});

test('a number without an account works with a group', { skip }, async () => {
  const { result } = await run(`
    const alone = code(() => hauberk.privileges.drop({ user: 54321 }));
    const dropped = hauberk.privileges.drop({ user: 54321, group: 54322 });
    done({ alone, dropped, check: hauberk.privileges.check(), groups: process.getgroups() });`);
  assert.equal(result.alone, 'ERR_HAUBERK_PRIVILEGES_ACCOUNT');
  assert.equal(result.dropped.gid, 54322);
  assert.deepEqual(result.check.user, { id: 54321 });
  assert.deepEqual(result.groups, [54322]);
});

test('what cannot work throws and changes nothing', { skip }, async () => {
  const { result, stderr } = await run(`
    const before = JSON.stringify(tasks());
    const codes = [
      { user: 'no-such-user' }, { user: 'nobody', group: 'no-such-group' }, { user: 'root' },
      { user: 'nobody', group: 'root' },
    ].map((options) => code(() => hauberk.privileges.drop(options)));
    process.env.UV_USE_IO_URING = '1';
    codes.push(code(() => hauberk.privileges.drop({ user: 'nobody' })));
    process.env.UV_USE_IO_URING = '0';
    const same = JSON.stringify(tasks()) === before;
    hauberk.privileges.drop({ user: 'nobody' });
    done({ codes, same });`);
  assert.deepEqual(
    result,
    {
      codes: [...Array(4).fill('ERR_HAUBERK_PRIVILEGES_ACCOUNT'), 'ERR_HAUBERK_PRIVILEGES_DENIED'],
      same: true,
    },
    stderr,
  );
});

test('a process that cannot become the user is denied', { skip }, async () => {
  const { result, stderr } = await run(`
    process.setgroups([]); process.setgid(54321); process.setuid(54321);
    done({ code: code(() => hauberk.privileges.drop({ user: 'nobody' })), keep: code(() =>
      hauberk.privileges.drop({ user: 54321, group: 54321, keep: ['CAP_NET_RAW'] })) });`);
  assert.deepEqual(
    result,
    { code: 'ERR_HAUBERK_PRIVILEGES_DENIED', keep: 'ERR_HAUBERK_PRIVILEGES_DENIED' },
    stderr,
  );
});

test('where root can come back, the proof ends the process', { skip }, async () => {
  // The options refuse CAP_SETUID, so the core is asked past them.
  const { result, signal, stderr } = await run(`
    require('./lib/internal/native').privileges.drop({ user: 'nobody', keep: [7] });
    done('went on');`);
  assert.equal(result, '');
  assert.equal(signal, 'SIGABRT');
  assert.match(stderr, /privileges\.drop could not finish \(proof: the process can become root again\)/);
});

test('a program with the setuid bit gives nothing back', { skip }, async () => {
  const { result, stderr } = await run(`
    const { spawnSync } = require('node:child_process');
    const folder = fs.mkdtempSync('/tmp/hauberk-setuid-');
    fs.chmodSync(folder, 0o755);
    fs.copyFileSync('/usr/bin/id', folder + '/id');
    fs.chmodSync(folder + '/id', 0o4755);
    hauberk.privileges.drop({ user: 'nobody' });
    const { stdout } = spawnSync(folder + '/id', ['-u']);
    done({ folder, id: Number(stdout), own: process.getuid() });`);
  assert.ok(result.own > 0, stderr);
  assert.equal(result.id, result.own);
  fs.rmSync(result.folder, { recursive: true });
});
