'use strict';

const assert = require('node:assert/strict');
const diagnostics = require('node:diagnostics_channel');
const { describe, it } = require('node:test');
const sanitize = require('../../lib/sanitize');
const { expresses, serve } = require('../helpers/server');

for (const { name, express } of expresses) {
  describe(`sanitize middleware on ${name}`, () => {
    const app = (options) => {
      const made = express();
      made.set('query parser', 'extended');
      made.use(express.json());
      made.use(sanitize(options), (req, res) =>
        res.json({ body: req.body, query: req.query, raw: sanitize.raw(req) }),
      );
      return made;
    };
    const ask = async (t, options, body, query = '') => {
      const { url } = await serve(t, app(options));
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      const response = await fetch(`${url}/${query}`, init);
      return { status: response.status, json: await response.json() };
    };

    it('cleans the named fields only, and keeps the raw ones reachable', async (t) => {
      const body = { bio: '<b>x</b><script>1</script>', other: '<script>2</script>' };
      const { json } = await ask(t, { body: { bio: 'basic' } }, body);
      assert.deepEqual(json.body, { bio: '<b>x</b>', other: '<script>2</script>' });
      assert.deepEqual(json.raw, { 'body.bio': body.bio });
    });

    it('follows paths and arrays', async (t) => {
      const body = {
        a: { b: '<i>x</i>' },
        list: [{ t: '<i>1</i>' }, { t: '<i>2</i>' }, {}],
        tags: ['<b>', 'y'],
      };
      const { json } = await ask(t, { body: { 'a.b': 'text', 'list.*.t': 'text', 'tags.*': 'text' } }, body);
      assert.deepEqual(json.body, { a: { b: 'x' }, list: [{ t: '1' }, { t: '2' }, {}], tags: ['', 'y'] });
      assert.equal(json.raw['body.list.1.t'], '<i>2</i>');
    });

    it('leaves absent fields and null alone', async (t) => {
      for (const body of [{}, { bio: null }, { a: null }, []]) {
        const { status, json } = await ask(t, { body: { bio: 'basic', 'a.b': 'basic' } }, body);
        assert.deepEqual([status, json.body], [200, body]);
      }
    });

    it('refuses a named field that is no string, with a pointer, before it changes anything', async (t) => {
      for (const bio of [1, true, ['<b>'], { x: '<script>' }]) {
        const { status, json } = await ask(t, { body: { bio: 'basic' } }, { bio });
        assert.equal(status, 422);
        assert.equal(json.code, 'ERR_HAUBERK_SANITIZE_INPUT');
        assert.equal(json.pointer, '/bio');
      }
      const nested = await ask(t, { body: { 'a.*.b': 'basic' } }, { a: [{ b: 'x' }, 'y'] });
      assert.deepEqual([nested.status, nested.json.pointer], [422, '/a/1']);
      const long = await ask(t, { body: { bio: sanitize.policy({ maxLength: 2 }) } }, { bio: 'abc' });
      assert.equal(long.status, 422);
    });

    it('cleans the query, where it is a getter too', async (t) => {
      const { json } = await ask(t, { query: { q: 'text' } }, {}, '?q=%3Cb%3Ex&z=%3Cb%3E');
      assert.deepEqual(json.query, { q: 'x', z: '<b>' });
      const twice = await ask(t, { query: { q: 'text' } }, {}, '?q=a&q=b');
      assert.equal(twice.status, 422);
    });

    it('does not reach a prototype', async (t) => {
      const { url } = await serve(t, app({ body: { toString: 'basic', 'a.valueOf': 'basic' } }));
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":{}}' };
      assert.equal((await fetch(url, init)).status, 200);
    });

    it('in dry run changes nothing and tells what it would change', async (t) => {
      const events = [];
      const listener = (event) => events.push(event);
      diagnostics.subscribe('hauberk:event', listener);
      t.after(() => diagnostics.unsubscribe('hauberk:event', listener));
      const body = { bio: '<script>1</script>', name: 'plain' };
      const { json } = await ask(t, { mode: 'report', body: { bio: 'basic', name: 'basic' } }, body);
      assert.deepEqual(json.body, body);
      assert.deepEqual(
        events.map(({ practice, blocked }) => [practice, blocked]),
        [['sanitize', false]],
      );
      const refused = await ask(t, { mode: 'report', body: { bio: 'basic' } }, { bio: 1 });
      assert.equal(refused.status, 200);
    });
  });
}

describe('sanitize: options of the middleware', () => {
  it('throws at construction', () => {
    const bad = [
      undefined,
      {},
      { body: {} },
      { body: 'bio' },
      { body: ['bio'] },
      null,
      'basic',
      { body: { 'a..b': 'basic' } },
    ];
    for (const options of [...bad, { body: { '': 'basic' } }, { body: { 'a.__proto__.b': 'text' } }]) {
      assert.throws(() => sanitize(options), { code: 'ERR_HAUBERK_OPTION_INVALID' }, JSON.stringify(options));
    }
    assert.throws(() => sanitize({ bodi: {} }), { code: 'ERR_HAUBERK_OPTION_UNKNOWN', message: /body\?/ });
    assert.throws(() => sanitize({ body: { bio: 'basik' } }), { code: 'ERR_HAUBERK_SANITIZE_POLICY' });
  });
});
