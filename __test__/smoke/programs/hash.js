'use strict';

/** A worker thread that says when it hashes, and is then ended from outside. */

const { parentPort } = require('node:worker_threads');

const passwords = require('../../../lib/passwords');

for (let i = 0; i < 8; i += 1) passwords.hash(`pass ${i}`).catch(() => {});
/** @type {import('node:worker_threads').MessagePort} */ (parentPort).postMessage('on');
