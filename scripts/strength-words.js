'use strict';

/**
 * Makes lib/passwords/policy/words.br, the ranked lists of words that the strength of a password is estimated by.
 *
 * node scripts/strength-words.js FOLDER
 *
 * FOLDER has the six lists of zxcvbn (MIT) as text, one word a line, the most frequent first. The core reads them
 * unpacked: NUL between words, a line end between lists.
 */

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const TO = path.join(__dirname, '..', 'lib', 'passwords', 'policy', 'words.br');

/** In the order of `List` in src/passwords/policy/guess/words.rs. */
const LISTS = ['passwords', 'english_wiki', 'female_names', 'surnames', 'us_tv_and_film', 'male_names'];

/** @param {string[][]} lists @param {string} [to] */
function make(lists, to = TO) {
  const text = Buffer.from(lists.map((words) => words.join('\0')).join('\n'));
  const packed = zlib.brotliCompressSync(text, {
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  fs.writeFileSync(to, packed);
  return { words: lists.flat().length, bytes: packed.length };
}

/** @param {string} file */
const linesOf = (file) =>
  fs
    .readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');

module.exports = { make, LISTS };

if (require.main === module) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node scripts/strength-words.js FOLDER');
  console.log(make(LISTS.map((name) => linesOf(path.join(folder, `${name}.txt`)))));
}
