'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const errors = require('../../lib/errors');
const { serve } = require('../helpers/server');
const express = require('express');

async function recordOf(t, error, options = {}, path = '/x') {
  const records = [];
  const app = express();
  app.use((req, res, next) => next(error));
  app.use(errors({ logger: (record) => records.push(record), ...options }));
  const { url } = await serve(t, app);
  await fetch(url + path);
  return records[0];
}

describe('errors: the log', () => {
  it('holds the stack, the causes and the own properties', async (t) => {
    const cause = Object.assign(new Error('connection lost'), { code: 'ECONNRESET', port: 5432 });
    const record = await recordOf(t, new TypeError('query failed', { cause }), {}, '/x?token=abc');
    assert.equal(record.level, 'error');
    assert.equal(record.path, '/x');
    assert.equal(record.status, 500);
    assert.equal(record.error.name, 'TypeError');
    assert.match(record.error.stack[0], /^at /);
    assert.deepEqual(
      { ...record.error.cause, stack: undefined },
      { name: 'Error', message: 'connection lost', stack: undefined, code: 'ECONNRESET', port: 5432 },
    );
    assert.doesNotMatch(JSON.stringify(record), /token|abc/);
  });

  it('redacts secrets by name and by shape', async (t) => {
    const error = new Error('login with password=hunter2 failed, url postgres://app:hunter2@db/x');
    Object.assign(error, {
      config: {
        headers: { Authorization: 'Bearer hunter2', Cookie: 'sid=hunter2', 'X-Api-Key': 'hunter2' },
        data: '{"pin":"hunter2"}',
        note: 'Authorization: Basic aHVudGVyMg==; then "apiKey":"hunter2" and token: hunter2,',
      },
      userPassword: 'hunter2',
      hash: '$argon2id$v=19$m=19456,t=2,p=1$aHVudGVyMg$hunter2',
      jwt_: 'eyJhbGciOiJIUzI1NiJ9.hunter2.sig',
      text: 'see eyJhbGciOiJIUzI1NiJ9.hunter2.sig',
      PlayerNumber: 'hunter2',
    });
    const record = await recordOf(t, error, { redact: ['playernumber'] });
    assert.doesNotMatch(JSON.stringify(record), /hunter2|aHVudGVyMg/);
    assert.match(record.error.message, /login with password=\[redacted\] failed/);
  });

  it('cannot be forged: CR, LF, ANSI, bidi, separators, lone surrogates, fake frames', async (t) => {
    const message = 'x\r\n2026-01-01 INFO fine\u001b[2J\u202eabc\u2028\u0007\ud800\n    at fake (/x.js:1:1)';
    const record = await recordOf(t, Object.assign(new Error(message), { 'a\nb': 'c\nd' }));
    for (const text of strings(record)) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    assert.match(record.error.message, /^x\\u000d\\u000a2026/);
    assert.ok(!record.error.stack.some((frame) => /fake/.test(frame)));
    assert.ok(record.error.stack.length > 0);
  });

  it('escapes the path', async (t) => {
    const record = await recordOf(t, new Error('x'), {}, '/a%0Ab');
    assert.equal(record.path, '/a%0Ab');
  });

  it('stays linear on hostile text', async (t) => {
    const parts = [
      'password',
      'token: ',
      '://',
      '"secret":"',
      'eyJ',
      '$argon2id$',
      'a/'.repeat(9),
      '\\',
      ' at (',
    ];
    for (const part of parts) {
      const error = Object.assign(new Error(part.repeat(200_000)), { status: 400, expose: true });
      const start = process.cpuUsage().user;
      const record = await recordOf(t, error);
      assert.ok(process.cpuUsage().user - start < 2e6, `${part} took seconds`);
      assert.ok(record.error.message.length < 60_000);
    }
  });

  it('writes one line of JSON to stderr by default, and to a console', async (t) => {
    const lines = [];
    const original = console.error;
    console.error = (...args) => lines.push(args);
    try {
      await recordOf(t, new Error('boom'), { logger: undefined });
      await recordOf(t, new Error('boom'), { logger: console });
    } finally {
      console.error = original;
    }
    for (const args of lines) {
      assert.equal(args.length, 1);
      assert.equal(JSON.parse(args[0]).error.message, 'boom');
    }
    assert.equal(lines.length, 2);
  });

  it('calls pino, winston and simple loggers as they expect', async (t) => {
    const calls = [];
    const error = (...args) => calls.push(args);
    await recordOf(t, new Error('a'), { logger: { error, warn: () => assert.fail(), bindings() {} } });
    assert.equal(calls[0][1], 'request failed');
    assert.equal(calls[0][0].error.message, 'a');
    assert.ok(!('level' in calls[0][0]));
    await recordOf(t, new Error('b'), { logger: { error } });
    assert.equal(calls[1].length, 1);
    assert.equal(calls[1][0].message, 'request failed');
    const warned = [];
    const logger = { error: () => assert.fail(), warn: (record) => warned.push(record) };
    await recordOf(t, Object.assign(new Error('c'), { status: 404 }), { logger });
    assert.equal(warned[0].status, 404);
  });

  it('logs unanswered requests only when asked to', async (t) => {
    for (const logNotFound of [false, true]) {
      const records = [];
      const app = express();
      app.use(errors({ logger: (record) => records.push(record), logNotFound }));
      const { url } = await serve(t, app);
      await fetch(`${url}/none`);
      assert.equal(records.length, logNotFound ? 1 : 0);
    }
  });
});

describe('errors: options', () => {
  it('throws on unknown and invalid ones', () => {
    assert.throws(() => errors({ details: true }), {
      code: 'ERR_HAUBERK_OPTION_UNKNOWN',
      message: /detail\?/,
    });
    const bad = [
      ...[{ detail: 1 }, { detail: 'true' }, { logger: {} }, { logger: null }, { logger: 'console' }],
      ...[{ logNotFound: 0 }, { redact: 'x' }, { redact: [''] }, { redact: [1] }, { mode: 'off' }],
      ...[0, -1, 1.5, NaN, '5', 86_401].map((retryAfterSeconds) => ({ retryAfterSeconds })),
      ...[null, [], 'x', 1],
    ];
    for (const options of bad) assert.throws(() => errors(options), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  });

  it('gives an array of two, and the 404 alone', () => {
    assert.deepEqual(
      errors().map((fn) => fn.length),
      [3, 4],
    );
    assert.equal(errors.notFound().length, 3);
  });
});

function* strings(value) {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* strings(inner);
    }
  }
}
