'use strict';

/**
 * What security headers cost in a running app: a bare setHeader loop, helmet, and our presets, each above
 * the same app without any. Every contestant first sends exactly the fields of the one it is compared with.
 */

const assert = require('node:assert/strict');
const express = require('express');
const helmet = require('helmet');
const headers = require('../lib/headers');
const { compare } = require('./harness/compare');
const { Pipeline, requestBytes } = require('./harness/pipeline');

const GET = requestBytes('GET /');
const OWN = new Set(['date', 'content-length', 'content-type', 'connection', 'keep-alive', 'etag']);

/** @param {Function} [guard] @param {string} [type] */
function pipeline(guard, type = 'json') {
  const app = express();
  app.disable('x-powered-by');
  if (guard) app.use(guard);
  app.get('/', (req, res) => (type === 'json' ? res.json({ ok: true }) : res.send('<p>ok')));
  return new Pipeline(app);
}

/** The names and values that a guard adds, as they are sent. */
async function fieldsOf(guard, type) {
  const response = await pipeline(guard, type).request(GET);
  const [head] = response.split('\r\n\r\n');
  return head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(/: (.*)/s).slice(0, 2))
    .filter(([name]) => !OWN.has(name.toLowerCase()));
}

/** The least that can be done with setHeader. */
function loop(fields) {
  return (req, res, next) => {
    for (let i = 0; i < fields.length; i += 1) res.setHeader(fields[i][0], fields[i][1]);
    next();
  };
}

const sorted = (fields) => fields.map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort();

async function against(title, ours, peers, type) {
  const fields = await fieldsOf(ours, type);
  const contestants = { ...ours.named, ...peers, 'setHeader loop': loop(fields) };
  for (const peer of Object.values(contestants)) {
    assert.deepEqual(sorted(await fieldsOf(peer, type)), sorted(fields));
  }
  await race(title, contestants, type);
}

async function race(title, contestants, type) {
  const list = Object.entries({ ...contestants, 'bare Express': undefined }).map(([name, guard]) => {
    const at = pipeline(guard, type);
    return { name, run: (times) => at.run(GET, times) };
  });
  // Many short turns: what disturbs the machine then disturbs all contestants alike.
  await compare(title, list, { baseline: 'bare Express', rounds: 15, roundMs: 200 });
}

function named(name, guard) {
  return Object.assign(guard, { named: { [name]: guard } });
}

async function main() {
  const like = headers({ preset: 'helmet' });
  await against('12 fields, as helmet', named('hauberk, preset helmet', like), { helmet: helmet() }, 'json');
  await against('page, preset auto', named('hauberk, preset auto', headers()), {}, 'html');
  await against('JSON, preset auto', named('hauberk, preset auto', headers()), {}, 'json');
  await against('JSON, preset api', named('hauberk, preset api', headers({ preset: 'api' })), {}, 'json');
  await race('JSON: api against all of helmet', {
    'hauberk, preset api': headers({ preset: 'api' }),
    helmet: helmet(),
  });
}

main();
