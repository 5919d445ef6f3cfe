'use strict';

/**
 * The metrics, as a table: each family with its name, what it tells, its unit and its samples. The text for Prometheus,
 * prom-client and OpenTelemetry are three ways to write the same table.
 *
 * Labels never hold what a client sent: practices, events, codes, statuses and names of tables come from the source of
 * hauberk and of the application, so their number is bounded.
 *
 * @typedef {import('./index').Snapshot} Snapshot
 * @typedef {readonly [labels: Record<string, string>, value: number]} Sample
 * @typedef {object} Family
 * @property {string} name words with dots: `requests`, `log.waiting`
 * @property {'counter' | 'gauge' | 'histogram'} type
 * @property {'' | 'seconds' | 'bytes' | 'ratio'} unit
 * @property {string} help
 * @property {readonly string[]} labels
 * @property {(snapshot: Snapshot) => Sample[]} samples of a histogram: none
 * @property {(snapshot: Snapshot) => import('./index').Histogram} [histogram]
 */

/** @type {Readonly<Record<string, string>>} */
const NONE = Object.freeze({});

/** @param {number | undefined} value @returns {Sample[]} */
const one = (value) => (value === undefined ? [] : [[NONE, value]]);

/**
 * @param {'counter' | 'gauge'} type
 * @param {string} name
 * @param {Family['unit']} unit
 * @param {string} help
 * @param {Family['samples']} samples
 * @param {readonly string[]} [labels]
 * @returns {Family}
 */
const family = (type, name, unit, help, samples, labels = []) => ({
  name,
  type,
  unit,
  help,
  labels,
  samples,
});

/** @type {readonly Family[]} */
const REQUESTS = [
  family('counter', 'requests', '', 'Requests that reached a guard.', ({ requests }) => one(requests.total)),
  family(
    'counter',
    'responses',
    '',
    'Responses whose head was written, by status.',
    ({ requests }) => Object.entries(requests.byStatus).map(([status, count]) => [{ status }, count]),
    ['status'],
  ),
  {
    name: 'request.duration',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from the guard to the head of the response.',
    labels: [],
    samples: () => [],
    histogram: ({ requests }) => requests.duration,
  },
];

/** @param {Snapshot['decisions']} decisions */
const timed = (decisions) => decisions.filter((one) => one.timed > 0);

/** @type {readonly Family[]} */
const DECISIONS = [
  family(
    'counter',
    'decisions',
    '',
    'Decisions of each practice: allowed, blocked, or reported in dry run.',
    ({ decisions }) =>
      decisions.flatMap(({ practice, allowed, blocked, reported }) => [
        /** @type {Sample} */ ([{ practice, decision: 'allowed' }, allowed]),
        /** @type {Sample} */ ([{ practice, decision: 'blocked' }, blocked]),
        /** @type {Sample} */ ([{ practice, decision: 'reported' }, reported]),
      ]),
    ['practice', 'decision'],
  ),
  family(
    'counter',
    'practice',
    'seconds',
    'Time that each practice took, of the requests that were timed.',
    ({ decisions }) => timed(decisions).map(({ practice, seconds }) => [{ practice }, seconds]),
    ['practice'],
  ),
  family(
    'counter',
    'practice.timed',
    '',
    'Decisions that were timed: one request in 64.',
    ({ decisions }) => timed(decisions).map((one) => [{ practice: one.practice }, one.timed]),
    ['practice'],
  ),
  family(
    'counter',
    'events',
    '',
    'Security events by name (OWASP logging vocabulary), practice, code and whether they blocked.',
    ({ events }) =>
      events.map(({ event, practice, code = '', blocked, count }) => [
        { event, practice, code, blocked: String(blocked) },
        count,
      ]),
    ['event', 'practice', 'code', 'blocked'],
  ),
  family(
    'counter',
    'events.dropped',
    '',
    'Events that were counted but not told one by one, by reason.',
    ({ dropped }) => Object.entries(dropped).map(([reason, count]) => [{ reason }, count]),
    ['reason'],
  ),
];

/** @type {readonly Family[]} */
const LOG = [
  family('counter', 'log.lines', '', 'Lines that the log of events took.', ({ log }) => one(log?.lines)),
  family('counter', 'log.written', 'bytes', 'Bytes that the log of events took.', ({ log }) =>
    one(log?.bytes),
  ),
  family('counter', 'log.failures', '', 'Writes of the log of events that failed.', ({ log }) =>
    one(log?.failures),
  ),
  family('gauge', 'log.waiting', 'bytes', 'Bytes that wait for the log of events.', ({ log }) =>
    one(log?.waitingBytes),
  ),
];

