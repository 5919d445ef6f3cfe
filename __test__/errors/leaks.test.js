'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const hauberk = require('../..');
const errors = require('../../lib/errors');
const { corpus } = require('../helpers/corpora');
const { events } = require('../helpers/events');
const { expresses, serve } = require('../helpers/server');

const LEAKS = {
  'a stack trace': new Error('boom').stack,
  'a stack trace in JSON': { stack: new Error('boom').stack },
  'a database error': 'SQLITE_CONSTRAINT: UNIQUE constraint failed: users.mail',
  'a path of the application': `cannot open ${process.cwd()}/secret.txt`,
};
const HARMLESS = [
  'meet me at noon:30',
  'the update to the table was 10:20:30 late',
  { time: 'at 10:20:30' },
  '<p>at the (end) of 2024:10:10</p>'.repeat(3),
];

for (const { name, express } of expresses) {
  for (const mode of /** @type {const} */ (['report', 'replace'])) {
    test(`${name}, ${mode}: each kind of leak is found, however it leaves`, async (t) => {
      const seen = events(t);
      const app = express();
      app.use(hauberk({ errors: { leaks: mode, logger: () => undefined }, ratelimit: false }));
      for (const [i, body] of Object.values(LEAKS).entries()) {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        app.get(`/send/${i}`, (_req, res) => res.send(body));
        app.get(`/end/${i}`, (_req, res) => res.end(text));
        app.get(`/bytes/${i}`, (_req, res) => res.type('text').send(Buffer.from(text)));
      }
      const { url } = await serve(t, app);
      for (const [i, what] of Object.keys(LEAKS).entries()) {
        for (const way of ['send', 'end', 'bytes']) {
          seen().length = 0;
          const response = await fetch(`${url}/${way}/${i}`);
          const text = await response.text();
          assert.equal(seen().length, 1, `${way} ${what}`);
          assert.equal(seen()[0].code, 'ERR_HAUBERK_ERRORS_LEAK');
          assert.equal(seen()[0].event, 'sensitive_read');
          assert.equal(seen()[0].blocked, mode === 'replace');
          assert.match(seen()[0].detail, new RegExp(what.replace(' in JSON', '')));
          assert.equal(response.status, mode === 'replace' ? 500 : 200);
          if (mode === 'replace') assert.doesNotMatch(text, /boom|SQLITE|secret\.txt/);
        }
      }
    });
  }

  test(`${name}: ordinary text, images, and encoded bodies are left alone`, async (t) => {
    const seen = events(t);
    const app = express();
    app.use(errors.leaks({ leaks: 'replace' }));
    HARMLESS.forEach((body, i) => app.get(`/${i}`, (_req, res) => res.send(body)));
    app.get('/image', (_req, res) => res.type('image/png').send(Buffer.from(LEAKS['a database error'])));
    const { url } = await serve(t, app);
    for (const path of [...HARMLESS.keys(), 'image'])
      assert.equal((await fetch(`${url}/${path}`)).status, 200, path);
    assert.deepEqual(seen(), []);
  });

  test(`${name}: a leak across two chunks of a stream cuts the connection, or is told`, async (t) => {
    const seen = events(t);
    const app = express();
    const stream = (_req, res) => {
      res.type('text');
      res.write('so far so good SQLITE_');
      setTimeout(() => res.end('CONSTRAINT: more'), 20);
    };
    app.get('/report', errors.leaks(), stream);
    app.get('/replace', errors.leaks({ leaks: 'replace' }), stream);
    const { url } = await serve(t, app);
    assert.match(await (await fetch(`${url}/report`)).text(), /SQLITE_CONSTRAINT/);
    await assert.rejects(async () => (await fetch(`${url}/replace`)).text());
    assert.deepEqual(
      seen().map(({ blocked }) => blocked),
      [false, true],
    );
  });
}

test('the default: off, but told in dry run in development; and the option is checked', async (t) => {
  const before = process.env.NODE_ENV;
  t.after(() => (process.env.NODE_ENV = before));
  const { express } = expresses[1];
  const found = async (environment, mode) => {
    process.env.NODE_ENV = environment;
    const seen = [];
    const channel = require('node:diagnostics_channel').channel('hauberk:event');
    const listen = ({ code }) => seen.push(code);
    channel.subscribe(listen);
    const app = express();
    app.use(hauberk({ mode }));
    app.get('/', (_req, res) => res.send(LEAKS['a database error']));
    const { url } = await serve(t, app);
    await fetch(url);
    channel.unsubscribe(listen);
    return seen.includes('ERR_HAUBERK_ERRORS_LEAK');
  };
  assert.equal(await found('development', 'report'), true);
  assert.equal(await found('development', 'enforce'), false);
  assert.equal(await found('production', 'report'), false);
  for (const wrong of ['on', true, null, 1]) {
    assert.throws(() => errors({ leaks: wrong }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  }
});

// 955 are web shells and 956 is the source of templates: nothing that an error leaks.
const OUT_OF_SCOPE = /RESPONSE-95[56]-/;

test('error-leakage data: errors of databases and frameworks are found, ordinary text is not', async (t) => {
  const rows = corpus('error-leakage');
  if (rows === undefined) return t.skip('corpora absent: error-leakage');
  const seen = events(t);
  const app = expresses[1].express();
  app.use(errors.leaks());
  app.get('/:row', (req, res) => res.send(bodyOf(rows[Number(req.params.row)])));
  const { url } = await serve(t, app);
  let looked = 0;
  for (const [i, row] of rows.entries()) {
    if (row.expect.leak && OUT_OF_SCOPE.test(row.cat)) continue;
    looked += 1;
    seen().length = 0;
    assert.equal(await (await fetch(`${url}/${i}`)).text(), bodyOf(row));
    assert.equal(seen().length, row.expect.leak ? 1 : 0, `${row.id} ${row.input}`);
  }
  assert.ok(looked >= 30, `${looked} rows`);
});

/** @param {{ input: string }} row a body, or an object that has it */
function bodyOf({ input }) {
  return input.startsWith('{') ? JSON.parse(input).body : input;
}
