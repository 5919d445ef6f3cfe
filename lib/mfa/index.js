'use strict';

const { later, settle } = require('../internal/later');
// Loaded at once: a binary that is missing or broken fails at start.
require('../internal/native');

exports.totp = later(() => require('./totp').totp);
exports.hotp = later(() => require('./hotp').hotp);
exports.recovery = later(() => require('./recovery').recovery);
exports.passkeys = later(() => require('./passkeys').passkeys);
exports.sealer = later(() => require('./seal').sealer);
exports.memoryStore = later(() => require('./memory').memoryStore);
settle(exports);
