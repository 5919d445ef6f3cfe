'use strict';

/**
 * The whole guard on a JSON POST against helmet + express-rate-limit + express.json + an error handler: CPU
 * per request above bare Express 5. One process per variant, taking turns, so that no variant pays for
 * another's garbage or shapes; bytes are fed through an in-process stream into a real `http` server.
 */

const assert = require('node:assert/strict');
const { median, format } = require('./harness/compare');
const { measureRounds, answerRounds } = require('./harness/rounds');

const VARIANTS = ['bare', 'hauberk', 'peers'];
const ROUNDS = 15;
const REQUESTS = 15_000;
const WARM_UP = 20_000;

const BODY = { name: 'newcomer', email: 'newcomer@example.org', text: 'x'.repeat(130), tags: ['a', 'b'] };

if (process.argv[2] === undefined) main();
else worker(process.argv[2]);

/** @param {string} variant */
function build(variant) {
  const express = require('express');
  const app = express();
  if (variant === 'bare') {
    app.post('/notes', (_req, res) => res.json({ ok: true, name: BODY.name }));
    return app;
  }
  const handler = (/** @type {any} */ req, /** @type {any} */ res) =>
    res.json({ ok: true, name: req.body.name });
  if (variant === 'hauberk') {
    const guard = require('..')({ ratelimit: { limit: 50_000_000, burst: 50_000_000 } });
    app.use(guard);
    app.post('/notes', handler);
    app.use(guard.errors);
    return app;
  }
  app.use(require('helmet')());
  app.use(
    require('express-rate-limit').rateLimit({
      windowMs: 60_000,
      limit: 1e9,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
    }),
  );
  app.use(express.json());
  app.post('/notes', handler);
  app.use((/** @type {any} */ error, _req, /** @type {any} */ res, _next) =>
    res.status(error.status ?? 500).json({ title: 'failed' }),
  );
  return app;
}

/** @param {string} variant */
function worker(variant) {
  const { Pipeline, requestBytes } = require('./harness/pipeline');
  const bytes = requestBytes('POST /notes', BODY);
  return answerRounds(new Pipeline(build(variant)), bytes, { warmUp: WARM_UP, requests: REQUESTS });
}

async function main() {
  const workers = await measureRounds({
    file: __filename,
    names: VARIANTS,
    flags: ['--expose-gc'],
    rounds: ROUNDS,
    check(answer, variant) {
      assert.match(answer, /^HTTP\/1\.1 200 /, variant);
      assert.match(answer, /\{"ok":true,"name":"newcomer"\}$/, variant);
    },
  });
  const [bare, ours, peers] = workers.map(({ samples }) => median(samples));
  console.log(
    `\nThe guard on a JSON POST, CPU per request (Node.js ${process.version}, median of ${ROUNDS} rounds)`,
  );
  console.log(`  bare Express 5                       ${format(bare).padStart(12)}`);
  console.log(`  hauberk()                            ${`+ ${format(ours - bare)}`.padStart(12)}`);
  console.log(`  helmet + express-rate-limit + json   ${`+ ${format(peers - bare)}`.padStart(12)}`);
  console.log(
    `  ours / peers                         ${((ours - bare) / (peers - bare)).toFixed(2).padStart(12)}`,
  );
}
