/* eslint-disable security/detect-object-injection -- places in lists and names of this very file */
import {
  bars,
  byId,
  bytes,
  chart,
  count,
  figure,
  html,
  milliseconds,
  rate,
  ring,
  slice,
  span,
  whole,
} from './draw.mjs';

const MINUTE = 60_000;

/** What an anomaly of each kind did, with its count. */
const DEEDS = {
  unauthorized: (n) => `failed to log in ${n} times`,
  forbidden: (n) => `was forbidden ${n} times`,
  notFound: (n) => `asked for ${n} things that do not exist`,
  tooLarge: (n) => `sent ${n} bodies that were too large`,
  limited: (n) => `was over the rate limit ${n} times`,
  invalid: (n) => `sent ${n} requests that were not valid`,
  probe: (n) => `asked for ${n} paths that scanners ask for`,
  tool: () => 'came in the name of an attack tool',
};

const sum = (points, name) => points.reduce((total, point) => total + point[name], 0);

/** @param {any} anomaly */
const deed = ({ kind, count: n }) => DEEDS[kind]?.(whole.format(n)) ?? kind;

/**
 * What a person reads first: is something wrong, and what.
 *
 * @param {any} data
 * @param {any[]} minute points of the last minute
 * @returns {{ level: 'good' | 'warn' | 'bad', word: string, text: string }}
 */
export function stateOf(data, minute) {
  const blocked = sum(minute, 'blocked');
  const requests = Math.max(sum(minute, 'requests'), blocked);
  const share = `${whole.format(blocked)} of ${whole.format(requests)} requests blocked in the last minute`;
  const [latest] = (data.anomalies?.recent ?? []).filter(({ time }) => data.time - time < 5 * MINUTE);
  if (latest !== undefined) {
    const fate = latest.bannedMs > 0 ? `; banned for ${span(latest.bannedMs / 1000)}` : '';
    return { level: 'bad', word: 'Attack', text: `${latest.client ?? 'a client'} ${deed(latest)}${fate}` };
  }
  if (blocked >= 20 && blocked > requests / 5) return { level: 'bad', word: 'Attack', text: share };
  if (data.loop.p99Ms >= 200) {
    return { level: 'warn', word: 'Busy', text: `the event loop is ${milliseconds(data.loop.p99Ms)} late` };
  }
  const queue = data.passwords;
  if (queue && queue.waiting > 4 * queue.threads) {
    return {
      level: 'warn',
      word: 'Busy',
      text: `${whole.format(queue.waiting)} passwords wait to be hashed`,
    };
  }
  return { level: 'good', word: 'All quiet', text: share };
}

/** @param {any} data @param {any[]} points @param {any[]} drawn @param {any[]} minute @param {{ from: number, to: number }} frame */
export function requestsPanel(data, points, drawn, minute, frame) {
  const recent = points.slice(-3);
  const seconds = sum(recent, 'seconds') || 1;
  byId('requests-now').replaceChildren(
    figure(rate(sum(recent, 'requests') / seconds), 'requests a second'),
    figure(count(sum(minute, 'requests')), 'in the last minute', 'lesser'),
    figure(count(data.total), 'since the start', 'lesser'),
  );
  const values = drawn.map(({ time, requests, blocked, reported, seconds: step }) => {
    const allowed = Math.max(0, requests - blocked - reported);
    return { time, values: [allowed, reported, blocked].map((n) => n / step) };
  });
  const series = [
    { name: 'allowed', kind: 'k-allowed' },
    { name: 'would be blocked', kind: 'k-reported' },
    { name: 'blocked', kind: 'k-blocked' },
  ];
  chart(byId('requests'), values, series, { ...frame, unit: '/s', axes: true });
  const blocked = sum(minute, 'blocked');
  const requests = Math.max(1, sum(minute, 'requests'));
  byId('blocked-now').replaceChildren(
    figure(count(blocked), 'requests', blocked > 0 ? 'bad' : ''),
    figure(`${((100 * Math.min(blocked, requests)) / requests).toFixed(1)} %`, 'of all', 'lesser'),
  );
  const line = drawn.map(({ time, blocked: n, seconds: step }) => ({ time, values: [n / step] }));
  chart(byId('blocked'), line, [{ name: 'blocked', kind: 'k-blocked' }], { ...frame, unit: '/s' });
}

/** @param {any} data @param {any[]} points @param {{ from: number, to: number }} frame */
export function processPanels(data, points, frame) {
  const { loop, passwords } = data;
  byId('loop-now').replaceChildren(
    figure(milliseconds(loop.p99Ms), 'p99', loop.p99Ms >= 200 ? 'bad' : ''),
    figure(`${Math.round(loop.utilization * 100)} %`, 'busy', 'lesser'),
  );
  const delays = points.map(({ time, p99 }) => ({ time, values: [p99] }));
  const late = { ...frame, unit: '', least: 20, format: milliseconds };
  chart(byId('loop'), delays, [{ name: 'p99', kind: 'k-good' }], late);
  if (passwords === undefined) {
    byId('passwords-now').replaceChildren(html('p', { class: 'empty' }, 'No password was hashed yet.'));
    byId('passwords').replaceChildren();
    return;
  }
  byId('passwords-now').replaceChildren(
    figure(count(passwords.waiting), 'waiting', passwords.waiting > 4 * passwords.threads ? 'bad' : ''),
    figure(`${passwords.running}/${passwords.threads}`, 'threads', 'lesser'),
    figure(count(passwords.hashed + passwords.verified), 'done', 'lesser'),
  );
  const work = points.map(({ time, running, waiting }) => ({ time, values: [running, waiting] }));
  const series = [
    { name: 'running', kind: 'k-purple' },
    { name: 'waiting', kind: 'k-reported' },
  ];
  chart(byId('passwords'), work, series, { ...frame, unit: '', least: 4, format: count });
}