/** @type {readonly Family[]} */
const PASSWORDS = [
  family('gauge', 'passwords.threads', '', 'Threads that work on passwords.', ({ passwords }) =>
    one(passwords?.threads),
  ),
  family('gauge', 'passwords.running', '', 'Passwords that are being worked on.', ({ passwords }) =>
    one(passwords?.running),
  ),
  family('gauge', 'passwords.waiting', '', 'Passwords that wait in the queue.', ({ passwords }) =>
    one(passwords?.waiting),
  ),
  family('gauge', 'passwords.memory', 'bytes', 'Memory that password work holds.', ({ passwords }) =>
    one(passwords?.heldBytes),
  ),
  family(
    'gauge',
    'passwords.memory.budget',
    'bytes',
    'Memory that password work may hold.',
    ({ passwords }) => one(passwords?.budgetBytes),
  ),
  family(
    'counter',
    'passwords.done',
    '',
    'Passwords that were hashed or verified.',
    ({ passwords }) =>
      passwords === undefined
        ? []
        : [
            [{ work: 'hash' }, passwords.hashed],
            [{ work: 'verify' }, passwords.verified],
          ],
    ['work'],
  ),
  family(
    'counter',
    'passwords.refused',
    '',
    'Password work that was refused, late or given up.',
    ({ passwords }) => one(passwords?.refused),
  ),
];

/** @param {(table: Snapshot['tables'][number]) => number | undefined} value @returns {Family['samples']} */
const ofTables =
  (value) =>
  ({ tables }) =>
    tables.flatMap((table) => {
      const number = value(table);
      return number === undefined
        ? []
        : [/** @type {Sample} */ ([{ table: table.name, kind: table.kind }, number])];
    });

/** @type {readonly Family[]} */
const STATE = [
  family('gauge', 'start.time', 'seconds', 'When the monitor was made, since the epoch.', ({ since }) =>
    one(since / 1000),
  ),
  family(
    'gauge',
    'table.slots',
    '',
    'Slots of a table of the rate limit or of bans.',
    ofTables(({ slots }) => slots),
    ['table', 'kind'],
  ),
  family(
    'gauge',
    'table.used',
    '',
    'Slots of a table that are in use; an estimate.',
    ofTables(({ used }) => used),
    ['table', 'kind'],
  ),
  family(
    'counter',
    'table.lost',
    '',
    'Entries that a full table gave up in use.',
    ofTables(({ lost }) => lost),
    ['table', 'kind'],
  ),
  family('gauge', 'process.resident.memory', 'bytes', 'Memory of the process.', ({ memory }) =>
    one(memory.rssBytes),
  ),
  family('gauge', 'process.heap.used', 'bytes', "Used part of JavaScript's heap.", ({ memory }) =>
    one(memory.heapUsedBytes),
  ),
  family(
    'gauge',
    'event.loop.delay',
    'seconds',
    'Delay of the event loop over the last ten seconds or so: median, 99th percentile, maximum.',
    ({ loop }) => [
      [{ stat: 'p50' }, loop.p50Ms / 1000],
      [{ stat: 'p99' }, loop.p99Ms / 1000],
      [{ stat: 'max' }, loop.maxMs / 1000],
    ],
    ['stat'],
  ),
  family(
    'gauge',
    'event.loop.utilization',
    'ratio',
    'Share of time in which the event loop was busy.',
    ({ loop }) => one(loop.utilization),
  ),
];

/** @type {readonly Family[]} */
const ANOMALIES = [
  family(
    'counter',
    'anomalies',
    '',
    'Anomalies by kind.',
    ({ anomalies }) => Object.entries(anomalies?.told ?? {}).map(([kind, count]) => [{ kind }, count]),
    ['kind'],
  ),
  family('counter', 'anomaly.bans', '', 'Bans that anomalies led to.', ({ anomalies }) =>
    one(anomalies?.banned),
  ),
  family('gauge', 'anomaly.clients', '', 'Clients of whom something is counted now.', ({ anomalies }) =>
    one(anomalies?.clients),
  ),
  family(
    'counter',
    'anomaly.clients.evicted',
    '',
    'Clients that were forgotten for want of room.',
    ({ anomalies }) => one(anomalies?.evicted),
  ),
];

const FAMILIES = Object.freeze([...REQUESTS, ...DECISIONS, ...ANOMALIES, ...LOG, ...PASSWORDS, ...STATE]);

/**
 * The name as Prometheus has it: words with underscores, then the unit, then `_total` on a counter.
 *
 * @param {Family} of
 */
function prometheusName({ name, unit, type }) {
  const words = ['hauberk', ...name.split('.')];
  if (unit !== '') words.push(unit);
  if (type === 'counter') words.push('total');
  return words.join('_');
}

/**
 * The buckets of a histogram as Prometheus wants them: each holds those below it too.
 *
 * @param {import('./index').Histogram} histogram
 * @returns {{ le: string, count: number }[]}
 */
function cumulative({ bounds, counts }) {
  let sum = 0;
  return counts.map((count, i) => ({
    le: i < bounds.length ? String(bounds[i]) : '+Inf',
    count: (sum += count),
  }));
}

module.exports = { FAMILIES, prometheusName, cumulative };
