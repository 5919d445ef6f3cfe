'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { default: Ajv } = require('ajv');
const { default: addFormats } = require('ajv-formats');
const parse5 = require('parse5');
const audit = require('../../lib/audit');
const { hauberk, npmProject, osv, project, BELOW_2 } = require('./project');

/**
 * The schema of SARIF 2.1.0 (rtm.5), as the package @microsoft/jest-sarif 1.0.0-beta.0 (MIT) carries it. It is of
 * draft 4, whose `id` is a plain word to the drafts that ajv reads; one of its patterns is none in Unicode mode.
 */
const schema = { ...require('../vectors/sarif-2.1.0.json') };
delete schema.id;
delete schema.$schema;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const isSarif = ajv.compile(schema);

const HOSTILE = 'a <b> & "c" \u001b[2J\u0000\ud800 \u202e ]]> --';

async function reportOf(t, more = {}) {
  const files = npmProject({ 'node_modules/script': { version: '1.0.0', hasInstallScript: true } });
  const policy = { exceptions: [{ package: 'parser@<1', reason: HOSTILE, expires: '2099-01-01' }] };
  const hostile = osv('T-2', 'web', BELOW_2, {
    summary: HOSTILE,
    references: [{ type: 'ADVISORY', url: 'java<script>' }],
  });
  const cwd = project(t, { ...files, 'policy.json': policy, 'db/T-2.json': hostile, ...more });
  return audit({ cwd, db: path.join(cwd, 'db'), policy: path.join(cwd, 'policy.json') });
}

test('SARIF is valid against the schema, with findings, without, and when the audit could not be done', async (t) => {
  const report = await reportOf(t);
  const log = JSON.parse(audit.format(report, 'sarif'));
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors));
  const [{ results, tool, invocations }] = log.runs;
  assert.equal(results.length, report.findings.length);
  assert.ok(results.length >= 4);
  for (const one of results) assert.equal(tool.driver.rules[one.ruleIndex].id, one.ruleId);
  assert.equal(results.filter((one) => one.suppressions).length, 1);
  assert.equal(invocations[0].exitCode, 1);
  const clean = { ...report, findings: [], clean: true, exitCode: 0 };
  assert.ok(isSarif(JSON.parse(audit.format(clean, 'sarif'))));
  const error = await audit({ cwd: '/nowhere/at/all' }).catch((thrown) => thrown);
  const failed = JSON.parse(audit.format(error, 'sarif'));
  assert.ok(isSarif(failed), JSON.stringify(isSarif.errors));
  assert.equal(failed.runs[0].invocations[0].executionSuccessful, false);
  assert.equal(isSarif({ ...log, version: '2.0.0' }), false, 'the schema refuses what is wrong');
});

test('SARIF gives no id twice and no fingerprint twice', async (t) => {
  const { runs } = JSON.parse(audit.format(await reportOf(t), 'sarif'));
  const ids = runs[0].tool.driver.rules.map((one) => one.id);
  const prints = runs[0].results.map((one) => one.partialFingerprints['hauberkAudit/v1']);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(new Set(prints).size, prints.length);
});

test('JUnit: counts are right, hostile text stays text', async (t) => {
  const report = await reportOf(t);
  const xml = audit.format(report, 'junit');
  const failures = report.findings.filter((one) => one.counts).length;
  const total = report.findings.length;
  assert.match(
    xml,
    new RegExp(
      `^<\\?xml[^\n]+\n<testsuites tests="${total}" failures="${failures}" errors="0" skipped="${total - failures}">`,
    ),
  );
  assert.equal(xml.match(/<testcase /g).length, total);
  assert.equal(xml.match(/<failure /g).length, failures);
  assert.equal(xml.match(/<skipped /g).length, total - failures);
  // eslint-disable-next-line no-control-regex -- what XML cannot hold
  assert.doesNotMatch(xml, /<b>|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  assert.ok(xml.isWellFormed());
  const tags = new Set();
  const visit = (node) => {
    if (node.tagName) tags.add(node.tagName);
    node.childNodes?.forEach(visit);
  };
  visit(parse5.parseFragment(xml.replaceAll('/>', '></x>')));
  assert.ok(
    [...tags].every((tag) =>
      ['testsuites', 'testsuite', 'testcase', 'failure', 'skipped', 'x'].includes(tag),
    ),
    [...tags].join(),
  );
});

test('a clean JUnit report has one case that passes, a failed one an error', async (t) => {
  const report = await reportOf(t);
  assert.match(audit.format({ ...report, findings: [] }, 'junit'), /tests="1" failures="0" errors="0"/);
  const error = await audit({ cwd: '/nowhere/at/all' }).catch((thrown) => thrown);
  assert.match(audit.format(error, 'junit'), /errors="1".*<error message="/s);
});

test('the table: worst first, control characters made harmless, exceptions named', async (t) => {
  const table = audit.format(await reportOf(t));
  // eslint-disable-next-line no-control-regex -- no escape sequence may reach a terminal
  assert.doesNotMatch(table, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  assert.match(
    table,
    /high\s+parser@1\.5\.0\s+GHSA-1111-2222-3333\n {4}summary of GHSA-1111-2222-3333\n {4}by web > parser\n {4}fixed in 2\.0\.0/,
  );
  assert.match(table, /excepted until 2099-01-01: parser@0\.9\.0/);
  assert.match(table, /1 below the level low/);
});

test('JSON is the report', async (t) => {
  const report = await reportOf(t);
  assert.deepEqual(JSON.parse(audit.format(report, 'json')), JSON.parse(JSON.stringify(report)));
});

test('a format that is not known throws', () => {
  assert.throws(() => audit.format({}, 'yaml'), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  assert.throws(() => audit.format({}, 'constructor'), { code: 'ERR_HAUBERK_OPTION_INVALID' });
});

test('the command prints each format, and says in it when it could not audit', async (t) => {
  const cwd = project(t, npmProject());
  for (const [flag, looks] of [
    ['--json', /^\{/],
    ['--sarif', /^\{/],
    ['--junit', /^<\?xml/],
  ]) {
    const done = await hauberk(['audit', flag, '--db', 'db'], { cwd });
    assert.deepEqual([done.code, done.err], [1, '']);
    assert.match(done.out, looks);
    const failed = await hauberk(['audit', flag, '--db', 'none'], { cwd });
    assert.equal(failed.code, 3);
    assert.match(failed.out, looks);
    assert.match(failed.err, /does not exist/);
  }
});
