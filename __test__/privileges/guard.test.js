'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { test } = require('node:test');
const hauberk = require('../..');
const { notRoot, run } = require('../helpers/as-root');
const { expresses, serve } = require('../helpers/server');

const skip = notRoot;

/** In a child: an app behind a guard, asked over HTTP. */
const APP = `
  const express = require('express');
  const http = require('node:http');
  const events = [];
  require('node:diagnostics_channel').subscribe('hauberk:event', (event) => events.push(event));
  const get = (port) => new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', agent: false }, (res) => {
      let body = '';
      res.on('data', (data) => (body += data)).on('end', () => resolve({ status: res.statusCode, body }));
    }).on('error', reject);
  });
  const appWith = (options) => {
    const app = express();
    const guard = hauberk(options);
    app.use(guard);
    app.get('/', (req, res) => res.json({ uid: process.getuid(), write: code(() => fs.writeFileSync('/etc/hauberk-test', '')) }));
    return { app, guard };
  };
  // 443, or the first low port that is free.
  const listenLow = async (listen) => {
    for (const port of [443, 80, 981, 982, 983]) {
      const server = await new Promise((resolve, reject) => {
        const made = listen(port);
        made.once('listening', () => resolve(made));
        made.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve() : reject(error)));
      });
      if (server) return server;
    }
    throw new Error('no low port is free');
  };
`;

test(
  'root: warn says the three ways out once, as a warning and an event, and answers',
  { skip },
  async () => {
    const { result, stderr } = await run(`${APP}
    const { app, guard } = appWith({ ratelimit: false });
    const server = app.listen(0, async () => {
      const answers = [await get(server.address().port), await get(server.address().port)];
      done({ answers, events, findings: guard.report().findings });
    });`);
    assert.deepEqual(
      result.answers?.map((/** @type {any} */ answer) => answer.status),
      [200, 200],
      stderr,
    );
    assert.equal(stderr.match(/answers requests as root/g)?.length, 1);
    for (const way of [/\(1\) .*USER/, /\(2\) .*guard\.listen/, /\(3\) .*CAP_NET_BIND_SERVICE/])
      assert.match(stderr, way);
    assert.equal(result.events.length, 1);
    assert.equal(result.events[0].code, 'ERR_HAUBERK_PRIVILEGES_ROOT');
    assert.equal(result.events[0].blocked, false);
    const finding = result.findings.find((/** @type {any} */ one) => one.practice === 'privileges');
    assert.equal(finding.level, 'unsafe');
  },
);

test(
  'root: refuse answers 503 until privileges are dropped; false and dry run let through',
  { skip },
  async () => {
    const { result, stderr } = await run(`${APP}
    (async () => {
      const on = async (options) => {
        const { app, guard } = appWith(options);
        app.use(guard.errors);
        const server = app.listen(0);
        await new Promise((resolve) => server.once('listening', resolve));
        return { port: server.address().port, guard };
      };
      const strict = await on({ privileges: { root: 'refuse' } });
      const off = await on({ privileges: false });
      const dry = await on({ privileges: { root: 'refuse', mode: 'report' } });
      const route = await on({ privileges: { root: 'refuse' }, routes: { 'GET /': { privileges: false } } });
      const before = {};
      for (const [name, { port }] of Object.entries({ strict, off, dry, route })) before[name] = await get(port);
      hauberk.privileges.drop({ user: 'nobody' });
      done({ before, after: await get(strict.port), report: strict.guard.report() });
    })();`);
    assert.equal(result.before?.strict.status, 503, stderr);
    assert.equal(JSON.parse(result.before.strict.body).code, 'ERR_HAUBERK_PRIVILEGES_ROOT');
    assert.doesNotMatch(result.before.strict.body, /as root|uid/);
    for (const name of ['off', 'dry', 'route']) assert.equal(result.before[name].status, 200, name);
    assert.equal(result.after.status, 200);
    assert.equal(result.report.practices.privileges, 'on');
    assert.ok(!result.report.findings.some((/** @type {any} */ one) => one.practice === 'privileges'));
  },
);

