'use strict';

/** The types: what TypeScript knows behind `validate`, with the types of Express 5. */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const validate = require('../../lib/validate');

const ROOT = path.join(__dirname, '../..');
const TSC = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

const PROGRAM = `
import express from 'express';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import validate from '../../lib/validate/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Equal<A, B>): void {}

const app = express();
interface Note { title: string; pinned?: boolean }
const note: validate.JsonSchema<Note> = { type: 'object', properties: { title: { type: 'string' } } };

app.post('/json', validate({ body: note }), (req, res) => {
  same<typeof req.body, Note>(true);
  // @ts-expect-error no such property
  res.json(req.body.titel);
});
app.post('/zod', validate({ body: z.object({ email: z.string(), age: z.coerce.number() }) }), (req, res) => {
  same<typeof req.body, { email: string; age: number }>(true);
  // @ts-expect-error no such property
  res.json(req.body.emial);
});
app.post('/valibot', validate({ body: v.object({ email: v.string() }), query: v.object({ page: v.number() }) }), (req, res) => {
  same<typeof req.body, { email: string }>(true);
  same<typeof req.query.page, number>(true);
  res.json({});
});
app.post('/arktype/:id', validate({ body: type({ email: 'string' }) }), async (req, res) => {
  same<typeof req.body.email, string>(true);
  res.json({});
});
app.post('/plain', validate({ body: { type: 'object' } }), (req, res) => { res.json(req.body.anything); });
app.post(
  '/chains',
  validate.body('email').isEmail().normalizeEmail().bail(),
  validate.checkExact([validate.body('a').isInt({ min: 1 }).toInt()]),
  validate.oneOf([validate.query('b').isUUID(4), [validate.header('c').exists()]]),
  ...validate.checkSchema({ d: { isInt: true } }),
  (req, res) => {
    const result = validate.validationResult(req);
    const data = validate.matchedData<{ email: string }>(req);
    same<typeof data.email, string>(true);
    res.json(result.isEmpty() ? data : result.array().map((error) => error.msg));
  },
);
const names: Record<keyof typeof validate, 1> = NAMES;
// @ts-expect-error misspelt option
validate({ boddy: {} });
// @ts-expect-error no such mode
validate({ body: {}, unknown: 'drop' });
// @ts-expect-error no such rule
validate.body('x').isEmial();
`;

test('what is validated has its type in the handlers behind', () => {
  // Beside the sources, so that the packages of this repository are found.
  const folder = fs.mkdtempSync(path.join(ROOT, '__test__', '.types-'));
  const file = path.join(folder, 'program.mts');
  const names = Object.fromEntries(Object.keys(validate).map((name) => [name, 1]));
  fs.writeFileSync(file, PROGRAM.replace('NAMES', JSON.stringify(names)));
  try {
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'node16',
      '--moduleResolution',
      'node16',
    ];
    const more = ['--esModuleInterop', '--target', 'es2022', '--ignoreConfig', file];
    const done = spawnSync(process.execPath, [TSC, ...flags, ...more], { cwd: ROOT, encoding: 'utf8' });
    assert.equal(done.status, 0, done.stdout + done.stderr);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
