'use strict';

/** What a binary asks of the system that loads it, read from the file itself. */

const fs = require('node:fs');
const zlib = require('node:zlib');

/**
 * @typedef {object} Report
 * @property {string[]} wrong why the binary must not be published; empty where all is well
 * @property {number} napi how many functions of Node-API it leaves to the process
 * @property {string[]} exported
 * @property {string[]} facts what was seen, in a few words
 */

/** @type {Readonly<Record<string, (file: Buffer, target: Readonly<import('../targets').Target>) => Report>>} */
const READERS = Object.freeze({
  elf: require('./elf').inspect,
  macho: require('./macho').inspect,
  pe: require('./pe').inspect,
});

/** What Node.js calls when it loads an addon. */
const ENTRY = 'napi_register_module_v1';

/**
 * @param {string} path
 * @param {Readonly<import('../targets').Target>} target
 * @returns {Report & { size: number, gzip: number }}
 */
function inspect(path, target) {
  const file = fs.readFileSync(path);
  const report = READERS[target.format](file, target);
  if (!report.exported.includes(ENTRY)) report.wrong.push(`it does not export ${ENTRY}`);
  if (target.os === 'win32' ? report.napi !== 0 : report.napi === 0) {
    report.wrong.push(`it leaves ${report.napi} functions of Node-API to the linker`);
  }
  return { ...report, size: file.length, gzip: zlib.gzipSync(file, { level: 9 }).length };
}

module.exports = { inspect };