test('listen binds a low port, drops, then serves as the user', { skip }, async () => {
  const { result, stderr } = await run(`${APP}
    const { app, guard } = appWith({ privileges: { root: 'refuse' } });
    (async () => {
      const order = [];
      const server = await listenLow((port) => {
        const made = guard.listen(app, port, { user: 'nobody', host: '127.0.0.1' }, () => order.push(process.getuid()));
        return made;
      });
      const { port } = server.address();
      const answer = await get(port);
      done({ port, answer, order, all: tasks(), setuid: code(() => process.setuid(0)) });
    })();`);
  assert.ok(result.port < 1024, stderr);
  assert.equal(result.answer.status, 200);
  const { uid, write } = JSON.parse(result.answer.body);
  assert.ok(uid > 0);
  assert.equal(write, 'EACCES');
  assert.deepEqual(new Set(result.order), new Set([uid]));
  assert.equal(result.setuid, 'EPERM');
  for (const task of result.all) {
    assert.deepEqual([task.uids, task.effective, task.nnp], [Array(4).fill(uid), '0', '1']);
  }
  assert.doesNotMatch(stderr, /as root/);
});

test('listen with keep: another low port can be bound later, root cannot', { skip }, async () => {
  const { result, stderr } = await run(`${APP}
    const { app, guard } = appWith();
    (async () => {
      const first = guard.listen(app, 0, { user: 'nobody', keep: ['CAP_NET_BIND_SERVICE'], host: '127.0.0.1' });
      await new Promise((resolve) => first.once('listening', resolve));
      const server = await listenLow((port) => guard.listen(app, port, { host: '127.0.0.1' }));
      done({ port: server.address().port, uid: process.getuid(), setuid: code(() => process.setuid(0)) });
    })();`);
  assert.ok(result.port < 1024, stderr);
  assert.ok(result.uid > 0);
  assert.equal(result.setuid, 'EPERM');
});

test('listen takes a server that was made before', { skip }, async () => {
  const { result, stderr } = await run(`${APP}
    const { app, guard } = appWith();
    const made = require('node:http').createServer(app);
    const same = guard.listen(made, '0', { user: 'nobody', host: '127.0.0.1' }, async () => {
      done({ same: made === same, answer: await get(made.address().port) });
    });`);
  assert.equal(result.same, true, stderr);
  assert.ok(JSON.parse(result.answer.body).uid > 0);
});

test('an unknown user throws before the port is bound', { skip }, async () => {
  const { result, stderr } = await run(`${APP}
    const { app, guard } = appWith();
    const bound = [];
    const listen = require('node:net').Server.prototype.listen;
    require('node:net').Server.prototype.listen = function (...args) { bound.push(args); return listen.apply(this, args); };
    done({ code: code(() => guard.listen(app, 0, { user: 'no-such-user' })), bound, uid: process.getuid() });`);
  assert.deepEqual(result, { code: 'ERR_HAUBERK_PRIVILEGES_ACCOUNT', bound: [], uid: 0 }, stderr);
});

test(
  'cluster: workers that listen as a user are covered, and the primary that stays root is named',
  { skip },
  async () => {
    const { result, stderr } = await run(
      `
    const cluster = require('node:cluster');
    const file = '/tmp/hauberk-cluster-' + process.pid + '.js';
    fs.writeFileSync(file, process.env.WORKER);
    fs.chmodSync(file, 0o644);
    cluster.setupPrimary({ exec: file, execArgv: [] });
    const workers = [cluster.fork(), cluster.fork()];
    const http = require('node:http');
    const ask = (port) => new Promise((resolve) => http.get({ port, host: '127.0.0.1', agent: false }, (res) => {
      let body = ''; res.on('data', (data) => (body += data)).on('end', () => resolve(JSON.parse(body)));
    }));
    const ready = (worker) => new Promise((resolve) => worker.once('listening', (address) => resolve(address.port)));
    Promise.all(workers.map(ready)).then(async (ports) => {
      const before = [await ask(ports[0]), await ask(ports[0])];
      hauberk.privileges.drop({ user: 'nobody' });
      const after = [await ask(ports[0]), await ask(ports[0])];
      fs.writeSync(1, JSON.stringify({ ports, before, after, primary: process.getuid() }));
      for (const worker of workers) worker.kill('SIGKILL');
      process.exitCode = 0;
      process.disconnect?.();
      setTimeout(() => process.exit(), 200);
    });`,
      { env: { WORKER: WORKER } },
    );
    assert.ok(
      result.ports?.every((/** @type {number} */ port) => port === result.ports[0] && port < 1024),
      stderr,
    );
    const answers = [...result.before, ...result.after];
    assert.equal(new Set(answers.map(({ pid }) => pid)).size, 2, 'both workers have answered');
    for (const { uid, threads } of answers) {
      assert.ok(uid > 0);
      assert.deepEqual(threads, [`${uid} 0 1`]);
    }
    assert.deepEqual(
      result.before.map((/** @type {any} */ one) => one.rootPrimary),
      [true, true],
    );
    assert.deepEqual(
      result.after.map((/** @type {any} */ one) => one.rootPrimary),
      [false, false],
    );
    assert.ok(result.primary > 0);
    assert.match(stderr, /the primary of this cluster is still root/);
  },
);

