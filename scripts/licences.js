'use strict';

/**
 * Collects the licences of everything that is in a published binary into THIRD-PARTY.md, from the sources that cargo has
 * fetched. Every platform package carries the file.
 *
 * node scripts/licences.js            writes THIRD-PARTY.md
 * node scripts/licences.js --check    fails when it is not what would be written
 */

const fs = require('node:fs');
const path = require('node:path');

const { linked } = require('./crates');

const ROOT = path.join(__dirname, '..');
const FILE = path.join(ROOT, 'THIRD-PARTY.md');

/** Where a crate offers several licences, the first of these is taken. */
const CHOICE = ['MIT', 'MIT-0', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'Zlib', 'Unicode-3.0', 'MPL-2.0'];

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * The licences that hold: one of each `OR`, all of each `AND`.
 *
 * @param {string} expression SPDX, also in the old form `MIT/Apache-2.0`
 * @returns {string[]}
 */
function chosen(expression) {
  return expression.split(/ AND /).flatMap((part) => {
    const offered = part.replace(/[()]/g, '').split(/ OR |\//);
    const taken = CHOICE.find((name) => offered.includes(name));
    if (taken === undefined)
      throw new Error(`no rule chooses a licence of ${expression}; see scripts/licences.js`);
    return [taken];
  });
}

/** Files that may hold the text of a licence, the likeliest first. @param {string} licence */
function patternsOf(licence) {
  const family = licence.split('-')[0];
  return [
    new RegExp(`^licen[cs]e[-_.]?${licence}(\\.|$)`, 'i'),
    new RegExp(`^(licen[cs]e[-_.]?)?${family}([-_.].*)?$`, 'i'),
    new RegExp(`^licen[cs]e[-_.]${family}`, 'i'),
    /^licen[cs]e(\.(md|txt))?$/i,
    /^(copying|unlicense)(\.(md|txt))?$/i,
  ];
}

/** @param {import('./crates').Crate} crate @param {string} licence @returns {string} */
function textOf(crate, licence) {
  const folder = path.dirname(crate.manifest_path);
  const names = fs.readdirSync(folder).sort();
  const found = patternsOf(licence).flatMap((pattern) => names.filter((name) => pattern.test(name)));
  if (found.length > 0) return tidy(fs.readFileSync(path.join(folder, found[0]), 'utf8'));
  if (licence !== 'MIT')
    throw new Error(`${crate.name} ${crate.version} has no file with its licence ${licence}`);
  const holders = crate.authors.map((author) => author.replace(/ <.*>/, '')).join(', ');
  return `MIT License\n\nCopyright (c) ${holders || `the authors of ${crate.name}`}\n\n${MIT}`;
}

/** Without trailing spaces, and with characters that every terminal has left as they are. @param {string} text */
function tidy(text) {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}

/** The same words are the same text, however the lines are broken. @param {string} text */
const words = (text) => text.replace(/\s+/g, ' ').toLowerCase();

function compose() {
  const { crates } = linked();
  /** @type {Map<string, { licence: string, text: string, of: string[] }>} */
  const texts = new Map();
  for (const crate of crates) {
    for (const licence of chosen(crate.license)) {
      const text = textOf(crate, licence);
      const entry = texts.get(words(text)) ?? { licence, text, of: [] };
      entry.of.push(`${crate.name} ${crate.version}`);
      texts.set(words(text), entry);
    }
  }
  const sections = [...texts.values()].map(({ licence, text, of }) => section(licence, of, text));
  return `${HEAD}\n${list(crates)}\n\n${OTHERS}\n\n${sections.join('\n\n')}\n`;
}

/** @param {import('./crates').Crate[]} crates */
const list = (crates) =>
  crates.map(({ name, version, license }) => `- ${name} ${version}: ${license}`).join('\n');

/** @param {string} licence @param {string[]} of @param {string} text */
function section(licence, of, text) {
  const fence = text.includes('```') ? '~~~~' : '```';
  return `## ${licence}: ${of.join(', ')}\n\n${fence}text\n${text}\n${fence}`;
}

const HEAD = `# What is in the binary, and its licences

Written by \`scripts/licences.js\`; not by hand. hauberk itself is under the MIT licence (the file LICENSE of the package
\`hauberk\`). Its binary holds code of these crates, each under one of the licences that it offers, whose texts follow. Where a
crate carries no file with the text, the standard text stands here with the authors that its manifest names. The source of each
crate, also of those under the Mozilla Public License 2.0, is what the Rust registry offers under its name and version.
`;

const OTHERS = `Besides these crates:

- The Rust standard library: MIT OR Apache-2.0, Copyright (c) The Rust Project Developers. The text of its MIT licence is
  below.
- Parts of compiler-rt and libunwind (LLVM): Apache-2.0 WITH LLVM-exception, which asks for no notice in compiled code.
- On Windows, start-up code of mingw-w64, which is in the public domain.

## MIT: the Rust standard library

\`\`\`text
Copyright (c) The Rust Project Developers

${MIT}
\`\`\``;

/** @returns {boolean} whether the file is what would be written */
function isCurrent() {
  return fs.existsSync(FILE) && fs.readFileSync(FILE, 'utf8') === compose();
}

module.exports = { compose, chosen, isCurrent, FILE };

if (require.main === module) {
  if (!process.argv.includes('--check')) fs.writeFileSync(FILE, compose());
  else if (!isCurrent()) {
    console.error('THIRD-PARTY.md has drifted: run node scripts/licences.js and commit it');
    process.exitCode = 1;
  }
}
