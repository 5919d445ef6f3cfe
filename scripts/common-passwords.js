'use strict';

/**
 * Makes lib/passwords/policy/common.bin, the common passwords that are shipped.
 *
 * node scripts/common-passwords.js LIST...
 *
 * Each LIST is a text file (or .gz), one password a line. The committed file comes from two lists: that of zxcvbn
 * (47 023 passwords, MIT) and the 20 000 of Django (BSD-3-Clause), without those that words.br holds. Only shortened hashes
 * of them are shipped. The order of the lines does not matter, so the result is the same bytes each time.
 */

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const { listed } = require('../lib/passwords/policy/common');
const { build } = require('../lib/passwords/policy/filter');

const POLICY = path.join(__dirname, '..', 'lib', 'passwords', 'policy');
const TO = path.join(POLICY, 'common.bin');

/** @param {string} file */
function linesOf(file) {
  const bytes = fs.readFileSync(file);
  const text = (file.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes).toString('utf8');
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/** The passwords of words.br: its first list. See scripts/strength-words.js. */
function passwordsOfWords() {
  const words = zlib.brotliDecompressSync(fs.readFileSync(path.join(POLICY, 'words.br'))).toString('utf8');
  return new Set(words.slice(0, words.indexOf('\n')).split('\0'));
}

/** @param {string[]} files @param {string} [to] */
function make(files, to = TO) {
  const known = passwordsOfWords();
  const from = files
    .flatMap(linesOf)
    .map(listed)
    .filter((password) => !known.has(password));
  return build({ from, to, kind: 'passwords', prefixBits: 12, remainderBytes: 3 });
}

module.exports = { make };

if (require.main === module) {
  const files = process.argv.slice(2);
  if (files.length === 0) throw new Error('usage: node scripts/common-passwords.js LIST...');
  make(files).then((made) => console.log(made));
}
