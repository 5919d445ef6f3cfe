'use strict';

/** The table at the end of a prebuild. */

/**
 * @typedef {object} Row
 * @property {Readonly<import('./targets').Target>} target
 * @property {ReturnType<typeof import('./inspect').inspect>} [report]
 * @property {{ by: string, passed?: number }} [executed]
 * @property {string} [failure]
 */

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/** @param {Row} row */
function cells({ target, report, executed, failure }) {
  return [
    target.name,
    report === undefined ? '-' : megabytes(report.size),
    report === undefined ? '-' : megabytes(report.gzip),
    report === undefined ? '-' : checked(report, target),
    failure !== undefined ? 'FAILED' : (executed?.by ?? 'not executed'),
    executed?.passed === undefined ? '-' : `${executed.passed} passed`,
  ];
}

/** @param {NonNullable<Row['report']>} report @param {Row['target']} target */
function checked(report, target) {
  if (report.wrong.length > 0) return `WRONG: ${report.wrong.join('; ')}`;
  const napi = target.os === 'win32' ? 'Node-API by name at load' : `${report.napi} of Node-API`;
  return [napi, ...report.facts].join('; ');
}

/** @param {readonly Row[]} rows @returns {string} in Markdown */
function table(rows) {
  const head = ['target', 'size', 'gzip', 'undefined symbols, checked', 'executed by', 'smoke tests'];
  const body = rows.map(cells);
  const widths = head.map((text, i) => Math.max(text.length, ...body.map((row) => row[i].length)));
  const line = (/** @type {string[]} */ row) =>
    `| ${row.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  );
}

module.exports = { table };
