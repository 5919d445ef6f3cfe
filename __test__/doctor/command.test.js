'use strict';

/** The command as people and CI run it. */

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { default: Ajv } = require('ajv');
const { default: addFormats } = require('ajv-formats');
const doctor = require('../../lib/doctor');
const { BARE, HELMET, exampleProject } = require('./applications');
const { BIN, ROOT, check, hauberk, install, manifest, project } = require('./project');

/** As in __test__/audit/formats.test.js: the schema is of draft 4. */
const schema = { ...require('../vectors/sarif-2.1.0.json') };
delete schema.id;
delete schema.$schema;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const isSarif = ajv.compile(schema);

const bare = () => ({ ...manifest({ express: '5.3.0' }), 'app.js': BARE });
const plainEnv = { ...process.env, NO_COLOR: '' };

test('help, and every way to be wrong: exit 0 and 2', async (t) => {
  const cwd = project(t, bare());
  const help = await hauberk(['doctor', '--help']);
  assert.equal(help.code, 0);
  assert.match(help.out, /Exit codes: 0 the score is reached, 1 it is not, 2 usage, 3 could not look/);
  assert.match((await hauberk(['--help'])).out, /doctor/);
  for (const args of [
    ['--jsn'],
    ['--url'],
    ['--url', 'example.com'],
    ['--url', 'ftp://example.com'],
    ['--url', 'http://user:secret@example.com'],
    ['--json', '--sarif'],
    ['--min-score', 'high'],
    ['--min-score', '101'],
    ['--min-score', '-1'],
    ['--min-score', ''],
    ['--timeout', 'soon'],
    ['--timeout', '1'],
    ['--path', 'login'],
    ['--path', '//evil.example/'],
    ['--app', ''],
    ['--app', 'app.js', '--url', 'http://localhost'],
    ['a', 'b'],
  ]) {
    const done = await hauberk(['doctor', ...args], { cwd });
    assert.equal(done.code, 2, `${args.join(' ')}: ${done.err}`);
    assert.match(done.err, /^hauberk doctor: /);
    assert.doesNotMatch(done.err, /\n {4}at |secret@/);
  }
});

test('the score decides: exit 0 at the threshold, 1 below it', async (t) => {
  const cwd = project(t, bare());
  const { score } = await doctor({ root: cwd });
  assert.ok(score > 0 && score < 80);
  const below = await hauberk(['doctor', '--min-score', String(score + 1)], { cwd });
  assert.deepEqual([below.code, below.err], [1, `hauberk doctor: the score is below ${score + 1}\n`]);
  assert.equal((await hauberk(['doctor', '--min-score', String(score), cwd])).code, 0);
  assert.equal((await hauberk(['doctor', cwd])).code, 1, 'the default is 80');
  assert.equal((await hauberk(['doctor', cwd, '--min-score', '0'])).code, 0);
  const good = project(t, exampleProject());
  assert.equal((await hauberk(['doctor', good])).code, 0);
});

test('JSON is the report of the function', async (t) => {
  const root = project(t, bare());
  const { out } = await hauberk(['doctor', root, '--json']);
  assert.deepEqual(JSON.parse(out), JSON.parse(JSON.stringify(await doctor({ root }))));
});

test('SARIF is valid against the schema, with findings, with none, and when it could not look', async (t) => {
  const root = project(t, { ...bare(), 'a b/\u00e4.js': BARE });
  const log = JSON.parse((await hauberk(['doctor', root, '--sarif'])).out);
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors));
  const [{ results, tool }] = log.runs;
  assert.ok(results.length > 20);
  for (const one of results) assert.equal(tool.driver.rules[one.ruleIndex].id, one.ruleId);
  const secret = results.find(({ ruleId }) => ruleId === 'cookies/secret');
  assert.deepEqual(
    secret.locations.map(({ physicalLocation: { artifactLocation, region } }) => [
      artifactLocation.uri,
      region.startLine,
    ]),
    [
      ['a%20b/%C3%A4.js', 10],
      ['app.js', 10],
    ],
  );
  const report = await doctor({ root });
  const clean = { ...report, checks: report.checks.map((one) => ({ ...one, status: 'pass' })) };
  assert.ok(isSarif(JSON.parse(doctor.format(/** @type {any} */ (clean), 'sarif'))));
  const failed = await hauberk(['doctor', path.join(root, 'nowhere'), '--sarif']);
  assert.equal(failed.code, 3);
  const empty = JSON.parse(failed.out);
  assert.ok(isSarif(empty), JSON.stringify(isSarif.errors));
  assert.equal(empty.runs[0].invocations[0].executionSuccessful, false);
});

