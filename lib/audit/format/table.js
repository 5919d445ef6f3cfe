'use strict';

const { plain } = require('./text');

/** @typedef {import('../index').Finding} Finding */

/** @param {import('../index').Report | Error} result */
function table(result) {
  if (result instanceof Error) return `could not audit: ${plain(result.message)}\n`;
  const { findings } = result;
  const counting = findings.filter((one) => one.counts);
  const excepted = findings.filter((one) => one.exception !== undefined);
  const below = findings.length - counting.length - excepted.length;
  const from = result.sources.join(', ');
  const lines = [
    `${plain(result.project || 'project')}: ${result.packages} packages in ${result.lockfile}, advisories from ${from}`,
    '',
    ...rows(counting),
    ...excepted.map(
      (one) =>
        `excepted until ${one.exception?.expires}: ${subject(one)} ${one.id} (${plain(one.exception?.reason)})`,
    ),
    ...(below > 0 ? [`${below} below the level ${result.level} (--json shows them)`] : []),
    result.clean ? 'clean' : `${counting.length} ${counting.length === 1 ? 'finding' : 'findings'}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {Finding[]} findings */
function rows(findings) {
  const cells = findings.map((one) => [one.severity, subject(one), plain(one.id)]);
  const widths = [0, 1, 2].map((column) =>
    Math.min(60, Math.max(0, ...cells.map((row) => row[column].length))),
  );
  return findings.flatMap((one, i) => {
    const head = cells[i].map((cell, column) => cell.padEnd(widths[column])).join('  ');
    return [head.trimEnd(), ...details(one), ''];
  });
}

/** @param {Finding} one */
function subject(one) {
  return plain(one.version === undefined ? one.package || 'policy' : `${one.package}@${one.version}`);
}

/** @param {Finding} one */
function details(one) {
  const more = one.paths.length > 1 ? ` (and ${one.paths.length - 1} more)` : '';
  const fix = one.fix === undefined ? [] : [one.kind === 'advisory' ? `fixed in ${one.fix}` : one.fix];
  const path = one.paths.length > 0 ? [`by ${one.paths[0].join(' > ')}${more}`] : [];
  return [one.title, ...path, ...fix, ...(one.url === undefined ? [] : [one.url])].map(
    (text) => `    ${plain(text)}`,
  );
}

module.exports = { table };
