'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const audit = require('../../lib/audit');
const { BIN, hauberk, npmEntry, npmProject, osv, project } = require('./project');

const ROOT = path.join(__dirname, '../..');

test('without a command, with an unknown one: usage, exit 2; help is 0', async () => {
  for (const args of [[], ['adit'], ['constructor'], ['--what']]) {
    const done = await hauberk(args);
    assert.equal(done.code, 2, args.join());
    assert.match(done.err, /hauberk COMMAND/);
  }
  assert.match((await hauberk(['--help'])).out, /audit/);
  assert.match(
    (await hauberk(['audit', '--help'])).out,
    /Exit codes: 0 clean, 1 findings, 2 usage, 3 could not audit/,
  );
  assert.equal((await hauberk(['--version'])).out.trim(), require('../../package.json').version);
});

test('usage: unknown flags and values are exit 2', async (t) => {
  const cwd = project(t, npmProject());
  for (const args of [
    ['--jsn'],
    ['--level'],
    ['--level', 'severe'],
    ['--json', '--sarif'],
    ['--lockfile', 'other.lock'],
    ['--timeout', 'soon'],
    ['--timeout', '0'],
    ['--db', ''],
    ['a', 'b'],
  ]) {
    const done = await hauberk(['audit', ...args], { cwd });
    assert.equal(done.code, 2, args.join(' '));
    assert.match(done.err, /^hauberk audit: /);
    assert.doesNotMatch(done.err, /\n {4}at /);
  }
});

test('0 clean, 1 findings; a folder can be named', async (t) => {
  const cwd = project(t, npmProject());
  assert.equal((await hauberk(['audit', '--db', path.join(cwd, 'db'), cwd])).code, 1);
  assert.equal((await hauberk(['audit', '--db', 'db', '--level', 'critical'], { cwd })).code, 0);
});

test('options that are wrong reject', async () => {
  await assert.rejects(audit({ levle: 'high' }), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    message: /did you mean level/,
  });
  for (const options of [
    { level: 'none' },
    { production: 'yes' },
    { timeoutMs: 1 },
    { cwd: 7 },
    { now: 'today' },
    { registry: 'x' },
    { snyk: '' },
    [],
  ]) {
    await assert.rejects(audit(options), { code: 'ERR_HAUBERK_OPTION_INVALID' }, JSON.stringify(options));
  }
});

const SNYK = {
  ok: false,
  dependencyCount: 4,
  packageManager: 'npm',
  projectName: 'shop',
  vulnerabilities: [
    {
      id: 'SNYK-JS-PARSER-1',
      title: 'Reads too far',
      severity: 'critical',
      packageName: 'parser',
      version: '1.5.0',
      from: ['shop@1.0.0', 'web@1.0.0', 'parser@1.5.0'],
      identifiers: { CVE: ['CVE-2026-0001'], CWE: ['CWE-125'], GHSA: ['GHSA-1111-2222-3333'] },
      fixedIn: ['1.9.0'],
    },
    {
      id: 'SNYK-JS-WEB-2',
      title: 'Something else',
      severity: 'medium',
      packageName: 'web',
      version: '1.0.0',
      from: ['shop@1.0.0', 'web@1.0.0'],
      identifiers: { CVE: [], CWE: [] },
      fixedIn: [],
    },
  ],
};

test("Snyk's JSON is merged: one finding where ids are shared, the higher severity holds", async (t) => {
  const cwd = project(t, {
    ...npmProject(),
    'snyk.json': SNYK,
    'many.json': [SNYK, { ...SNYK, vulnerabilities: [] }],
  });
  for (const name of ['snyk.json', 'many.json']) {
    const report = await audit({ cwd, db: path.join(cwd, 'db'), snyk: path.join(cwd, name) });
    const rows = report.findings.map((one) => [one.package, one.version, one.severity, one.sources.join()]);
    assert.deepEqual(rows, [
      ['parser', '1.5.0', 'critical', 'osv,snyk'],
      ['parser', '0.9.0', 'high', 'osv'],
      ['web', '1.0.0', 'moderate', 'snyk'],
    ]);
    assert.ok(report.findings[0].aliases.includes('SNYK-JS-PARSER-1'));
    assert.deepEqual(report.sources, ['osv', 'snyk']);
  }
});

for (const [what, output, message] of [
  [
    'an error of its own',
    { ok: false, error: 'Authentication error: use snyk auth', path: '.' },
    /snyk could not test: Authentication error/,
  ],
  ['something else', { hello: 1 }, /no output of "snyk test --json"/],
  ['nothing', [], /holds no project/],
  ['a broken vulnerability', { vulnerabilities: [{ id: 'x' }] }, /without an id/],
  ['no JSON', 'oops', /not JSON/],
]) {
  test(`Snyk says ${what}: exit 3`, async (t) => {
    const cwd = project(t, { ...npmProject(), 'snyk.json': output });
    const done = await hauberk(['audit', '--db', 'db', '--snyk', 'snyk.json'], { cwd });
    assert.equal(done.code, 3);
    assert.match(done.err, message);
  });
}

