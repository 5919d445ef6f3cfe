'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const errors = require('../../lib/errors');

const ROOT = path.join(__dirname, '../..');

/**
 * A process with a server that has a slow route, and one that lets an error escape.
 *
 * @param {string} options of lastResort, as source
 */
async function start(options = '') {
  const program = `
    const http = require('node:http');
    const errors = require('hauberk/errors');
    const server = http.createServer((req, res) => {
      if (req.url === '/slow') { res.write('begun '); return setTimeout(() => res.end('ended'), 400); }
      if (req.url === '/never') return res.write('begun ');
      res.end('ok');
      if (req.url === '/throw') setTimeout(() => { throw Object.assign(new Error('it broke\\nforged line'), { password: 'hunter2' }); }, 50);
      if (req.url === '/reject') setTimeout(() => { Promise.reject(null); }, 50);
      if (req.url === '/twice') setTimeout(() => { setTimeout(() => { throw new Error('second'); }, 20); throw new Error('first'); }, 50);
    });
    require('node:diagnostics_channel').subscribe('hauberk:event', ({ event }) => console.log('event ' + event));
    errors.lastResort({ servers: server, ${options} });
    server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { cwd: ROOT });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (seen.out += chunk));
  child.stderr.on('data', (chunk) => (seen.err += chunk));
  const exit = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  while (!/port \d+/.test(seen.out)) await new Promise((resolve) => setTimeout(resolve, 10));
  const [, port] = /** @type {RegExpExecArray} */ (/port (\d+)/.exec(seen.out));
  return { url: `http://127.0.0.1:${port}`, exit, seen, child };
}

for (const [route, says] of [
  ['/throw', 'uncaught exception'],
  ['/reject', 'unhandled rejection'],
]) {
  test(`${says}: logged without secrets, requests end, the process exits with 1`, async () => {
    const { url, exit, seen } = await start();
    const slow = fetch(`${url}/slow`).then((response) => response.text());
    await new Promise((resolve) => setTimeout(resolve, 50));
    await (await fetch(url + route)).text();
    assert.equal(await slow, 'begun ended');
    assert.equal(await exit, 1);
    const record = JSON.parse(seen.err.trim().split('\n')[0]);
    assert.equal(record.message, `${says}: the process ends`);
    assert.equal(record.code, 'ERR_HAUBERK_ERRORS_UNCAUGHT');
    assert.doesNotMatch(seen.err, /hunter2/);
    assert.equal(seen.err.trim().split('\n').length, 1, 'one record, one line');
    assert.match(seen.out, /event sys_crash/);
    await assert.rejects(fetch(url));
  });
}

test('a request that never ends is cut at the deadline, and cleanup runs', async () => {
  const { url, exit, seen } = await start("deadlineMs: 300, cleanup: () => console.log('cleaned')");
  const never = fetch(`${url}/never`).then((response) => response.text());
  const cut = assert.rejects(never);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await (await fetch(`${url}/throw`)).text();
  assert.equal(await exit, 1);
  await cut;
  assert.match(seen.out, /cleaned/);
});

test('a cleanup that throws or hangs, and a second error, keep nothing alive', async () => {
  for (const cleanup of ["() => { throw new Error('no') }", '() => new Promise(() => {})']) {
    const { url, exit, seen } = await start(`deadlineMs: 300, cleanup: ${cleanup}`);
    await (await fetch(`${url}/twice`)).text();
    assert.equal(await exit, 1);
    const messages = seen.err
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text).message);
    assert.deepEqual(messages, [
      'uncaught exception: the process ends',
      'uncaught exception while the process ends',
    ]);
  }
});

test('once per process, and the options are checked', () => {
  const before = process.listenerCount('unhandledRejection');
  const resort = errors.lastResort({ rejections: false });
  try {
    assert.throws(() => errors.lastResort(), { code: 'ERR_HAUBERK_ERRORS_LAST_RESORT' });
    assert.equal(process.listenerCount('unhandledRejection'), before);
    assert.throws(() => resort.add({}), { code: 'ERR_HAUBERK_OPTION_INVALID' });
    resort.add({ close() {} });
  } finally {
    resort.close();
  }
  for (const wrong of [
    { servers: {} },
    { servers: [null] },
    { deadlineMs: -1 },
    { deadlineMs: NaN },
    { cleanup: 'x' },
    { rejections: 1 },
    { logger: {} },
    { redact: 'x' },
  ]) {
    assert.throws(() => errors.lastResort(wrong), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  assert.throws(() => errors.lastResort({ deadline: 1 }), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /deadlineMs/,
  });
});
