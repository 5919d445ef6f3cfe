'use strict';

const { failure } = require('../failure');

/**
 * The blocks of a yarn 1 lockfile: a key at the margin, `name value` two spaces in, lists four spaces in.
 *
 * @param {string} text
 * @param {string} file for the message
 * @returns {Map<string, Record<string, any>>} by key, descriptors separated by `, `
 */
function blocksOf(text, file) {
  /** @type {Map<string, Record<string, any>>} */
  const blocks = new Map();
  /** @type {Record<string, any> | undefined} */
  let block;
  /** @type {Record<string, any> | undefined} */
  let list;
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i];
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const indent = line.length - line.trimStart().length;
    const words = wordsOf(line.trim());
    if (indent === 0 && line.endsWith(':')) {
      block = Object.create(null);
      list = undefined;
      blocks.set(words.join(', '), /** @type {Record<string, any>} */ (block));
    } else if (indent === 2 && block !== undefined && line.endsWith(':')) {
      list = block[words[0]] = Object.create(null);
    } else if (indent === 2 && block !== undefined && words.length === 2) {
      block[words[0]] = words[1];
    } else if (indent === 4 && list !== undefined && words.length === 2) {
      list[words[0]] = words[1];
    } else {
      throw failure(`${file} is not a readable yarn lockfile (line ${i + 1})`);
    }
  }
  return blocks;
}

/** Quoted or bare words, parted by spaces or commas; the colon at the end is dropped. @param {string} line */
function wordsOf(line) {
  const end = line.endsWith(':') ? line.slice(0, -1) : line;
  return [...end.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s,"]+)/g)].map(([, quoted, bare]) => quoted ?? bare);
}

module.exports = { blocksOf };
