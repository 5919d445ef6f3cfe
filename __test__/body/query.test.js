'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const body = require('../../lib/body');
const { corpus } = require('../helpers/corpora');
const { events } = require('../helpers/events');
const { expresses, serve } = require('../helpers/server');

async function echo(t, express, options, parser) {
  const app = express();
  if (parser !== undefined) app.set('query parser', parser);
  app.use(body.query(options));
  app.use((req, res) => res.json({ query: req.query, original: body.originalQuery(req) }));
  const { url } = await serve(t, app);
  return async (query) => {
    const response = await fetch(`${url}/${query}`);
    return { status: response.status, ...(await response.json()) };
  };
}

for (const { name, express } of expresses) {
  for (const parser of ['simple', 'extended']) {
    const title = `${name}, ${parser} parser`;

    test(`${title}: duplicate parameters (HPP): the last wins, the original stays reachable`, async (t) => {
      const get = await echo(t, express, { arrays: ['tag'] }, parser);
      const { query, original } = await get('?a=1&a=2&tag=x&tag=y&b=3');
      assert.deepEqual(query, { a: '2', tag: ['x', 'y'], b: '3' });
      assert.deepEqual(original, { a: ['1', '2'], tag: ['x', 'y'], b: '3' });
      assert.deepEqual((await get('?a=1&b=2')).query, { a: '1', b: '2' });
      assert.deepEqual((await get('')).query, {});
    });

    test(`${title}: duplicates can be kept or refused`, async (t) => {
      const keep = await echo(t, express, { duplicates: 'array' }, parser);
      assert.deepEqual((await keep('?a=1&a=2')).query, { a: ['1', '2'] });
      const refuse = await echo(t, express, { duplicates: 'refuse', arrays: ['b'] }, parser);
      const answer = await refuse('?a=1&a=2');
      assert.deepEqual([answer.code, answer.pointer], ['ERR_HAUBERK_QUERY_DUPLICATE', '/a']);
      assert.equal((await refuse('?b=1&b=2&a=3')).status, 200);
    });

    test(`${title}: prototype keys`, async (t) => {
      const get = await echo(t, express, undefined, parser);
      for (const query of [
        '?__proto__[x]=1',
        '?a=1&%5f_proto__=1',
        '?a%5B__proto__%5D=1',
        '?constructor[prototype][x]=1',
      ]) {
        assert.equal((await get(query)).code, 'ERR_HAUBERK_QUERY_PROTOTYPE_KEY', query);
      }
      assert.equal({}.x, undefined);
    });

    test(`${title}: operator keys are reported, or refused`, async (t) => {
      const seen = events(t);
      const get = await echo(t, express, undefined, parser);
      assert.equal((await get('?user[%24ne]=1')).status, 200);
      assert.equal(seen()[0].code, 'ERR_HAUBERK_QUERY_OPERATOR_KEY');
      const firm = await echo(t, express, { operatorKeys: 'refuse' }, parser);
      assert.deepEqual((await firm('?user[%24ne]=1')).pointer, '/user/$ne');
    });

    test(`${title}: depth, number, length, escapes and UTF-8`, async (t) => {
      const get = await echo(t, express, { parameters: 2, depth: 1, keyBytes: 10 }, parser);
      assert.equal((await get('?a=1&b=2&c=3')).code, 'ERR_HAUBERK_QUERY_PARAMETERS');
      assert.equal((await get('?a[b][c]=1')).code, 'ERR_HAUBERK_QUERY_DEPTH');
      assert.equal((await get('?abcdefghijk=1')).code, 'ERR_HAUBERK_QUERY_PARAMETERS');
      assert.equal((await get('?a=%zz')).code, 'ERR_HAUBERK_QUERY_ENCODING');
      assert.equal((await get('?a=%ff')).code, 'ERR_HAUBERK_QUERY_ENCODING');
      assert.equal((await get('?a[b]=1&c=%C3%A9')).status, 200);
    });
  }

  test(`${name}: arrays where strings are expected`, async (t) => {
    const get = await echo(t, express, undefined, 'extended');
    for (const query of ['?mail[]=a@b.co', '?mail[0]=a@b.co', '?mail=x&mail=a@b.co', '?mail[][]=a@b.co']) {
      assert.deepEqual((await get(query)).query, { mail: 'a@b.co' }, query);
    }
    assert.deepEqual((await get('?f[a]=1&f[b]=2&f[b]=3')).query, { f: { a: '1', b: '3' } });
  });

  test(`${name}: dry run changes nothing`, async (t) => {
    const seen = events(t);
    const get = await echo(t, express, { mode: 'report', duplicates: 'refuse' }, 'extended');
    assert.deepEqual((await get('?a=1&a=2')).query, { a: ['1', '2'] });
    assert.equal((await get('?a=%ff')).status, 200);
    assert.deepEqual(
      seen().map(({ code, blocked }) => [code, blocked]),
      [
        ['ERR_HAUBERK_QUERY_DUPLICATE', false],
        ['ERR_HAUBERK_QUERY_ENCODING', false],
      ],
    );
  });
}

test('options that are wrong throw', () => {
  for (const options of [
    { depth: -1 },
    { parameters: 0 },
    { duplicates: 'first' },
    { arrays: 'tag' },
    { keyBytes: '' },
  ]) {
    assert.throws(() => body.query(options), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
  assert.throws(() => body.query({ array: [] }), /did you mean arrays\?/);
});

test('corpus query-attacks', (t) => {
  const rows = corpus('query-attacks');
  if (rows === undefined) return t.skip('corpora absent: query-attacks');
  const seen = events(t);
  const stage = require('../../lib/body/query/stage');
  const { run } = stage.create(stage.parse({ depth: 100 }));
  for (const { input, expect, id } of rows) {
    const before = seen().length;
    const refused = run({ url: `/?${input}` }, {}, {});
    const proto = refused?.code === 'ERR_HAUBERK_QUERY_PROTOTYPE_KEY';
    if (expect.proto !== undefined) assert.equal(proto, expect.proto, id);
    const told = seen()
      .slice(before)
      .some(({ code }) => code === 'ERR_HAUBERK_QUERY_OPERATOR_KEY');
    if (expect.nosql_op) assert.ok(told || refused, id);
  }
  return undefined;
});
