'use strict';

const native = require('../internal/native').passwords;
const { calibrate } = require('./calibrate');
const { hash, verify, hashSync, verifySync, needsRehash, direct } = require('./hash');
const { poolOptions } = require('./options');
const { stats } = require('./stats');
const { setPasswords } = require('../internal/sources');

/** @type {typeof import('./index').configure} */
function configure(options) {
  const { threads, memoryMiB, queue } = poolOptions(options);
  direct(() => native.configure(threads, memoryMiB, queue));
}

setPasswords(stats);

exports.hash = hash;
exports.verify = verify;
exports.needsRehash = needsRehash;
exports.hashSync = hashSync;
exports.verifySync = verifySync;
exports.calibrate = calibrate;
exports.configure = configure;
exports.policy = require('./policy');
exports.stats = stats;