for (const { what, exitCode, output, fails } of require('../vectors/snyk.json').cases) {
  test(`real output of Snyk: ${what}`, async (t) => {
    const files = {
      ...npmProject({ 'node_modules/minimist': npmEntry('minimist', '1.2.5') }),
      'snyk.json': output,
      'db/GHSA-xvch-5gv4-984h.json': osv(
        'GHSA-xvch-5gv4-984h',
        'minimist',
        [{ introduced: '1.0.0' }, { fixed: '1.2.6' }],
        {
          database_specific: { severity: 'LOW' },
        },
      ),
    };
    const args = ['audit', '--db', 'db', '--json', '--snyk'];
    const fromFile = await hauberk([...args, 'snyk.json'], { cwd: project(t, files) });
    const says = `process.stdout.write(${JSON.stringify(JSON.stringify(output))}, () => process.exit(${exitCode}));`;
    const ran = await hauberk([...args, 'run'], { cwd: withProgram(t, says, files) });
    for (const { code, out, err } of [fromFile, ran]) {
      assert.equal(code, fails === undefined ? 1 : 3, err);
      if (fails !== undefined) {
        assert.match(err, new RegExp(`^hauberk audit: could not audit: snyk could not test: [^\n]*${fails}`));
        continue;
      }
      const one = JSON.parse(out).findings.find((finding) => finding.package === 'minimist');
      const found = (Array.isArray(output) ? output : [output]).some((each) => each.ok === false);
      assert.deepEqual([one.severity, one.sources], found ? ['moderate', ['osv', 'snyk']] : ['low', ['osv']]);
      if (found) assert.ok(one.aliases.includes('SNYK-JS-MINIMIST-2429795'));
    }
  });
}

test('of several fixed versions the next one is named, never an older one', async (t) => {
  const of = (/** @type {object} */ more) => ({
    vulnerabilities: [{ ...SNYK.vulnerabilities[1], ...more }],
  });
  for (const [more, fix] of [
    [{ fixedIn: ['0.2.4', '3.0.0', '1.2.6'] }, '1.2.6'],
    [{ fixedIn: ['0.2.4', '1.2.6'], nearestFixedInVersion: '1.3.0' }, '1.3.0'],
    [{ fixedIn: ['0.2.4'] }, undefined],
    [{ fixedIn: ['next'] }, undefined],
    [{ fixedIn: undefined }, undefined],
    [{ fixedIn: ['2.0.0'], version: 'local' }, '2.0.0'],
  ]) {
    const cwd = project(t, { ...npmProject(), 'snyk.json': of(more) });
    const report = await audit({ cwd, db: path.join(cwd, 'db'), snyk: path.join(cwd, 'snyk.json') });
    assert.equal(report.findings.find(({ package: name }) => name === 'web').fix, fix, JSON.stringify(more));
  }
});

/** A program in the place of the Snyk CLI that answers as its documentation says. */
function withProgram(t, script, files = npmProject()) {
  const cwd = project(t, { ...files, 'node_modules/.bin/snyk': `#!${process.execPath}\n${script}` });
  fs.chmodSync(path.join(cwd, 'node_modules/.bin/snyk'), 0o755);
  return cwd;
}

test('--snyk run: the installed program is run; exit code 1 means findings, 2 and 3 and silence mean exit 3', async (t) => {
  const says = (output, code) =>
    `process.stdout.write(${JSON.stringify(output)}, () => process.exit(${code}));`;
  for (const [script, code] of [
    [says(JSON.stringify(SNYK), 1), 1],
    [says(JSON.stringify({ ok: false, error: 'no token' }), 2), 3],
    [says('', 2), 3],
    [says('', 0), 3],
    ['setTimeout(() => {}, 60000)', 3],
  ]) {
    const cwd = withProgram(t, script);
    const done = await hauberk(['audit', '--db', 'db', '--snyk', 'run', '--timeout', '2000'], { cwd });
    assert.equal(done.code, code, done.err);
    if (code === 1) assert.match(done.out, /SNYK-JS-WEB-2/);
    else assert.match(done.err, /^hauberk audit: could not audit: [^\n]+\n$/);
  }
});

test('Snyk not installed: exit 3', async (t) => {
  const cwd = project(t, npmProject());
  const done = await hauberk(['audit', '--db', 'db', '--snyk', 'run'], { cwd, env: { PATH: cwd } });
  assert.equal(done.code, 3);
  assert.match(done.err, /snyk is not installed/);
});

/** Which modules a program has loaded at its end. */
function loaded(code) {
  const script = `${code}; console.log(JSON.stringify(Object.keys(require.cache)))`;
  return JSON.parse(
    execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }).split('\n').at(-2),
  );
}

const OF_COMMANDS = /node_modules[\\/](semver|yaml)[\\/]|lib[\\/]audit[\\/](run|policy|yaml|source|lockfile)/;

test('the middleware never loads semver or yaml, nor the audit itself', () => {
  const files = loaded(
    "const app = require('express')(); const guard = require('hauberk')(); app.use(guard); app.use(guard.errors)",
  );
  assert.ok(files.length > 30);
  assert.deepEqual(
    files.filter((file) => OF_COMMANDS.test(file)),
    [],
  );
  assert.deepEqual(
    loaded("require('hauberk/audit')").filter((file) => OF_COMMANDS.test(file)),
    [],
  );
});

test('the command needs no native binary', async (t) => {
  const cwd = project(t, {
    ...npmProject(),
    'block.js': `const Module = require('node:module'); const load = Module._load;
      Module._load = (name, ...rest) => { if (/\\.node$|binding/.test(name)) throw new Error('no binary'); return load(name, ...rest); };`,
  });
  const script = ['--require', path.join(cwd, 'block.js'), BIN, 'audit', '--db', 'db'];
  try {
    execFileSync(process.execPath, script, { cwd, encoding: 'utf8', stdio: 'pipe' });
    assert.fail('there are findings');
  } catch (error) {
    assert.equal(error.status, 1, error.stderr);
    assert.match(error.stdout, /2 findings/);
  }
});
