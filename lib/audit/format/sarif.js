'use strict';

const manifest = require('../../../package.json');

/** @typedef {import('../index').Finding} Finding */

const PAGE = 'https://github.com/hauberk/hauberk/blob/main/docs/audit.md';

/** SARIF knows three levels. @type {Record<string, string>} */
const LEVELS = { critical: 'error', high: 'error', moderate: 'warning', low: 'note', info: 'note' };
/** The middle of each CVSS band; code-scanning services sort by it. @type {Record<string, string>} */
const SCORES = { critical: '9.5', high: '8.0', moderate: '5.5', low: '2.0', info: '0.0' };

/**
 * SARIF 2.1.0 (OASIS).
 *
 * @param {import('../index').Report | Error} result
 */
function sarif(result) {
  const findings = result instanceof Error ? [] : result.findings;
  const rules = [...new Map(findings.map((one) => [one.rule, one])).values()];
  const index = new Map(rules.map((one, i) => [one.rule, i]));
  const lockfile = result instanceof Error ? '' : result.lockfile;
  const run = {
    tool: {
      driver: {
        name: 'hauberk audit',
        version: manifest.version,
        semanticVersion: manifest.version,
        informationUri: PAGE,
        rules: rules.map(ruleOf),
      },
    },
    invocations: [invocation(result)],
    results: findings.map((one) => resultOf(one, Number(index.get(one.rule)), lockfile)),
    columnKind: 'utf16CodeUnits',
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** @param {import('../index').Report | Error} result */
function invocation(result) {
  if (!(result instanceof Error)) return { executionSuccessful: true, exitCode: result.exitCode };
  const notification = { level: 'error', message: { text: result.message } };
  return { executionSuccessful: false, exitCode: 3, toolExecutionNotifications: [notification] };
}

/** @param {Finding} one */
function ruleOf(one) {
  return {
    id: one.rule,
    shortDescription: { text: one.title },
    ...(one.url !== undefined && /^https?:/.test(one.url) && URL.canParse(one.url)
      ? { helpUri: new URL(one.url).href }
      : {}),
    defaultConfiguration: { level: LEVELS[one.severity] },
    properties: { 'security-severity': SCORES[one.severity], tags: ['security', one.kind] },
  };
}

/** @param {Finding} one @param {number} ruleIndex @param {string} lockfile */
function resultOf(one, ruleIndex, lockfile) {
  const subject = one.version === undefined ? one.package : `${one.package}@${one.version}`;
  const path = one.paths.length > 0 ? ` (by ${one.paths[0].join(' > ')})` : '';
  const region = one.line === undefined ? {} : { region: { startLine: one.line } };
  return {
    ruleId: one.rule,
    ruleIndex,
    level: LEVELS[one.severity],
    message: { text: `${subject === '' ? '' : `${subject}${path}: `}${one.title}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: lockfile }, ...region } }],
    partialFingerprints: {
      'hauberkAudit/v1': `${one.rule}|${subject}|${one.kind === 'policy' ? one.title : ''}`,
    },
    ...(one.exception === undefined
      ? {}
      : { suppressions: [{ kind: 'external', justification: one.exception.reason }] }),
    properties: {
      severity: one.severity,
      counts: one.counts,
      development: one.development,
      sources: one.sources,
    },
  };
}

module.exports = { sarif };
