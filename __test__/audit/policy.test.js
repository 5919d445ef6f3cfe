'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const audit = require('../../lib/audit');
const { hauberk, npmProject, project } = require('./project');

const now = new Date('2026-06-15T12:00:00Z');
const because = { reason: 'the parser never sees input', expires: '2026-12-31' };

/** Audits with these exceptions. */
async function audited(t, exceptions, options = {}) {
  const cwd = project(t, { ...npmProject(), 'policy.json': { exceptions } });
  return audit({ cwd, db: path.join(cwd, 'db'), policy: path.join(cwd, 'policy.json'), now, ...options });
}

const open = (report) =>
  report.findings.filter((one) => one.counts).map((one) => `${one.package}@${one.version} ${one.rule}`);

test('without a policy both versions count', async (t) => {
  assert.deepEqual(open(await audited(t, [])).length, 2);
});

for (const [what, exception, left] of [
  ['by advisory', { advisory: 'GHSA-1111-2222-3333' }, []],
  ['by an alias, in any case', { advisory: 'cve-2026-0001' }, []],
  ['by package', { package: 'parser' }, []],
  ['by package and range', { package: 'parser@<1' }, ['parser@1.5.0 GHSA-1111-2222-3333']],
  ['by path', { path: 'tool>parser' }, ['parser@1.5.0 GHSA-1111-2222-3333']],
  ['by path with a star', { path: '*>parser' }, []],
  ['by path with two stars', { path: 'web > ** > parser' }, ['parser@0.9.0 GHSA-1111-2222-3333']],
  [
    'all that is given must fit',
    { advisory: 'GHSA-1111-2222-3333', package: 'parser', path: 'web>parser' },
    ['parser@0.9.0 GHSA-1111-2222-3333'],
  ],
]) {
  test(`an exception ${what}`, async (t) => {
    const report = await audited(t, [{ ...exception, ...because }]);
    assert.deepEqual(open(report), left);
    assert.ok(report.findings.some((one) => one.exception?.reason === because.reason));
    assert.equal(report.exitCode, left.length === 0 ? 0 : 1);
  });
}

test('a path exception holds only where it covers every way to the package', async (t) => {
  const files = npmProject();
  files['package-lock.json'].packages[''].dependencies.parser = '^1.0.0';
  const cwd = project(t, {
    ...files,
    'p.yml': `exceptions:\n  - {path: web>parser, reason: because of it, expires: 2026-12-31}\n`,
  });
  const report = await audit({ cwd, db: path.join(cwd, 'db'), policy: path.join(cwd, 'p.yml'), now });
  assert.deepEqual(open(report).length, 3);
});

test('a lockfile rule can be excepted', async (t) => {
  const files = npmProject({
    'node_modules/s': { version: '1.0.0', resolved: 'https://r.example/s/-/s-1.0.0.tgz' },
  });
  const policy = {
    exceptions: [
      { advisory: 'lockfile/missing-integrity', package: 's', ...because },
      { package: 'parser', ...because },
    ],
  };
  const cwd = project(t, { ...files, 'policy.json': policy });
  const report = await audit({ cwd, db: path.join(cwd, 'db'), policy: path.join(cwd, 'policy.json'), now });
  assert.deepEqual(open(report), []);
});

test('an expired exception excepts nothing, and is a finding; its last day still counts', async (t) => {
  const report = await audited(t, [{ package: 'parser', reason: 'until then', expires: '2026-06-14' }], {
    level: 'critical',
  });
  assert.deepEqual(open(report), ['parser@undefined policy/expired-exception']);
  assert.equal(report.exitCode, 1);
  assert.equal(
    (await audited(t, [{ package: 'parser', reason: 'until then', expires: '2026-06-15' }])).exitCode,
    0,
  );
});

test('a stale exception is a finding', async (t) => {
  const report = await audited(t, [
    { package: 'parser', ...because },
    { package: 'gone', ...because },
  ]);
  assert.deepEqual(open(report), ['gone@undefined policy/stale-exception']);
});

test('an exception for what development needs is not stale in a production audit', async (t) => {
  const report = await audited(
    t,
    [
      { package: 'parser@<1', ...because },
      { package: 'parser@1', ...because },
    ],
    { production: true },
  );
  assert.deepEqual(open(report), []);
});

test('level and production from the policy, overruled by the caller; YAML as JSON', async (t) => {
  const cwd = project(t, {
    ...npmProject(),
    'p.yaml': 'level: critical\nproduction: true\n',
    'empty.yaml': '# nothing yet\n',
  });
  const common = { cwd, db: path.join(cwd, 'db'), policy: path.join(cwd, 'p.yaml') };
  const quiet = await audit(common);
  assert.deepEqual([quiet.exitCode, quiet.level, quiet.production], [0, 'critical', true]);
  assert.equal((await audit({ ...common, level: 'low', production: false })).counts.high, 2);
  assert.equal((await audit({ ...common, policy: path.join(cwd, 'empty.yaml') })).exitCode, 1);
});

for (const [what, policy, message] of [
  ['no reason', { exceptions: [{ package: 'a', expires: '2026-12-31' }] }, /reason is missing/],
  ['an empty reason', { exceptions: [{ package: 'a', reason: ' ', expires: '2026-12-31' }] }, /says why/],
  ['no expiry date', { exceptions: [{ package: 'a', reason: 'because' }] }, /expires is missing/],
  [
    'a day that does not exist',
    { exceptions: [{ package: 'a', reason: 'because', expires: '2026-02-30' }] },
    /must be a day/,
  ],
  [
    'a date that is none',
    { exceptions: [{ package: 'a', reason: 'because', expires: 'never' }] },
    /must be a day/,
  ],
  ['nothing named', { exceptions: [because] }, /names no advisory, package or path/],
  ['a misspelt key', { exceptions: [{ pakage: 'a', ...because }] }, /did you mean package/],
  ['a misspelt list', { exeptions: [] }, /did you mean exceptions/],
  ['a range that is none', { exceptions: [{ package: 'a@what?', ...because }] }, /range that is none/],
  ['a level that is none', { level: 'severe' }, /one of/],
  ['no list', { exceptions: {} }, /an array/],
  ['not JSON', '{', /not JSON/],
]) {
  test(`a policy with ${what}: exit 2`, async (t) => {
    const cwd = project(t, { ...npmProject(), 'policy.json': policy });
    const done = await hauberk(['audit', '--db', 'db', '--policy', 'policy.json'], { cwd });
    assert.equal(done.code, 2, done.out);
    assert.match(done.err, message);
    assert.match(done.err, /^hauberk audit: policy: [^\n]+\n$/);
  });
}

test('a policy of aliases within aliases is refused', async (t) => {
  const bomb = `a: &a [x,x]\nb: &b [*a,*a]\nexceptions: [*b,*b]\n`;
  const cwd = project(t, { ...npmProject(), 'policy.yml': bomb });
  const done = await hauberk(['audit', '--db', 'db', '--policy', 'policy.yml'], { cwd });
  assert.equal(done.code, 2);
  assert.match(done.err, /not readable YAML/);
});
