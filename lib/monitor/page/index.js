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

/** Read when the first dashboard is made, not when the package is loaded. */
function load() {
  return {
    style: read('style.css'),
    script: join(['draw.mjs', 'panels.mjs', 'app.mjs']),
    body: read('body.html'),
  };
}

/** @type {ReturnType<typeof load> | undefined} */
let loaded;

/**
 * Makes the page: one answer that needs no other file.
 *
 * @param {string} title
 * @returns {(nonce: string) => string}
 */
function pageOf(title) {
  const { style, script, body } = (loaded ??= load());
  const name = escapeHtml(title);
  const content = body.replace('{{title}}', () => name);
  return (nonce) => render({ nonce, name, style, script, content });
}

/** @param {{ nonce: string, name: string, style: string, script: string, content: string }} parts */
function render({ nonce, name, style, script, content }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${name}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
${content}
<script type="module" nonce="${nonce}">${script}</script>
</body>
</html>
`;
}

module.exports = { pageOf };
