'use strict';

exports.totp = require('./totp').totp;
exports.hotp = require('./hotp').hotp;
exports.recovery = require('./recovery').recovery;
exports.passkeys = require('./passkeys').passkeys;
exports.sealer = require('./seal').sealer;
exports.memoryStore = require('./memory').memoryStore;
