'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const ratelimit = require('../../lib/ratelimit');
const { expresses, serve } = require('../helpers/server');

const HOUR = 3_600_000;

/** A client that must never be asked for a bad key. */
const redis = {
  isReady: true,
  on() {},
  off() {},
  duplicate() {},
  async sendCommand() {
    throw new Error('it was asked');
  },
};
const store = {
  async increment() {
    throw new Error('it was asked');
  },
  resetKey() {},
};

/** @type {[string, () => any][]} */
const KEYS = [
  [
    'that throw',
    () => {
      throw new Error('mistake');
    },
  ],
  [
    'that throw null',
    () => {
      throw null;
    },
  ],
  ['that return a promise', () => Promise.resolve('a')],
  ['that return a promise which rejects', () => Promise.reject(new Error('mistake'))],
  ['that return an object', () => ({})],
  ['that return an object whose toString throws', () => ({ toString: () => assert.fail('it was called') })],
  ['that return an array', () => ['a']],
  ['that return NaN', () => NaN],
  ['that return a number', () => 7],
  ['that return a symbol', () => Symbol('a')],
  ['that return undefined', () => undefined],
  ['that return null', () => null],
  ['that return an empty string', () => ''],
  ['that return a string of 1 MB', () => 'x'.repeat(2 ** 20)],
  ['that return 1025 bytes of UTF-8', () => '\u00e9'.repeat(513)],
  ['that return a lone surrogate', () => 'a\ud800'],
  ['that return U+FFFD', () => 'a\ufffd'],
];

for (const { name, express } of expresses) {
  for (const [what, key] of KEYS) {
    test(`${name}: key functions ${what}: the request fails, in every scope`, async (t) => {
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-keys-'));
      t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
      const places = {
        process: {},
        gates: { concurrencyPerKey: 1, perRoute: true },
        machine: { scope: 'machine', name: 'keys', directory, slots: 1024 },
        redis: { redis },
        store: { store },
      };
      const app = express();
      for (const [place, options] of Object.entries(places)) {
        const limiter = ratelimit({ limit: 5, windowMs: HOUR, key, ...options });
        t.after(() => limiter.close());
        app.get(`/${place}`, limiter, (_req, res) => res.end('passed'));
      }
      // Express logs what reaches its own handler.
      app.use((error, _req, res, _next) => res.status(500).json({ code: error.code }));
      const { url } = await serve(t, app);
      for (const place of Object.keys(places)) {
        const answer = await fetch(`${url}/${place}`);
        assert.deepEqual(
          [place, answer.status, (await answer.json()).code],
          [place, 500, 'ERR_HAUBERK_RATELIMIT_KEY'],
        );
      }
    });
  }
}

test('consume, get and reset refuse the same keys where the buckets are in Redis or a store', async (t) => {
  for (const options of [{ redis }, { store: { ...store, get() {} } }]) {
    const limiter = ratelimit({ limit: 5, windowMs: HOUR, ...options });
    t.after(() => limiter.close());
    for (const key of [undefined, null, NaN, 7, '', {}, ['a'], 'x'.repeat(2 ** 20), '\ud800', '\ufffd']) {
      for (const call of ['consume', 'get', 'reset']) {
        await assert.rejects(
          limiter[call](key),
          { code: 'ERR_HAUBERK_RATELIMIT_KEY' },
          `${call} ${String(key)}`,
        );
      }
    }
  }
});

/** What is wrong with the file of a shared table, and whether it is made anew or refused. */
const FILES = [
  ['empty', (file) => fs.truncateSync(file, 0)],
  ['truncated in the header', (file) => fs.truncateSync(file, 31)],
  ['truncated in the slots', (file) => fs.truncateSync(file, fs.statSync(file).size - 16)],
  ['too long', (file) => fs.appendFileSync(file, 'x')],
  ['of a wrong version', (file) => change(file, 0, (byte) => byte ^ 3)],
  ['with a corrupt header', (file) => change(file, 20, (byte) => byte ^ 255)],
  ['all zeros', (file) => fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size))],
  ['all ones', (file) => fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size, 255))],
  ['some other file', (file) => fs.writeFileSync(file, fs.readFileSync(__filename))],
];

/** @param {string} file @param {number} at @param {(byte: number) => number} how */
function change(file, at, how) {
  const bytes = fs.readFileSync(file);
  bytes[at] = how(bytes[at]);
  fs.writeFileSync(file, bytes);
}

/** A table that was used and let go. @param {import('node:test').TestContext} t */
function usedTable(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-file-'));
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const open = () =>
    ratelimit({ limit: 5, windowMs: HOUR, scope: 'machine', name: 'file', directory, slots: 1024 });
  const limiter = open();
  limiter.consume('k', 5);
  limiter.close();
  return { open, file: path.join(directory, fs.readdirSync(directory)[0]) };
}

const unixOnly = process.platform === 'win32' ? 'Windows keeps no file' : false;

for (const [what, spoil] of /** @type {[string, (file: string) => void][]} */ (FILES)) {
  test(`a shared file that is ${what} is made anew`, { skip: unixOnly }, (t) => {
    const { open, file } = usedTable(t);
    spoil(file);
    const limiter = open();
    t.after(() => limiter.close());
    const seen = Array.from({ length: 6 }, () => limiter.consume('k').allowed);
    assert.deepEqual(seen, [true, true, true, true, true, false]);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });
}

test('a shared file of another owner is refused, and not touched', { skip: unixOnly }, (t) => {
  if (process.getuid?.() !== 0) return t.skip('the tests do not run as root');
  const { open, file } = usedTable(t);
  const before = fs.readFileSync(file);
  fs.chownSync(file, 12_345, 12_345);
  assert.throws(open, { code: 'ERR_HAUBERK_RATELIMIT_TABLE', message: /another user/ });
  assert.ok(before.equals(fs.readFileSync(file)));
});

test('a directory where the shared file should be is refused', { skip: unixOnly }, (t) => {
  const { open, file } = usedTable(t);
  fs.rmSync(file);
  fs.mkdirSync(file);
  assert.throws(open, { code: 'ERR_HAUBERK_RATELIMIT_TABLE' });
});
