'use strict';

const fs = require('node:fs');
const path = require('node:path');
const native = require('../../internal/native').policy;
const { Layout, sha1, HEADER_BYTES, OFFSET_BYTES } = require('./format');
const { learnWords } = require('./words');

/**
 * The common passwords that are shipped: those of the words that strength is estimated by, and in `common.bin`, made by
 * `scripts/common-passwords.js`, those that are not among them. It is read when the first password is checked.
 */

/** @type {{ data: Buffer, layout: Layout } | undefined} */
let list;

function load() {
  const data = fs.readFileSync(path.join(__dirname, 'common.bin'));
  return { data, layout: Layout.read(data.subarray(0, HEADER_BYTES), data.length) };
}

/** As the list has them: people change the case of a common password first. @param {string} password */
const listed = (password) => password.normalize('NFKC').toLowerCase();

/** @param {string} password */
function isCommon(password) {
  const text = listed(password);
  learnWords();
  if (native.isListed(text)) return true;
  const { data, layout } = (list ??= load());
  const hash = sha1(text);
  const at = layout.indexAt(layout.prefixOf(hash));
  const [from, to] = layout.range(data.subarray(at, at + 2 * OFFSET_BYTES));
  return layout.holds(data.subarray(from, to), layout.remainderOf(hash));
}

module.exports = { isCommon, listed };
