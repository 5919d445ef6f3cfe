'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');
const { promisify } = require('node:util');

const ratelimit = require('../../lib/ratelimit');
const { missing } = require('../helpers/redis');

const CHILD = path.join(__dirname, '../helpers/redis-client-child.js');

for (const [kind, name] of [
  ['legacy', 'redis4'],
  ['pool', 'redis5'],
  ['pool', 'redis'],
]) {
  test(`${name}, ${kind}: decides, and goes on when the server was away`, async (t) => {
    if (missing) return t.skip(missing);
    await promisify(execFile)(process.execPath, [CHILD, kind, name], { timeout: 150_000 });
  });
}

for (const name of ['redis5', 'redis']) {
  test(`${name}: what client.legacy() gives is refused, and the error says what to give`, () => {
    // Never connected: what it is shows without a server.
    const client = require(name).createClient();
    const expected = { code: 'ERR_HAUBERK_OPTION_INVALID', message: /the client itself/ };
    const redis = client.legacy();
    assert.throws(() => ratelimit({ redis }), expected);
    assert.throws(() => ratelimit.bans({ redis }), expected);
    assert.throws(() => ratelimit.login({ redis, account: () => 'a' }), expected);
  });
}