/** A worker of the cluster: each thread's effective user, capabilities and no_new_privs, without repetition. */
const WORKER = `
  const hauberk = require(${JSON.stringify(require.resolve('../..'))});
  const express = require(${JSON.stringify(require.resolve('express'))});
  const fs = require('node:fs');
  new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true }).once('online', () => {
    const app = express();
    const guard = hauberk();
    app.use(guard);
    app.get('/', (req, res) => res.json({
      pid: process.pid, uid: process.geteuid(), rootPrimary: hauberk.privileges.check().rootPrimary,
      threads: [...new Set(fs.readdirSync('/proc/self/task').map((task) => {
        const text = fs.readFileSync('/proc/self/task/' + task + '/status', 'latin1');
        return [/^Uid:\\s*\\d+\\s+(\\d+)/m, /^CapEff:\\s*0*(\\d)/m, /^NoNewPrivs:\\s*(\\d)/m].map((one) => one.exec(text)[1]).join(' ');
      }))],
    }));
    guard.listen(app, 984, { user: 'nobody', host: '127.0.0.1' });
  });
`;

test('a process that is not root hears nothing', async (t) => {
  if (process.geteuid?.() === 0) {
    const { result, stderr } = await run(`${APP}
      process.setgroups([]); process.setgid(54321); process.setuid(54321);
      const { app, guard } = appWith({ privileges: { root: 'refuse' } });
      const server = app.listen(0, async () => done({ answer: await get(server.address().port), events, report: guard.report() }));`);
    assert.equal(result.answer?.status, 200, stderr);
    assert.deepEqual(result.events, []);
    assert.ok(!result.report.findings.some((/** @type {any} */ one) => one.practice === 'privileges'));
    return;
  }
  const { url } = await serve(t, hauberk.privileges({ root: 'refuse' }));
  const res = await new Promise((resolve, reject) => http.get(url, resolve).on('error', reject));
  assert.notEqual(res.statusCode, 503);
});

for (const { name, express } of expresses) {
  test(`${name}: listen and createServer serve without a user, too`, async (t) => {
    const app = express();
    const guard = hauberk();
    app.use(guard);
    app.get('/', (/** @type {any} */ _req, /** @type {any} */ res) => res.send('served'));
    const server = guard.listen(app, 0, { host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    t.after(() => server.close());
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'served');
    const made = guard.createServer(app, { maxHeaderSize: 2048 });
    made.listen(0, '127.0.0.1');
    await new Promise((resolve) => made.once('listening', resolve));
    t.after(() => made.close());
    const address = /** @type {import('node:net').AddressInfo} */ (made.address());
    const long = await fetch(`http://127.0.0.1:${address.port}/`, { headers: { x: 'y'.repeat(4096) } });
    assert.equal(long.status, 431);
  });
}

test('listen names bad options', () => {
  const guard = /** @type {any} */ (hauberk());
  const app = () => {};
  const bad = { code: 'ERR_HAUBERK_OPTION_INVALID' };
  for (const port of [-1, 65536, 1.5, NaN, '', '80a', '-1', null, undefined, {}, true]) {
    assert.throws(() => guard.listen(app, port), bad, String(port));
  }
  for (const first of [undefined, null, {}, 'app']) assert.throws(() => guard.listen(first, 0), bad);
  assert.throws(() => guard.listen(app, 0, { host: 'a b' }), bad);
  assert.throws(() => guard.listen(app, 0, { backlog: 0 }), bad);
  assert.throws(() => guard.listen(app, 0, {}, 'callback'), bad);
  assert.throws(() => guard.listen(app, 0, { group: 'nobody' }), bad, 'a group without a user');
  assert.throws(() => guard.listen(app, 0, { usr: 'x' }), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /user/,
  });
});
