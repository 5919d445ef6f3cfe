'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { EventEmitter, once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Writable } = require('node:stream');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const hauberk = require('../..');
const { publish } = require('../../lib/internal/events');

const ROOT = path.join(__dirname, '../..');

/** @param {string} detail */
function tell(detail, time = Date.now()) {
  const event = {
    event: 'input_validation_fail',
    practice: 'body',
    code: 'ERR_HAUBERK_BODY_SYNTAX',
    blocked: true,
    detail,
    requestId: undefined,
    client: undefined,
    time,
  };
  publish(event);
}

/** @param {import('node:test').TestContext} t */
function folderOf(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-log-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param {string} file @returns {any[]} */
function recordsOf(file) {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** @param {() => unknown} condition */
async function until(condition) {
  while (!condition()) await sleep(5);
}

/** @param {any} monitor */
const logOf = (monitor) =>
  /** @type {NonNullable<import('../../lib/monitor').Snapshot['log']>} */ (monitor.snapshot().log);

test('a file: one line of JSON per event, for its owner only, appended to', async (t) => {
  const file = path.join(folderOf(t), 'events.log');
  for (const round of [1, 2]) {
    const monitor = hauberk.monitor({ log: file });
    tell(`first of ${round}`);
    tell(`second of ${round}`);
    await monitor.close();
  }
  assert.deepEqual(
    recordsOf(file).map(({ detail }) => detail),
    ['first of 1', 'second of 1', 'first of 2', 'second of 2'],
  );
  if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});

test('nothing is lost without close, when the process ends by itself or by process.exit', async (t) => {
  const folder = folderOf(t);
  for (const end of ['', 'process.exit(0)']) {
    const file = path.join(folder, `events${end.length}.log`);
    const program = `
      const { publish } = require('./lib/internal/events');
      require('.').monitor({ log: ${JSON.stringify(file)} });
      const event = (detail) => publish({ event: 'sys_crash', practice: 'errors', blocked: false, detail, time: 1 });
      for (let i = 0; i < 10; i += 1) event('event ' + i);
      ${end}`;
    const child = spawn(process.execPath, ['-e', program], { cwd: ROOT, stdio: 'inherit' });
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.equal(recordsOf(file).length, 10, end);
  }
});

test('rotation by size and number: whole lines, nothing lost, no file above its size', async (t) => {
  const folder = folderOf(t);
  const file = path.join(folder, 'events.log');
  const monitor = hauberk.monitor({ log: { path: file, maxBytes: 2048, files: 3 } });
  for (let i = 0; i < 24; i += 1) {
    tell(`event ${i} ${'x'.repeat(400)}`);
    const lines = i + 1;
    await until(() => logOf(monitor).lines === lines);
  }
  await monitor.close();
  assert.deepEqual(fs.readdirSync(folder).sort(), [
    'events.log',
    'events.log.1',
    'events.log.2',
    'events.log.3',
  ]);
  const all = ['.3', '.2', '.1', ''].flatMap((ending) => recordsOf(file + ending));
  for (const name of fs.readdirSync(folder))
    assert.ok(fs.statSync(path.join(folder, name)).size <= 2048, name);
  // The oldest are gone, the rest is whole and in order.
  const numbers = all.map(({ detail }) => Number.parseInt(detail.slice(6), 10));
  assert.equal(numbers.at(-1), 23);
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => numbers[0] + i),
  );
});

test('files: 0 keeps no old file', async (t) => {
  const folder = folderOf(t);
  const file = path.join(folder, 'events.log');
  const monitor = hauberk.monitor({ log: { path: file, maxBytes: 1024, files: 0 } });
  for (let i = 0; i < 12; i += 1) {
    tell(`event ${i}`);
    const lines = i + 1;
    await until(() => logOf(monitor).lines === lines);
  }
  await monitor.close();
  assert.deepEqual(fs.readdirSync(folder), ['events.log']);
  assert.equal(recordsOf(file).at(-1).detail, 'event 11');
});

