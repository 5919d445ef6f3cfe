'use strict';

const manifest = require('../../../package.json');

/** @typedef {import('../index').Check} Check */

const PAGE = 'https://github.com/hauberk/hauberk/blob/main/docs/doctor.md';
/** The middle of CVSS bands, by weight; code-scanning services sort by it. */
const SCORES = ['0.0', '2.0', '5.5', '8.0'];

/**
 * SARIF 2.1.0 (OASIS): a rule for each check, a result for each that failed or warned.
 *
 * @param {import('../index').Report | Error} report
 */
function sarif(report) {
  const checks = report instanceof Error ? [] : report.checks;
  const found = checks.filter(({ status }) => status === 'fail' || status === 'warn');
  const index = new Map(checks.map(({ id }, i) => [id, i]));
  const run = {
    tool: {
      driver: {
        name: 'hauberk doctor',
        version: manifest.version,
        semanticVersion: manifest.version,
        informationUri: PAGE,
        rules: checks.map(ruleOf),
      },
    },
    invocations: [invocation(report)],
    results: found.map((check) => resultOf(check, Number(index.get(check.id)))),
    columnKind: 'utf16CodeUnits',
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** @param {import('../index').Report | Error} report */
function invocation(report) {
  if (!(report instanceof Error)) return { executionSuccessful: true };
  const notification = { level: 'error', message: { text: report.message } };
  return { executionSuccessful: false, exitCode: 3, toolExecutionNotifications: [notification] };
}

/** @param {Check} check */
function ruleOf({ id, practice, why, fix, docs, weight }) {
  return {
    id,
    shortDescription: { text: why },
    help: { text: fix },
    helpUri: docs,
    defaultConfiguration: { level: weight === 1 ? 'note' : 'warning' },
    properties: { 'security-severity': SCORES[weight], tags: ['security', practice] },
  };
}

/** @param {Check} check @param {number} ruleIndex */
function resultOf({ id, status, weight, what, fix, evidence }, ruleIndex) {
  const level = status === 'warn' ? 'note' : weight === 3 ? 'error' : 'warning';
  const places = evidence.filter((one) => one.file !== undefined);
  const seen = evidence.filter((one) => one.file === undefined).map((one) => one.text);
  const files = places.length > 0 ? places : [{ file: 'package.json', line: undefined }];
  return {
    ruleId: id,
    ruleIndex,
    level,
    message: { text: [what, ...seen, `Fix: ${fix}`].join('\n').toWellFormed() },
    locations: files.slice(0, 10).map(({ file, line }) => ({
      physicalLocation: {
        artifactLocation: { uri: encodeURI(String(file).toWellFormed()) },
        ...(line === undefined ? {} : { region: { startLine: line } }),
      },
    })),
    partialFingerprints: { 'hauberkDoctor/v1': id },
    properties: { status, weight },
  };
}

module.exports = { sarif };
