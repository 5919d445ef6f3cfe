'use strict';

/**
 * How long the command takes on a generated project of 2000 source files (about 100 lines each) and a lockfile of 500
 * packages. The whole program is timed, start of Node.js included. The findings are checked first.
 */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const FILES = 2000;
const PACKAGES = 500;
const ROUNDS = 5;
/** The command, and at its end the processor time that it took, in ms. */
const PROGRAM = `process.on('exit', () => { const { user, system } = process.cpuUsage(); require('fs').writeSync(2, String((user + system) / 1000)); });
  process.argv.splice(1, 0, 'node'); process.argv = [process.argv[0], process.argv[2], ...process.argv.slice(3)]; require(process.argv[1]);`;
const BIN = path.join(__dirname, '../bin/hauberk.js');

/** @param {number} i */
function source(i) {
  const typed = i % 2 === 0;
  const handlers = Array.from({ length: 8 }, (_, n) =>
    [
      `router.${n % 2 === 0 ? 'get' : 'post'}('/items/${i}/${n}', validate(schema), async (req${typed ? ': Request' : ''}, res${typed ? ': Response' : ''}) => {`,
      '  // what a handler does, with "quotes", \'quotes\' and `templates` in its comment',
      "  const { id, name = 'unknown', tags = [] } = req.body ?? {};",
      '  const found = await store.find({ id, name: name.trim().replace(/[^a-z0-9]+/gi, "-") });',
      '  if (found === undefined) return res.status(404).json({ title: `no item ${id}`, status: 404 });',
      '  const total = found.items.filter((one) => tags.includes(one.tag)).reduce((sum, { price }) => sum + price, 0);',
      '  logger.info({ id, total, user: req.user?.id }, "item was read");',
      '  return res.json({ ...found, total, links: [`/items/${id}`, `/items/${id}/history`] });',
      '});',
      '',
    ].join('\n'),
  );
  return `import express, { type Request, type Response } from 'express';
import { validate } from 'hauberk';
import { store } from '../store';
import { logger } from '../logger';
const router = express.Router();
const schema = { body: { type: 'object', properties: { id: { type: 'string' } }, additionalProperties: false } };
${handlers.join('\n')}
export default router;
`;
}

/** @param {string} root */
function generate(root) {
  for (let i = 0; i < FILES; i += 1) {
    const folder = path.join(root, 'src', `part-${i % 40}`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `items-${i}.${i % 2 === 0 ? 'ts' : 'js'}`), source(i));
  }
  const dependencies = Object.fromEntries(
    Array.from({ length: PACKAGES }, (_, i) => [`package-${i}`, '1.0.0']),
  );
  const hash = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
  const packages = Object.fromEntries(
    Object.keys(dependencies).map((name) => [
      `node_modules/${name}`,
      { version: '1.0.0', resolved: `https://registry.example/${name}/-/${name}-1.0.0.tgz`, integrity: hash },
    ]),
  );
  fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name: 'shop', dependencies }));
  fs.writeFileSync(
    path.join(root, 'package-lock.json'),
    JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies }, ...packages } }),
  );
}

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-bench-doctor-'));
try {
  generate(root);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const args = ['doctor', '--json', '--min-score', '0', root];
    const done = spawnSync(process.execPath, ['-e', PROGRAM, '--', BIN, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const took = performance.now() - start;
    assert.equal(done.status, 0, done.stderr);
    const report = JSON.parse(done.stdout);
    assert.equal(report.looked.files, FILES);
    const status = (/** @type {string} */ id) =>
      report.checks.find((/** @type {any} */ one) => one.id === id).status;
    assert.deepEqual(
      [status('body/validation'), status('audit/lockfile'), status('headers/set')],
      ['pass', 'pass', 'fail'],
    );
    return { took, cpu: Number(done.stderr) };
  });
  const sorted = (/** @type {'took' | 'cpu'} */ what) => rounds.map((one) => one[what]).sort((a, b) => a - b);
  const say = (/** @type {number[]} */ list) =>
    `median ${Math.round(list[ROUNDS >> 1])} ms, best ${Math.round(list[0])} ms, worst ${Math.round(list[ROUNDS - 1])} ms`;
  console.log(`${FILES} files, ${PACKAGES} packages: ${say(sorted('took'))}`);
  console.log(
    `processor time, all threads (a busy machine makes the other figure longer): ${say(sorted('cpu'))}`,
  );
} finally {
  fs.rmSync(root, { recursive: true });
}
