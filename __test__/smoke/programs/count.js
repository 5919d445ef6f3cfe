'use strict';

/** Asks a limiter for one key again and again, in a worker thread or a process, and tells how often it was admitted. */

const { parentPort, workerData } = require('node:worker_threads');

const ratelimit = require('../../../lib/ratelimit');

const { options, times } = workerData ?? JSON.parse(process.argv[2]);
const limiter = ratelimit(options);
let admitted = 0;
for (let i = 0; i < times; i += 1) if (limiter.consume('one').allowed) admitted += 1;
if (parentPort === null) console.log(admitted);
else parentPort.postMessage(admitted);