for (const [what, away] of Object.entries({
  deleted: (/** @type {string} */ file) => fs.rmSync(file),
  'renamed by another program': (/** @type {string} */ file) => fs.renameSync(file, `${file}.old`),
})) {
  test(`a file that is ${what} is begun anew within two seconds`, async (t) => {
    const file = path.join(folderOf(t), 'events.log');
    const monitor = hauberk.monitor({ log: file });
    tell('before');
    await until(() => logOf(monitor).lines === 1);
    away(file);
    for (let i = 0; !fs.existsSync(file); i += 1) {
      tell(`after ${i}`);
      await sleep(100);
    }
    tell('last');
    await monitor.close();
    assert.equal(recordsOf(file).at(-1).detail, 'last');
  });
}

test('a folder that is gone, and comes back', async (t) => {
  const folder = folderOf(t);
  const file = path.join(folder, 'logs', 'events.log');
  const monitor = hauberk.monitor({ log: file });
  tell('lost');
  await until(() => logOf(monitor).failures === 1);
  assert.equal(monitor.snapshot().dropped.failed, 1);
  fs.mkdirSync(path.dirname(file));
  tell('kept');
  await until(() => logOf(monitor).lines >= 1);
  tell('told');
  await monitor.close();
  const records = recordsOf(file);
  assert.ok(records.some(({ detail }) => detail === 'kept'));
  const dropped = records.find(({ code }) => code === 'ERR_HAUBERK_MONITOR_DROPPED');
  assert.match(dropped.detail, /^1 events were counted but not told one by one.*1 in failed writes$/);
});

test(
  'a full disk: what is lost is counted, and the process goes on',
  { skip: !fs.existsSync('/dev/full') },
  async () => {
    const monitor = hauberk.monitor({ log: '/dev/full' });
    tell('one');
    tell('two');
    await until(() => logOf(monitor).failures === 1);
    assert.deepEqual(monitor.snapshot().dropped, { sampled: 0, backpressure: 0, failed: 2 });
    await monitor.close();
  },
);

/**
 * A process that logs to stdout; `body` has `event(detail)`, `say(value)` (to stderr) and `monitor`.
 *
 * @param {string} body
 */
function programOf(body) {
  return `
    const { publish } = require('./lib/internal/events');
    const monitor = require('.').monitor({ log: true, bufferBytes: 65536, perKeyPerSecond: 1000000, perSecond: 1000000 });
    const event = (detail) => publish({ event: 'sys_crash', practice: 'errors', blocked: false, detail, time: 1 });
    const say = (value) => require('node:fs').writeSync(2, JSON.stringify(value) + '\\n');
    ${body}`;
}

