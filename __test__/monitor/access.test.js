'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const hauberk = require('../..');
const { events } = require('../helpers/events');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

const TOKEN = 'a-token-for-operators';

for (const { name, express } of expresses) {
  /** @param {import('node:test').TestContext} t @param {any} [options] */
  const serving = async (t, options) => {
    const app = express();
    const guard = hauberk();
    t.after(guard.close);
    app.use(guard);
    app.get('/metrics', guard.monitor.scrape(options));
    const { port } = await serve(t, app);
    return (/** @type {Record<string, string>} */ headers, method = 'GET') =>
      send(port, { method, path: '/metrics', headers: { Host: `localhost:${port}`, ...headers } });
  };

  test(`${name}: this machine may read`, async (t) => {
    const get = await serving(t);
    for (const Host of ['localhost', 'LOCALHOST:3000', '127.0.0.1:80', '[::1]:3000']) {
      const answer = await get({ Host });
      assert.equal(answer.status, 200, Host);
      assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.match(answer.text, /^hauberk_requests_total \d+$/m);
    }
    assert.equal((await get({}, 'HEAD')).text, '');
  });

  test(`${name}: behind a proxy on this machine nobody is local, whatever the fields say`, async (t) => {
    const get = await serving(t);
    for (const headers of [
      { 'X-Forwarded-For': '203.0.113.7' },
      { 'X-Forwarded-For': '127.0.0.1' },
      { 'X-Forwarded-For': '' },
      { Forwarded: 'for=127.0.0.1' },
      { 'X-Real-IP': '127.0.0.1' },
      { 'X-Forwarded-Host': 'localhost' },
      { Via: '1.1 proxy' },
    ]) {
      const answer = await get(/** @type {any} */ (headers));
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.equal(answer.code, 'ERR_HAUBERK_MONITOR_ACCESS');
      assert.doesNotMatch(answer.text, /hauberk_requests/);
    }
  });

  test(`${name}: DNS rebinding: a page of another name that resolves to 127.0.0.1 reads nothing`, async (t) => {
    const get = await serving(t);
    for (const Host of [
      'evil.example',
      'localhost.evil.example',
      'evil.example:3000',
      '127.0.0.1.evil.example',
      '[::1].x',
    ]) {
      assert.equal((await get({ Host })).status, 403, Host);
    }
  });

  test(`${name}: a token reads from anywhere; without it, or with another, nothing`, async (t) => {
    const seen = events(t);
    const get = await serving(t, { token: TOKEN, loopback: false });
    const far = { 'X-Forwarded-For': '203.0.113.7', Host: 'api.example' };
    assert.equal((await get({ ...far, Authorization: `Bearer ${TOKEN}` })).status, 200);
    assert.equal((await get({ Authorization: `bearer ${TOKEN}` })).status, 200);
    for (const Authorization of [
      '',
      TOKEN,
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      'Bearer ',
      `Bearer ${TOKEN.toUpperCase()}`,
    ]) {
      assert.equal((await get({ Authorization })).status, 403, Authorization);
    }
    assert.equal((await get({})).status, 403);
    assert.equal(seen().at(-1).event, 'authz_fail');
    assert.equal(seen().at(-1).rule, 'monitor/access');
  });
}