const CLASSES = [
  ['2xx', 'k-good'],
  ['3xx', 'k-allowed'],
  ['4xx', 'k-reported'],
  ['5xx', 'k-blocked'],
];

/** @param {any} data */
export function answersPanel({ status, latency }) {
  const all = status.reduce((a, b) => a + b, 0) || 1;
  const within = (ms) => (ms === undefined ? '-' : `< ${milliseconds(ms)}`);
  byId('answers-now').replaceChildren(
    figure(within(latency.p50), 'median'),
    figure(within(latency.p99), 'p99', 'lesser'),
  );
  byId('answers').replaceChildren(
    ...CLASSES.flatMap(([, kind], i) => (status[i] > 0 ? [slice(kind, status[i] / all)] : [])),
  );
  byId('answers-legend').replaceChildren(
    ...CLASSES.flatMap(([name, kind], i) =>
      status[i] > 0 ? [html('li', { class: kind }, `${name} ${count(status[i])}`)] : [],
    ),
  );
}

/** @param {any} data */
export function listPanels({ reasons, offenders, anomalies, time }) {
  bars(
    byId('reasons'),
    reasons.map(({ label, practice, blocked, reported }) => ({
      label,
      note: practice,
      value: blocked + reported,
      parts: [
        { value: blocked, kind: 'k-blocked' },
        { value: reported, kind: 'k-reported' },
      ],
    })),
    'Nothing was blocked.',
  );
  bars(
    byId('offenders'),
    offenders.map(({ client, count: value }) => ({
      label: client,
      value,
      parts: [{ value, kind: 'k-blocked' }],
      mono: true,
    })),
    'Nobody had a request blocked.',
  );
  const feed = byId('anomalies');
  if (anomalies === undefined) {
    byId('anomalies-hint').textContent = 'off';
    feed.replaceChildren(html('li', { class: 'empty' }, 'monitor: { anomalies: true } finds scanners.'));
    return;
  }
  byId('anomalies-hint').textContent = `${count(anomalies.told)} found, ${count(anomalies.banned)} banned`;
  const entries = anomalies.recent.slice(0, 5).map((one) => {
    const fate = one.bannedMs > 0 ? `; banned for ${span(one.bannedMs / 1000)}` : '';
    return html(
      'li',
      one.bannedMs > 0 ? { class: 'banned' } : {},
      html('span', { class: 'mono' }, one.client ?? 'unknown'),
      html('time', {}, `${span((time - one.time) / 1000)} ago`),
      html('small', {}, `${deed(one)}${fate}`),
    );
  });
  feed.replaceChildren(...(entries.length > 0 ? entries : [html('p', { class: 'empty' }, 'None.')]));
}

/** @param {any} data */
export function scorePanel({ score }) {
  if (score === undefined) {
    byId('ring').replaceChildren();
    byId('score-text').textContent = 'No guard stands behind this monitor.';
    return;
  }
  const kind = score.score >= 80 ? 'k-good' : score.score >= 50 ? 'k-reported' : 'k-blocked';
  ring(byId('ring'), score.score / 100, score.grade, `${score.score} of 100`, kind);
  const unsafe = score.findings.filter(({ level }) => level === 'unsafe').length;
  const notes = score.findings.length - unsafe;
  const several = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;
  const words = unsafe > 0 ? `${several(unsafe, 'thing')} unsafe` : 'Nothing is unsafe';
  byId('score-text').replaceChildren(
    html('strong', {}, words),
    notes > 0 ? `${several(notes, 'note')} worth a look` : 'and nothing to note',
  );
  byId('findings').replaceChildren(
    ...score.findings.map(({ level, practice, what, fix }) =>
      html('li', { class: level }, `${practice}: ${what}`, html('span', {}, fix)),
    ),
  );
}

/** @param {any} data */
export function footer({ rss, tables, dropped, anomalies }) {
  const parts = [['Memory', bytes(rss)]];
  for (const { kind, name, used, slots, lost } of tables.slice(0, 4)) {
    const full = used === undefined ? `${count(slots)} slots` : `${count(used)} of ${count(slots)}`;
    const what = kind === 'bans' ? 'Bans' : 'Rate limit';
    // A table that nobody named has its place, or its place and size, as its name.
    const plain = name.replace(/^bans:/, '').replace(/^limiter#/, '#');
    const own = /^(?:#[\d:]+|bans)$/.test(plain) ? '' : ` ${plain}`;
    parts.push([`${what}${own}`, lost > 0 ? `${full}, ${count(lost)} lost` : full]);
  }
  if (anomalies !== undefined) parts.push(['Clients watched', count(anomalies.clients)]);
  if (dropped > 0) parts.push(['Events only counted', count(dropped)]);
  byId('foot').replaceChildren(
    ...parts.map(([name, value]) => html('span', {}, `${name} `, html('b', {}, value))),
  );
}