test('the text is plain where there is no terminal, and coloured only where it is wanted', async (t) => {
  const root = project(t, bare());
  // eslint-disable-next-line no-control-regex -- what colours are made of
  const colour = /\u001b\[/;
  const plain = await hauberk(['doctor', root], { env: plainEnv });
  assert.doesNotMatch(plain.out, colour);
  assert.match((await hauberk(['doctor', root, '--color'])).out, colour);
  assert.doesNotMatch((await hauberk(['doctor', root, '--color', '--no-color'])).out, colour);
  const report = await doctor({ root });
  const stripped = doctor.format(report, 'text', { color: true }).replace(/\u001b\[\d+m/g, ''); // eslint-disable-line no-control-regex
  for (const word of report.practices) assert.ok(stripped.includes(word.practice));
  assert.ok(plain.out.split('\n').every((line) => line.length <= 180));
});

test('on a terminal it is coloured, and NO_COLOR is heeded', async (t) => {
  const root = project(t, bare());
  const script = `
    Object.defineProperty(process.stdout, 'isTTY', { value: true });
    const output = { out: (text) => process.stdout.write(text), err() {} };
    require(${JSON.stringify(path.join(ROOT, 'lib/doctor/command'))}).command([${JSON.stringify(root)}], output);`;
  const run = (/** @type {object} */ env) =>
    execFileSync(process.execPath, ['-e', script], {
      env: { ...process.env, TERM: 'xterm', ...env },
      encoding: 'utf8',
    });
  assert.ok(run({ NO_COLOR: '' }).includes('\u001b['));
  assert.ok(!run({ NO_COLOR: '1' }).includes('\u001b['));
  assert.ok(!run({ NO_COLOR: '', TERM: 'dumb' }).includes('\u001b['));
});

test('the text says what to do next, the heaviest first, and --all says why checks were skipped', async (t) => {
  const root = project(t, bare());
  const { out } = await hauberk(['doctor', root]);
  assert.match(out, /^shop {2}\d+\/100/);
  assert.match(out, /Do next \(5 of \d+\)\n {2}1\. /);
  assert.match(out, /at app\.js:10 {2}express-session\(\)/);
  assert.doesNotMatch(out, /needs a running server/);
  assert.match(out, /\d+ skipped, which is not passed/);
  const all = (await hauberk(['doctor', root, '--all'])).out;
  assert.match(all, /needs a running server: --url or --app/);
  for (const { id } of (await doctor({ root })).checks) assert.ok(all.includes(id), id);
});

test('a hostile name in a project cannot move the cursor', async (t) => {
  const root = project(t, { ...bare(), 'package.json': { name: 'a\u001b[2J\u202eb' } });
  const { out } = await hauberk(['doctor', root]);
  assert.ok(!out.includes('\u001b') && !out.includes('\u202e'));
});

test('nothing of the project runs without --app', async (t) => {
  const trap = "require('node:fs').writeFileSync(__dirname + '/ran', '');\n";
  const files = { ...bare(), 'app.js': trap + BARE, 'eslint.config.js': trap, 'index.mjs': 'throw 1' };
  const root = project(t, files);
  await hauberk(['doctor', root]);
  assert.equal(fs.existsSync(path.join(root, 'ran')), false);
});

test('--app: a file that listens, one that exports, one that makes; CommonJS and ESM', async (t) => {
  const express = "const app = require('express')(); app.get('/', (req, res) => res.end('x'));\n";
  const esm =
    "import express from 'express';\nconst app = express();\napp.get('/', (req, res) => res.end('x'));\n";
  const files = {
    ...manifest({ express: '5.3.0' }),
    'listens.js': `${express}app.listen(80, '0.0.0.0');`,
    'exports.js': `${express}module.exports = app;`,
    'holds.js': `${express}exports.app = app;`,
    'makes.js': `${express}exports.createApp = async () => ({ app });`,
    'server.js': `${express}module.exports = require('node:http').createServer(app);`,
    'listens.mjs': `${esm}app.listen({ port: 80 }, () => {});`,
    'exports.mjs': `${esm}export default app;`,
    'late.js': `${express}setTimeout(() => app.listen(0), 20);`,
  };
  const root = project(t, files);
  install(root, { express: 'express' });
  for (const file of Object.keys(files).filter((name) => /^\w+\.m?js$/.test(name))) {
    const report = await doctor({ root, app: file, timeoutMs: 60_000, startTimeoutMs: 120_000 });
    assert.match(String(report.looked.url), /^http:\/\/127\.0\.0\.1:\d+\/$/, file);
    assert.equal(check(report, 'headers/observatory').status, 'fail', file);
    assert.match(report.notes.join(), /has no hauberk guard/, file);
  }
});

for (const [what, source, message] of /** @type {[string, string, RegExp][]} */ ([
  ['throws', "throw new TypeError('no database');", /ended before it listened: TypeError: no database/],
  ['ends', 'process.exit(0);', /ended before it listened/],
  ['does nothing', '', /neither listens nor exports an application/],
  [
    'exports what is no application',
    'module.exports = { a: 1 };',
    /neither listens nor exports an application/,
  ],
  ['never listens', 'setInterval(() => {}, 1000);', /did not listen within 500 ms/],
  [
    'fails while it makes the application',
    "exports.createApp = () => { throw new Error('broken'); };",
    /failed: broken/,
  ],
])) {
  test(`--app: a file that ${what}: exit 3 and the reason`, async (t) => {
    const root = project(t, { ...manifest({}), 'app.js': source });
    const startTimeoutMs = what === 'never listens' ? 500 : 60_000;
    await assert.rejects(doctor({ root, app: 'app.js', startTimeoutMs }), {
      code: 'ERR_HAUBERK_DOCTOR_FAILED',
      message,
    });
  });
}

test('--app: a file that is not there: exit 3', async (t) => {
  const done = await hauberk(['doctor', project(t, bare()), '--app', 'nothing.js']);
  assert.deepEqual([done.code, /nothing\.js does not exist/.test(done.err)], [3, true]);
});

test('the application ends with the doctor', async (t) => {
  const source = `require('node:fs').writeFileSync('pid', String(process.pid));
    process.on('SIGTERM', () => {});
    require('node:http').createServer((req, res) => res.end('x')).listen(0);`;
  const root = project(t, { ...manifest({}), 'app.js': source });
  await doctor({ root, app: 'app.js', timeoutMs: 60_000, startTimeoutMs: 120_000 });
  const pid = Number(fs.readFileSync(path.join(root, 'pid'), 'utf8'));
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('the practice is loaded without the binary, and the command runs without it', async (t) => {
  const hidden = path.join(project(t, {}), 'hide.js');
  const block = `
    const Module = require('node:module');
    const load = Module._load;
    Module._load = (name, ...rest) => {
      if (/\\.node$|binding/.test(name)) throw new Error('no binary');
      return load(name, ...rest);
    };`;
  fs.writeFileSync(hidden, block);
  const root = project(t, {
    ...manifest({ express: '5.3.0', helmet: '8.3.0', 'express-rate-limit': '8.7.4' }),
    'app.js': HELMET,
  });
  install(root, { express: 'express', helmet: 'helmet', 'express-rate-limit': 'express-rate-limit' });
  const env = { ...process.env, NODE_OPTIONS: `--require ${hidden}` };
  assert.throws(() =>
    execFileSync(process.execPath, ['-e', "require('hauberk/passwords')"], { cwd: ROOT, env, stdio: 'pipe' }),
  );
  const done = await hauberk(['doctor', root, '--app', 'app.js', '--json', '--min-score', '0'], { env });
  assert.equal(done.code, 0, done.err);
  assert.equal(JSON.parse(done.out).observatory.score, 130);
  assert.ok(fs.existsSync(BIN));
});

test('options that are wrong reject', async () => {
  await assert.rejects(doctor(/** @type {any} */ ({ rot: '.' })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /did you mean root/,
  });
  for (const options of [
    { root: 7 },
    { root: '' },
    { url: 'x' },
    { url: 7 },
    { app: '' },
    { paths: '/a' },
    { paths: ['a'] },
    { timeoutMs: 1 },
    { timeoutMs: NaN },
    { startTimeoutMs: 0 },
    { app: 'a.js', url: 'http://localhost' },
    [],
    null,
  ]) {
    await assert.rejects(
      doctor(/** @type {any} */ (options)),
      { code: 'ERR_HAUBERK_OPTION_INVALID' },
      JSON.stringify(options),
    );
  }
  const report = await doctor({ root: ROOT });
  assert.throws(() => doctor.format(report, /** @type {any} */ ('xml')), {
    code: 'ERR_HAUBERK_OPTION_INVALID',
  });
});