/** The program in a process of its own, with a socket as its stdout. @param {string} body */
function logger(body) {
  return spawn(process.execPath, ['--no-warnings', '-e', programOf(body)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('stdout: lines of JSON beside what the application prints', async () => {
  const child = logger(`event('one'); console.log('{"printed":true}'); event('two');`);
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  await once(child, 'close');
  const details = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(details.map(({ detail }) => detail).filter(Boolean), ['one', 'two']);
  assert.ok(details.some(({ printed }) => printed));
});

const FLOOD = `
  for (let i = 0; i < 2000; i += 1) event('x'.repeat(500));
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
    for (let i = 0; i < 500; i += 1) event('x'.repeat(500));
    if (turns < 20 || monitor.snapshot().dropped.backpressure === 0) return;
    clearInterval(timer);
    const { dropped, log } = monitor.snapshot();
    say({ turns, dropped, log });
    process.exit(0);
  }, 10);`;

/** @param {string} text what a flood said */
function checkFlood(text) {
  const { turns, dropped, log } = JSON.parse(text.split('\n')[0]);
  assert.ok(turns >= 20);
  assert.ok(dropped.backpressure > 0);
  assert.ok(log.waitingBytes <= 65536);
}

test('a socket that nobody reads stops neither the event loop nor the end of the process', async () => {
  const child = logger(FLOOD);
  // Its output is not read: the socket fills up.
  child.stdout.pause();
  let text = '';
  child.stderr.on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'exit');
  child.stdout.resume();
  assert.equal(code, 0, text);
  if (!child.stderr.closed) await once(child.stderr, 'close');
  checkFlood(text);
});

test('the same with a pipe of a shell', { skip: process.platform === 'win32' }, async (t) => {
  const script = '("$NODE" --no-warnings -e "$PROGRAM"; echo "ended with $?" >&2) | sleep 600 2>/dev/null';
  const env = { ...process.env, NODE: process.execPath, PROGRAM: programOf(FLOOD) };
  const child = spawn('sh', ['-c', script], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  t.after(() => process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL'));
  let text = '';
  for await (const chunk of child.stderr) {
    text += chunk;
    if (text.includes('ended with')) break;
  }
  assert.match(text, /^ended with 0$/m);
  checkFlood(text);
});

test('EPIPE: the reader of stdout has gone; the process goes on, and counts', async () => {
  const child = logger(`
    process.stdin.destroy();
    const timer = setInterval(() => {
      event('to nobody');
      if (monitor.snapshot().log.failures === 0) return;
      clearInterval(timer);
      say({ dropped: monitor.snapshot().dropped });
      monitor.close().then(() => say('closed'));
    }, 10);`);
  child.stdout.destroy();
  let text = '';
  child.stderr.on('data', (chunk) => (text += chunk));
  assert.deepEqual(await once(child, 'exit'), [0, null], text);
  if (!child.stderr.closed) await once(child.stderr, 'close');
  const [counts, closed] = text.trimEnd().split('\n');
  assert.ok(JSON.parse(counts).dropped.failed > 0);
  assert.equal(closed, '"closed"');
});

test('a stream that does not want more: lines wait up to the bound, then drop, and go on after', async () => {
  /** @type {string[]} */
  const written = [];
  /** @type {(() => void) | undefined} */
  let release;
  const stream = new Writable({
    highWaterMark: 16,
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      if (written.length === 1) release = done;
      else done();
    },
  });
  const monitor = hauberk.monitor({ log: stream, bufferBytes: 4096 });
  tell('first');
  await until(() => release !== undefined);
  for (let i = 0; i < 100; i += 1) tell(`event ${i}`);
  const { dropped, log } = monitor.snapshot();
  assert.ok(dropped.backpressure > 50);
  assert.ok(log !== undefined && log.waitingBytes <= 4096);
  release?.();
  await until(() => logOf(monitor).waitingBytes === 0);
  tell('after');
  await monitor.close();
  const records = written
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  assert.equal(records.at(-1).detail, 'after');
  assert.match(
    records.at(-2).detail,
    new RegExp(`^${dropped.backpressure} events were counted but not told`),
  );
  assert.equal(stream.writableEnded, false);
});

test('a stream that fails, throws, or was closed ends no process', async () => {
  const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('full')) });
  const ended = new Writable({ write: (_chunk, _encoding, done) => done() });
  ended.end();
  const throwing = Object.assign(new EventEmitter(), {
    write() {
      throw new Error('not today');
    },
  });
  for (const stream of [failing, ended, throwing]) {
    const monitor = hauberk.monitor({ log: /** @type {any} */ (stream) });
    tell('one');
    await until(() => logOf(monitor).failures > 0 || logOf(monitor).lines > 0);
    tell('two');
    await monitor.close();
    const { failed } = monitor.snapshot().dropped;
    assert.ok(failed >= 1, String(failed));
  }
});

test('close is over although the output does not move', async () => {
  const stuck = new Writable({ highWaterMark: 1, write() {} });
  const monitor = hauberk.monitor({ log: stuck });
  tell('one');
  await until(() => stuck.writableLength > 0);
  await monitor.close();
});
