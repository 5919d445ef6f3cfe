'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const hauberk = require('../..');
const { expresses, serve } = require('../helpers/server');

for (const { name, express } of expresses) {
  test(`${name}: HSTS over plain HTTP is not had by writing the first of several X-Forwarded-Proto`, async (t) => {
    const app = express();
    app.use(hauberk({ client: { trustProxy: 1 } }));
    app.get('/', (_req, res) => res.json({}));
    const { url } = await serve(t, app);
    const hsts = async (proto) => {
      const headers = { 'X-Forwarded-Proto': proto, 'X-Forwarded-Host': 'api.example.com' };
      return (await fetch(url, { headers })).headers.has('strict-transport-security');
    };
    assert.equal(await hsts('https'), true);
    assert.equal(await hsts('https, https'), true);
    assert.equal(await hsts('https, http'), false);
    assert.equal(await hsts('http, https'), false);
    assert.equal(await hsts('http'), false);
    assert.equal(await hsts(''), false);
  });
}
