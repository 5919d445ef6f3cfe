'use strict';

const { Stdout } = require('./descriptor');
const { LogFile } = require('./file');
const { Queue } = require('./queue');
const { LogStream } = require('./stream');

/**
 * @param {import('../options').LogTarget} target
 * @param {number} bufferBytes
 * @returns {Queue}
 */
function openLog(target, bufferBytes) {
  return new Queue(outputOf(target), bufferBytes);
}

/** @param {import('../options').LogTarget} target @returns {import('./queue').Output} */
function outputOf(target) {
  if (target.to === 'stdout') return new Stdout();
  if (target.to === 'stream') return new LogStream(target.stream);
  return new LogFile(target);
}

module.exports = { openLog };
