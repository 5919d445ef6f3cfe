'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const errors = require('../../lib/errors');
const { expresses, serve } = require('../helpers/server');

const quiet = { logger: () => undefined };

for (const { name, express } of expresses) {
  test(`${name}: 405 names the methods that the path has, 404 stays 404`, async (t) => {
    const app = express();
    const notes = express.Router();
    notes.get('/', (_req, res) => res.json([]));
    notes.post('/', (_req, res) => res.sendStatus(201));
    notes
      .route('/:id')
      .get((_req, res) => res.json({}))
      .delete((_req, res) => res.sendStatus(204));
    notes.all('/any', (_req, res) => res.send('any'));
    app.use('/notes', notes);
    app.get('/passed', (_req, _res, next) => next());
    app.use(errors.methods(app), errors(quiet));
    const { url } = await serve(t, app);
    const ask = async (method, path) => {
      const response = await fetch(url + path, { method });
      return [response.status, response.headers.get('allow')];
    };
    assert.deepEqual(await ask('PUT', '/notes'), [405, 'GET, HEAD, POST']);
    assert.deepEqual(await ask('PATCH', '/notes/7?x=1'), [405, 'DELETE, GET, HEAD']);
    assert.deepEqual(await ask('DELETE', '/notes/7'), [204, null]);
    assert.deepEqual(await ask('PUT', '/notes/any'), [200, null]);
    assert.deepEqual(await ask('PUT', '/nowhere'), [404, null]);
    assert.deepEqual(await ask('GET', '/passed'), [404, null]);
    assert.deepEqual(await ask('HEAD', '/passed'), [404, null]);
    assert.equal((await ask('PUT', '/notes/%ff'))[0] >= 400, true);
    const { code, title } = await (await fetch(`${url}/notes`, { method: 'PUT' })).json();
    assert.equal(code, 'ERR_HAUBERK_ERRORS_METHOD');
    assert.equal(title, 'Method not allowed');
  });

  test(`${name}: of one router, mounted below it`, async (t) => {
    const app = express();
    const router = express.Router();
    router.get('/a', (_req, res) => res.send('a'));
    router.use(errors.methods(router));
    app.use('/below', router);
    app.use(errors(quiet));
    const { url } = await serve(t, app);
    const response = await fetch(`${url}/below/a`, { method: 'POST' });
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'GET, HEAD');
    assert.equal((await fetch(`${url}/below/b`, { method: 'POST' })).status, 404);
  });
}

test('what is no router is refused where it is set up', () => {
  for (const wrong of [undefined, null, {}, () => undefined, 'app', [], 7]) {
    assert.throws(() => errors.methods(wrong), { code: 'ERR_HAUBERK_ARGUMENT' });
  }
});
