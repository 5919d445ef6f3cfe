'use strict';

const CODES = require('../internal/codes');
const { gradeOf } = require('../internal/grades');

const MOST_REASONS = 8;
const MOST_OFFENDERS = 8;
const MOST_ANOMALIES = 8;

/** What a finding takes from 100. */
const UNSAFE = 20;
const NOTE = 5;

/** Names that say more to a person than those of the vocabulary. @type {Readonly<Record<string, string>>} */
const EVENTS = Object.freeze({
  malicious_csp_violation: 'CSP violation in a browser',
  sys_browser_report: 'Report of a browser',
  authn_login_fail: 'Failed login',
  authn_login_lock: 'Locked login',
});

const OWN = new Set([
  'ERR_HAUBERK_MONITOR_ANOMALY',
  'ERR_HAUBERK_MONITOR_DROPPED',
  'ERR_HAUBERK_MONITOR_LOG',
]);

/**
 * What the page shows, of a snapshot.
 *
 * @param {import('./index').Snapshot} snapshot
 * @param {any} report of the guard
 */
function viewOf(snapshot, report) {
  const { time, since, requests, loop, memory, passwords, anomalies, dropped } = snapshot;
  return {
    time,
    since,
    total: requests.total,
    status: classesOf(requests.byStatus),
    latency: { p50: quantile(requests.duration, 0.5), p99: quantile(requests.duration, 0.99) },
    reasons: reasonsOf(snapshot.events),
    offenders: snapshot.offenders.slice(0, MOST_OFFENDERS),
    anomalies: anomalies && {
      told: sum(Object.values(anomalies.told)),
      banned: anomalies.banned,
      clients: anomalies.clients,
      recent: anomalies.recent.slice(0, MOST_ANOMALIES),
    },
    passwords,
    tables: snapshot.tables,
    loop,
    rss: memory.rssBytes,
    dropped: dropped.sampled + dropped.backpressure + dropped.failed,
    score: report && scoreOf(report),
  };
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** @param {Record<string, number>} byStatus */
function classesOf(byStatus) {
  const classes = [0, 0, 0, 0, 0];
  for (const [status, count] of Object.entries(byStatus)) {
    const at = Math.floor(Number(status) / 100) - 1;
    if (at in classes) classes[at] += count;
  }
  return classes.slice(1);
}

/** The upper bound of the bucket in which a share of the observations ends, in ms. @param {import('./index').Histogram} histogram @param {number} share */
function quantile({ bounds, counts, count }, share) {
  if (count === 0) return undefined;
  let before = 0;
  const at = counts.findIndex((one) => (before += one) >= share * count);
  return (bounds[at] ?? bounds[bounds.length - 1]) * 1000;
}

/**
 * Refusals and would-be refusals by what a person calls them, most first.
 *
 * @param {import('./index').Snapshot['events']} events
 */
function reasonsOf(events) {
  /** @type {Map<string, { label: string, practice: string, blocked: number, reported: number }>} */
  const reasons = new Map();
  for (const { event, practice, code, blocked, count } of events) {
    const label = code === undefined ? EVENTS[event] : CODES[code]?.title;
    // What the monitor found out itself has its own panel.
    if (label === undefined || OWN.has(code ?? '')) continue;
    const id = `${practice} ${label}`;
    const reason = reasons.get(id) ?? { label, practice, blocked: 0, reported: 0 };
    reason[blocked ? 'blocked' : 'reported'] += count;
    reasons.set(id, reason);
  }
  const all = [...reasons.values()];
  return all.sort((a, b) => b.blocked + b.reported - a.blocked - a.reported).slice(0, MOST_REASONS);
}

/** @param {{ findings: { practice: string, level: string, what: string, fix: string }[] }} report */
function scoreOf({ findings }) {
  const lost = findings.map(({ level }) => (level === 'unsafe' ? UNSAFE : NOTE));
  const score = Math.max(0, 100 - sum(lost));
  const grade = gradeOf(score);
  const unsafeFirst = [...findings].sort(
    (a, b) => Number(b.level === 'unsafe') - Number(a.level === 'unsafe'),
  );
  return {
    score,
    grade,
    findings: unsafeFirst.map(({ practice, level, what, fix }) => ({ practice, level, what, fix })),
  };
}

module.exports = { viewOf, scoreOf };
