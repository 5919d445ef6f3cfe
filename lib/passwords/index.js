'use strict';

const { later, settle } = require('../internal/later');
// Loaded at once: a binary that is missing or broken fails at start.
const native = require('../internal/native').passwords;

/** @type {typeof import('./index').configure} */
function configure(options) {
  const { direct } = require('./hash');
  const { poolOptions } = require('./options');
  const { threads, memoryMiB, queue } = poolOptions(options);
  direct(() => native.configure(threads, memoryMiB, queue));
}

exports.hash = later(() => require('./hash').hash);
exports.verify = later(() => require('./hash').verify);
exports.needsRehash = later(() => require('./hash').needsRehash);
exports.hashSync = later(() => require('./hash').hashSync);
exports.verifySync = later(() => require('./hash').verifySync);
exports.calibrate = later(() => require('./calibrate').calibrate);
exports.configure = configure;
exports.policy = later(() => require('./policy'));
exports.stats = later(() => require('./stats').stats);
settle(exports);
