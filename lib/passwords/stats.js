'use strict';

const native = require('../internal/native').passwords;
const { setPasswords } = require('../internal/sources');

/**
 * The state of the pool, which all threads of the process share.
 *
 * @returns {import('./index').PoolStats}
 */
function stats() {
  const [threads, alive, running, waitingHash, waitingVerify, held, peak, budget, ...counts] = native.stats();
  const [hashed, verified, busy, expired, aborted] = counts;
  return {
    threads,
    alive,
    running,
    waiting: { hash: waitingHash, verify: waitingVerify },
    memory: { held, peak, budget },
    done: { hash: hashed, verify: verified },
    refused: { busy, expired, aborted },
  };
}

setPasswords(stats);

module.exports = { stats };
