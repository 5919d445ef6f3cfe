'use strict';

const { escapeUnprintable } = require('../internal/text');

/**
 * Reports of browsers, in both forms, as records that may stand in a log: a fixed set of fields, each one line of at most
 * 200 characters in which nothing acts on a terminal; of URLs only origin and path, because a query can hold a secret.
 *
 * @typedef {object} Record
 * @property {string} type `csp-violation`, `deprecation`, `network-error`, ...
 * @property {string} origin of the document, in lower case; empty where it has none
 * @property {string} document its URL
 * @property {string} [blocked] what was to be loaded: a URL, or a word such as `inline`
 * @property {string} [directive] the CSP directive that was violated
 * @property {string} [disposition] `enforce` or `report`
 * @property {string} [source] the file that did it
 * @property {number} [line]
 * @property {number} [column]
 * @property {string} [sample] the first characters of the script or style, where the policy has 'report-sample'
 * @property {string} [what] of other types: their `id` or `type`, and message
 */

const MOST = 200;

/** @param {unknown} value @returns {string} */
function text(value) {
  if (typeof value !== 'string') return '';
  // Escaping makes text longer, never shorter; a cut inside an escape does no harm.
  return escapeUnprintable(value.slice(0, MOST)).slice(0, MOST);
}

/** @param {unknown} value @returns {number | undefined} */
function number(value) {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/**
 * A URL without user, query and fragment; a `data:` or `blob:` one is its scheme. Words that are no URL (`inline`, `eval`)
 * stay as they are.
 *
 * @param {unknown} value
 */
function address(value) {
  if (typeof value !== 'string' || value === '') return '';
  const url = parse(value);
  if (url === undefined) return text(value.replace(/[?#][^]*$/, ''));
  if (!/^(?:https?|wss?|ftp):$/.test(url.protocol)) {
    // An extension is told by its origin; what else has one (file) shows a path of somebody's disk.
    return text(
      /-extension:$/.test(url.protocol) ? `${url.protocol}//${url.host}` : url.protocol.slice(0, -1),
    );
  }
  return text(`${url.protocol}//${url.host}${url.pathname}`);
}

/** @param {string} value */
function parse(value) {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function originOf(value) {
  const url = typeof value === 'string' ? parse(value) : undefined;
  return url === undefined || url.origin === 'null' ? '' : text(url.origin).toLowerCase();
}

/** @param {unknown} value @returns {value is { [name: string]: unknown }} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {{ [name: string]: unknown }} body in the spelling of the Reporting API
 * @param {unknown} document
 * @returns {Record}
 */
function violation(body, document) {
  return {
    type: 'csp-violation',
    origin: originOf(document),
    document: address(document),
    blocked: address(body.blockedURL) || 'nothing that was named',
    // A directive is one token; more is not of a browser.
    directive: text(body.effectiveDirective).split(' ', 1)[0],
    disposition: body.disposition === 'report' ? 'report' : 'enforce',
    source: address(body.sourceFile),
    line: number(body.lineNumber),
    column: number(body.columnNumber),
    sample: text(body.sample).slice(0, 40),
  };
}

/** The spelling of `report-uri` (CSP 3, 5.3). @param {{ [name: string]: unknown }} report */
function legacy(report) {
  return violation(
    {
      blockedURL: report['blocked-uri'],
      effectiveDirective: report['effective-directive'] ?? report['violated-directive'],
      disposition: report.disposition,
      sourceFile: report['source-file'],
      lineNumber: report['line-number'],
      columnNumber: report['column-number'],
      sample: report['script-sample'],
    },
    report['document-uri'],
  );
}

/** One report of the Reporting API. @param {unknown} report @returns {Record | undefined} */
function recordOf(report) {
  if (!isObject(report) || typeof report.type !== 'string' || !isObject(report.body)) return undefined;
  const { type, url, body } = report;
  if (type === 'csp-violation') return violation(body, body.documentURL ?? url);
  const words = [body.id, body.type, body.phase, body.reason, body.policyId, body.disposition, body.message];
  return {
    type:
      text(type)
        .replace(/[^\w-]/g, '')
        .slice(0, 40) || 'unknown',
    origin: originOf(url),
    document: address(url),
    source: address(body.sourceFile),
    line: number(body.lineNumber),
    column: number(body.columnNumber),
    what: text(words.filter((word) => typeof word === 'string').join(': ')),
  };
}

/**
 * @param {unknown} body what the browser sent, parsed
 * @param {number} most records that are made of it
 * @returns {{ records: Record[], surplus: number }}
 */
function recordsOf(body, most) {
  if (isObject(body) && isObject(body['csp-report']))
    return { records: [legacy(body['csp-report'])], surplus: 0 };
  const all = Array.isArray(body) ? body : [body];
  const records = all.slice(0, most).flatMap((one) => recordOf(one) ?? []);
  return { records, surplus: Math.max(0, all.length - most) };
}

/** One line that says it all, and by which equal reports are told. @param {Record} record */
function lineOf(record) {
  const at = record.source ? ` at ${record.source}${place(record)}` : '';
  const document = record.document || 'a document without a URL';
  if (record.type !== 'csp-violation') {
    return `${record.type}${record.what ? ` (${record.what})` : ''} on ${document}${at}`;
  }
  const verb = record.disposition === 'report' ? 'would block' : 'blocked';
  const sample = record.sample ? `: ${JSON.stringify(record.sample)}` : '';
  return `${record.directive || 'a policy'} ${verb} ${record.blocked} on ${document}${at}${sample}`;
}

/** @param {Record} record */
function place({ line, column }) {
  if (line === undefined) return '';
  return column === undefined ? `:${line}` : `:${line}:${column}`;
}

module.exports = { recordsOf, lineOf };
