'use strict';

/** @typedef {import('../index').Finding} Finding */

/**
 * One test case for each finding; one that does not count is skipped, and a clean audit is one case that passes.
 *
 * @param {import('../index').Report | Error} result
 */
function junit(result) {
  const cases =
    result instanceof Error
      ? [
          `<testcase classname="hauberk.audit" name="audit"><error message="${escape(result.message)}"/></testcase>`,
        ]
      : result.findings.map(testcase);
  if (!(result instanceof Error) && cases.length === 0) {
    cases.push('<testcase classname="hauberk.audit" name="no finding"/>');
  }
  const findings = result instanceof Error ? [] : result.findings;
  const failures = findings.filter((one) => one.counts).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${result instanceof Error ? 1 : 0}" skipped="${findings.length - failures}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n<testsuite name="hauberk audit" ${counts}>\n${cases.join('\n')}\n</testsuite>\n</testsuites>\n`;
}

/** @param {Finding} one */
function testcase(one) {
  const name = escape(`${one.package}${one.version === undefined ? '' : `@${one.version}`} ${one.id}`);
  const open = `<testcase classname="hauberk.audit.${one.kind}" name="${name}">`;
  const text = `${one.severity}: ${one.title}`;
  const why =
    one.exception === undefined
      ? 'below the level'
      : `excepted until ${one.exception.expires}: ${one.exception.reason}`;
  const body = one.counts
    ? `<failure type="${escape(one.severity)}" message="${escape(text)}">${escape([text, ...one.paths.map((path) => path.join(' > ')), one.url ?? ''].join('\n'))}</failure>`
    : `<skipped message="${escape(why)}"/>`;
  return `${open}${body}</testcase>`;
}

/** For XML 1.0: what it cannot hold at all becomes a question mark. @param {unknown} value */
function escape(value) {
  return (
    String(value)
      .toWellFormed()
      // eslint-disable-next-line security/detect-unsafe-regex -- one class, no repetition
      .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?')
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

module.exports = { junit };
