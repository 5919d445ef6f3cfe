'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const test = require('node:test');
const multer = require('multer');
const { createProxyMiddleware } = require('http-proxy-middleware');
const body = require('../../lib/body');
const { expresses, serve } = require('../helpers/server');

const post = (content, type = 'application/json') => ({
  method: 'POST',
  headers: { 'content-type': type },
  body: content,
});

for (const { name, express } of expresses) {
  test(`${name}: express.json, express.urlencoded and express.raw behind step aside`, async (t) => {
    const app = express();
    app.use(body());
    app.use(express.json(), express.urlencoded({ extended: true }), express.raw({ type: 'text/*' }));
    app.use((req, res) => res.json(Buffer.isBuffer(req.body) ? { raw: String(req.body) } : req.body));
    const { url } = await serve(t, app);
    assert.deepEqual(await (await fetch(url, post('{"a":1}'))).json(), { a: 1 });
    const form = post('a=1', 'application/x-www-form-urlencoded');
    assert.deepEqual(await (await fetch(url, form)).json(), { a: '1' });
    assert.deepEqual(await (await fetch(url, post('bytes', 'text/plain'))).json(), { raw: 'bytes' });
  });

  test(`${name}: another parser before: the same rules run over its object`, async (t) => {
    const app = express();
    app.use(express.json({ strict: false }), express.raw({ type: 'text/*' }));
    app.use(body({ depth: 5, keys: 4, keyBytes: 10, stringBytes: 10, operatorKeys: 'refuse' }));
    app.use((req, res) => res.json({ ok: true }));
    const { url } = await serve(t, app);
    const code = async (text) => (await (await fetch(url, post(text))).json()).code;
    assert.equal(await code('{"a":{"__proto__":1}}'), 'ERR_HAUBERK_BODY_PROTOTYPE_KEY');
    assert.equal(await code('{"constructor":{"prototype":1}}'), 'ERR_HAUBERK_BODY_KEY_LENGTH');
    assert.equal(await code('{"a":[{"$ne":1}]}'), 'ERR_HAUBERK_BODY_OPERATOR_KEY');
    assert.equal(await code('[[[[[[1]]]]]]'), 'ERR_HAUBERK_BODY_DEPTH');
    assert.equal(await code('{"a":1,"b":1,"c":1,"d":1,"e":1}'), 'ERR_HAUBERK_BODY_KEYS');
    assert.equal(await code('["01234567890"]'), 'ERR_HAUBERK_BODY_STRING_LENGTH');
    assert.equal(await code('{"a":["x",{"b":1}]}'), undefined);
    assert.equal(await code('{}'), undefined);
    const text = await (await fetch(url, post('text', 'text/plain'))).json();
    assert.deepEqual(text, { ok: true });
  });

  test(`${name}: multer reads uploads behind it`, async (t) => {
    const app = express();
    app.use(body());
    app.post('/', multer().single('file'), (req, res) => {
      res.json({ size: req.file.size, title: req.body.title });
    });
    const { url } = await serve(t, app);
    const form = new globalThis.FormData();
    form.append('title', 'mail');
    form.append('file', new globalThis.Blob([Buffer.alloc(5000)]), 'a.bin');
    const response = await fetch(url, { method: 'POST', body: form });
    assert.deepEqual(await response.json(), { size: 5000, title: 'mail' });
  });

  test(`${name}: http-proxy-middleware passes a stream that is left alone`, async (t) => {
    const target = express();
    target.use(express.text({ type: '*/*' }), (req, res) => res.json({ got: req.body }));
    const behind = await serve(t, target);
    const app = express();
    app.use(body({ json: false }));
    app.use(createProxyMiddleware({ target: behind.url }));
    const { url } = await serve(t, app);
    assert.deepEqual(await (await fetch(url, post('{"a":1}'))).json(), { got: '{"a":1}' });
    assert.deepEqual(await (await fetch(url, post('hello', 'text/plain'))).json(), { got: 'hello' });
  });

  test(`${name}: a webhook is checked on the raw bytes`, async (t) => {
    const sign = (bytes) => crypto.createHmac('sha256', 'secret').update(bytes).digest('hex');
    const app = express();
    app.post('/raw', body({ raw: true }), (req, res) => res.json({ mac: sign(req.body) }));
    app.post('/kept', body(), (req, res) => res.json({ mac: sign(body.rawBody(req)), id: req.body.id }));
    const { url } = await serve(t, app);
    const text = '{ "id" : 7 }';
    assert.deepEqual(await (await fetch(`${url}/raw`, post(text))).json(), { mac: sign(text) });
    const other = await fetch(`${url}/raw`, post('<x/>', 'text/xml'));
    assert.deepEqual(await other.json(), { mac: sign('<x/>') });
    assert.deepEqual(await (await fetch(`${url}/kept`, post(text))).json(), { mac: sign(text), id: 7 });
  });

  test(`${name}: a stream that somebody has read does not hang`, async (t) => {
    const app = express();
    app.use((req, _res, next) => req.resume().on('end', next));
    app.use(body());
    app.use((req, res) => res.json({ ok: true }));
    const { url } = await serve(t, app);
    assert.deepEqual(await (await fetch(url, post('{"a":1}'))).json(), { ok: true });
  });
}
