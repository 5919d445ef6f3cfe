'use strict';

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const FOLDER = process.env.HAUBERK_CORPORA ?? path.join(__dirname, '../../../shared/corpora');

/**
 * Rows of one attack or conformance corpus.
 *
 * @param {string} name such as `json-test-suite`
 * @returns {any[] | undefined} undefined where the corpora are not there; the test then skips by name
 */
function corpus(name) {
  const file = path.join(FOLDER, `${name}.jsonl.gz`);
  if (!fs.existsSync(file)) return undefined;
  const lines = zlib.gunzipSync(fs.readFileSync(file)).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/**
 * The bytes of a row's `input`.
 *
 * @param {string | { b64: string }} input
 */
function inputBytes(input) {
  return typeof input === 'string' ? Buffer.from(input) : Buffer.from(input.b64, 'base64');
}

module.exports = { corpus, inputBytes };
