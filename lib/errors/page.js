'use strict';

const { escapeHtml } = require('../internal/text');

/**
 * The forms for people: a page without script, style or any other resource, and plain text.
 *
 * @param {import('./problem').Problem} problem
 * @param {string} debug the developer's detail, '' where it is not to be shown
 */
function htmlPage(problem, debug) {
  const title = escapeHtml(`${problem.status} ${problem.title}`);
  const lines = [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title></head>`,
    '<body>',
    `<h1>${title}</h1>`,
  ];
  if (problem.detail !== undefined) lines.push(`<p>${escapeHtml(problem.detail)}</p>`);
  if (problem.code !== undefined) lines.push(`<p>Code: <code>${escapeHtml(problem.code)}</code></p>`);
  lines.push(`<p>Reference: <code>${escapeHtml(problem.requestId ?? '')}</code></p>`);
  if (debug !== '') lines.push(`<pre>${escapeHtml(debug)}</pre>`);
  return `${lines.join('\n')}\n</body>\n</html>\n`;
}

/**
 * @param {import('./problem').Problem} problem
 * @param {string} debug
 */
function textPage(problem, debug) {
  const lines = [`${problem.status} ${problem.title}`];
  if (problem.detail !== undefined) lines.push(problem.detail);
  if (problem.code !== undefined) lines.push(`Code: ${problem.code}`);
  lines.push(`Reference: ${problem.requestId ?? ''}`);
  if (debug !== '') lines.push('', debug);
  return `${lines.join('\n')}\n`;
}

module.exports = { htmlPage, textPage };
