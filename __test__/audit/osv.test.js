'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const audit = require('../../lib/audit');
const { npmEntry, osv, project } = require('./project');

/** Whether an audit with this record finds this version. */
async function finds(t, version, affected, more = {}) {
  const record = {
    id: 'T-1',
    summary: 's',
    affected: [{ package: { ecosystem: 'npm', name: 'p' }, ...affected }],
    ...more,
  };
  const cwd = project(t, {
    'package.json': {},
    'package-lock.json': {
      lockfileVersion: 3,
      packages: { '': {}, 'node_modules/p': npmEntry('p', version) },
    },
    'db/deep/er/T-1.json': record,
  });
  const report = await audit({ cwd, db: path.join(cwd, 'db') });
  return report.findings.find((one) => one.id === 'T-1');
}

const semver = (...events) => ({ ranges: [{ type: 'SEMVER', events }] });
const [introduced, fixed, last, limit] = ['introduced', 'fixed', 'last_affected', 'limit'].map(
  (kind) => (version) => ({ [kind]: version }),
);

for (const [what, affected, yes, no] of [
  ['from the beginning', semver(introduced('0')), ['0.0.0', '0.0.0-0', '9.9.9'], []],
  [
    'introduced is inclusive, fixed exclusive',
    semver(introduced('1.0.0'), fixed('2.0.0')),
    ['1.0.0', '1.9.9'],
    ['0.9.9', '2.0.0'],
  ],
  [
    'a prerelease of the fix comes before the fix',
    semver(introduced('1.0.0'), fixed('2.0.0')),
    ['2.0.0-rc.1'],
    ['1.0.0-rc.1', '2.0.1-0'],
  ],
  [
    'a fix in a prerelease',
    semver(introduced('0'), fixed('2.0.0-rc.2')),
    ['2.0.0-rc.1', '2.0.0-alpha'],
    ['2.0.0-rc.2', '2.0.0-rc.10', '2.0.0'],
  ],
  [
    'last_affected is inclusive',
    semver(introduced('0'), last('1.5.0')),
    ['1.5.0', '1.5.0-beta'],
    ['1.5.1-0', '1.5.1'],
  ],
  [
    'several intervals, in any order',
    semver(fixed('3.1.0'), introduced('3.0.0'), fixed('1.1.0'), introduced('1.0.0')),
    ['1.0.5', '3.0.9'],
    ['1.1.0', '2.0.0', '3.1.0'],
  ],
  [
    'fixed and introduced again at one version',
    semver(introduced('1.0.0'), fixed('2.0.0'), introduced('2.0.0'), fixed('3.0.0')),
    ['1.0.0', '2.0.0', '2.9.9'],
    ['3.0.0'],
  ],
  [
    'numbers are compared as numbers',
    semver(introduced('1.9.0'), fixed('1.10.0')),
    ['1.9.99'],
    ['1.10.0', '1.2.0'],
  ],
  ['limit', semver(introduced('1.0.0'), limit('2.0.0')), ['1.5.0'], ['2.0.0', '3.0.0']],
  ['any of several limits', semver(introduced('0'), limit('1.0.0'), limit('2.0.0')), ['1.5.0'], ['2.0.0']],
  ['limit without end', semver(introduced('1.0.0'), limit('*')), ['5.0.0'], ['0.1.0']],
  [
    'build metadata is ignored',
    semver(introduced('1.0.0'), fixed('1.0.1')),
    ['1.0.0+build.7'],
    ['1.0.1+build.1'],
  ],
  [
    'a list of versions',
    { versions: ['1.0.0', '1.2.0-beta.1'] },
    ['1.0.0', '1.2.0-beta.1'],
    ['1.1.0', '1.2.0'],
  ],
  [
    'a list beside ranges adds to them',
    { versions: ['5.0.0'], ...semver(introduced('0'), fixed('1.0.0')) },
    ['5.0.0', '0.5.0'],
    ['1.0.0'],
  ],
  [
    'ranges of a repository say nothing',
    { ranges: [{ type: 'GIT', repo: 'x', events: [introduced('0')] }] },
    [],
    ['1.0.0'],
  ],
  [
    'two ranges: one is enough',
    {
      ranges: [...semver(introduced('1.0.0'), fixed('1.1.0')).ranges, ...semver(introduced('2.0.0')).ranges],
    },
    ['1.0.5', '2.5.0'],
    ['1.1.0'],
  ],
]) {
  test(`ranges: ${what}`, async (t) => {
    for (const version of yes) assert.ok(await finds(t, version, affected), `${version} is affected`);
    for (const version of no)
      assert.equal(await finds(t, version, affected), undefined, `${version} is not affected`);
  });
}

test('a withdrawn record, another ecosystem and another name do not count', async (t) => {
  const all = semver(introduced('0'));
  assert.equal(await finds(t, '1.0.0', all, { withdrawn: '2026-01-01T00:00:00Z' }), undefined);
  assert.equal(await finds(t, '1.0.0', { ...all, package: { ecosystem: 'npm', name: 'q' } }), undefined);
  await assert.rejects(
    finds(t, '1.0.0', { ...all, package: { ecosystem: 'PyPI', name: 'p' } }),
    /no OSV record about an npm/,
  );
});

test('severity: the word, else CVSS 3, malware is critical, and what nobody rated is high', async (t) => {
  const all = semver(introduced('0'));
  const severity = async (more) => (await finds(t, '1.0.0', all, more))?.severity;
  assert.equal(await severity({ database_specific: { severity: 'MODERATE' } }), 'moderate');
  const vector = (score) => ({ severity: [{ type: 'CVSS_V3', score }] });
  // Scores by FIRST's calculator: 9.8, 6.1, 3.1, 10.0, 0.0.
  assert.equal(await severity(vector('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H')), 'critical');
  assert.equal(await severity(vector('CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N')), 'moderate');
  assert.equal(await severity(vector('CVSS:3.0/AV:N/AC:H/PR:L/UI:N/S:U/C:N/I:L/A:N')), 'low');
  assert.equal(await severity(vector('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H')), 'critical');
  assert.equal(await severity(vector('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N')), 'info');
  assert.equal(await severity(vector('CVSS:4.0/AV:N')), 'high');
  assert.equal(await severity({}), 'high');
  const cwd = project(t, {
    'package.json': {},
    'package-lock.json': {
      lockfileVersion: 3,
      packages: { '': {}, 'node_modules/p': npmEntry('p', '1.0.0') },
    },
    'db/m.json': osv('MAL-2026-1', 'p', [{ introduced: '0' }], { database_specific: {} }),
  });
  assert.equal((await audit({ cwd, db: path.join(cwd, 'db') })).findings[0].severity, 'critical');
});

test('the first fix above the version is named', async (t) => {
  const affected = semver(introduced('1.0.0'), fixed('1.4.0'), introduced('2.0.0'), fixed('2.0.3'));
  assert.equal((await finds(t, '1.0.0', affected)).fix, '1.4.0');
  assert.equal((await finds(t, '2.0.0', affected)).fix, '2.0.3');
});

test('a record that cannot be understood stops the audit', async (t) => {
  for (const affected of [
    semver(introduced('one')),
    semver({ since: '1' }),
    { ranges: [{ type: 'OTHER', events: [introduced('0')] }] },
    { ranges: [{ type: 'SEMVER', events: [] }] },
    { ranges: 'all' },
  ]) {
    await assert.rejects(
      finds(t, '1.0.0', affected),
      { code: 'ERR_HAUBERK_AUDIT_FAILED' },
      JSON.stringify(affected),
    );
  }
});
