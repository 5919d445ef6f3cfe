'use strict';

const { passwordStats, tableStates } = require('../internal/sources');
const { decisions } = require('../internal/tally');
const { lapsOf } = require('./laps');
const { loop } = require('./loop');
const { requests } = require('./requests');
const { eventCounts, offenders } = require('./tallies');

const MOST_OFFENDERS = 32;

/**
 * @param {import('./journal').Journal} journal
 * @param {{ since: number, anomalies: any }} more
 * @returns {import('./index').Snapshot}
 */
function snapshot(journal, { since, anomalies }) {
  const { rss, heapUsed, external } = process.memoryUsage();
  const top = offenders.top(MOST_OFFENDERS);
  const log = journal.queue && { ...journal.queue.counts, waitingBytes: journal.queue.waitingBytes };
  return {
    time: Date.now(),
    since,
    requests: requests(),
    decisions: decisions().map((one) => ({ ...one, ...lapsOf(one.practice) })),
    events: eventCounts(),
    offenders: top.map(({ client, count }) => ({ client: journal.name(client) ?? 'hidden', count })),
    dropped: { sampled: journal.sampled, backpressure: log?.backpressure ?? 0, failed: log?.failed ?? 0 },
    log: log && {
      lines: log.lines,
      bytes: log.bytes,
      waitingBytes: log.waitingBytes,
      failures: log.failures,
    },
    passwords: passwords(),
    tables: tableStates(),
    memory: { rssBytes: rss, heapUsedBytes: heapUsed, externalBytes: external },
    loop: loop(),
    anomalies: anomalies?.stats(),
  };
}

/** @returns {import('./index').Snapshot['passwords']} */
function passwords() {
  const stats = passwordStats();
  if (stats === undefined) return undefined;
  const { threads, running, waiting, memory, done, refused } = stats;
  return {
    threads,
    running,
    waiting: waiting.hash + waiting.verify,
    heldBytes: memory.held,
    budgetBytes: memory.budget,
    hashed: done.hash,
    verified: done.verify,
    refused: refused.busy + refused.expired + refused.aborted,
  };
}

module.exports = { snapshot };
