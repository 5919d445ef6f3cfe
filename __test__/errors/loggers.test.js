'use strict';

/** The real pino and winston get what happened, in their own form. */

const assert = require('node:assert/strict');
const { Writable } = require('node:stream');
const { test } = require('node:test');
const pino = require('pino');
const winston = require('winston');
const errors = require('../../lib/errors');
const { expresses, serve } = require('../helpers/server');

/** @returns {{ stream: Writable, lines: () => any[] }} */
function sink() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const lines = () =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { stream, lines };
}

const MAKERS = {
  pino: (stream) => pino(stream),
  'a child of pino': (stream) => pino(stream).child({ app: 'notes' }),
  winston: (stream) =>
    winston.createLogger({
      format: winston.format.json(),
      transports: [new winston.transports.Stream({ stream })],
    }),
};

for (const [name, make] of Object.entries(MAKERS)) {
  for (const { name: version, express } of expresses) {
    test(`${name} on ${version}: level, message, error and correlation id arrive`, async (t) => {
      const { stream, lines } = sink();
      const app = express();
      app.get('/', () => {
        throw Object.assign(new Error('lost connection'), { password: 'hunter2' });
      });
      app.get('/missing', (_req, _res, next) =>
        next(Object.assign(new Error('gone'), { status: 404, expose: true })),
      );
      app.use(errors({ logger: make(stream) }));
      const { url } = await serve(t, app);
      const { instance } = await (await fetch(`${url}/?token=abc`)).json();
      await fetch(`${url}/missing`);
      const [first, second] = lines();
      assert.equal(first.msg ?? first.message, 'request failed');
      assert.equal(first.level, name === 'winston' ? 'error' : 50);
      assert.equal(second.level, name === 'winston' ? 'warn' : 40);
      assert.equal(first.error.message, 'lost connection');
      assert.equal(first.error.password, '[redacted]');
      assert.equal(`urn:hauberk:request:${first.requestId}`, instance);
      assert.equal(first.path, '/');
      assert.equal(first.status, 500);
      assert.equal(second.status, 404);
      if (name === 'a child of pino') assert.equal(first.app, 'notes');
      assert.doesNotMatch(JSON.stringify(lines()), /hunter2|token=abc/);
    });
  }
}
