'use strict';

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const native = require('../../internal/native').policy;

/**
 * The words that the strength of a password is estimated by: `words.br`, made by `scripts/strength-words.js`. They are
 * read when the first password of the process is checked; all threads share them.
 */

const NONE = new Uint8Array(0);

let learnt = false;

function learnWords() {
  if (learnt) return;
  if (!native.learnWords(NONE)) {
    native.learnWords(zlib.brotliDecompressSync(fs.readFileSync(path.join(__dirname, 'words.br'))));
  }
  learnt = true;
}

module.exports = { learnWords };
