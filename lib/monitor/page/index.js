'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { escapeHtml } = require('../../internal/text');

/** @param {string} name */
// eslint-disable-next-line security/detect-non-literal-fs-filename -- files of this folder
const read = (name) => fs.readFileSync(path.join(__dirname, name), 'utf8');

/**
 * One script of the modules, in the order in which they need each other.
 *
 * @param {string[]} names
 */
function join(names) {
  const whole = names.map(read).join('\n');
  return whole.replace(/^import [^;]*;$/gm, '').replace(/^export (?=const|function)/gm, '');
}

const STYLE = read('style.css');
const SCRIPT = join(['draw.mjs', 'panels.mjs', 'app.mjs']);
const BODY = read('body.html');

/**
 * The page: one answer that needs no other file.
 *
 * @param {{ nonce: string, title: string }} values
 */
function page({ nonce, title }) {
  const name = escapeHtml(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${name}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
${BODY.replace('{{title}}', () => name)}
<script type="module" nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`;
}

module.exports = { page };
