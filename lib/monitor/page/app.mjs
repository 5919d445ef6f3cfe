/* eslint-disable security/detect-object-injection -- names of this very file */
/* global document, window, location, localStorage, sessionStorage, matchMedia */
import { byId, span } from './draw.mjs';
import {
  answersPanel,
  footer,
  listPanels,
  processPanels,
  requestsPanel,
  scorePanel,
  stateOf,
} from './panels.mjs';

const MOST_POINTS = 300;
const LEAST_STEPS = 30;

/** What is known, and how it stands with the server. */
const known = { points: [], data: undefined, failures: 0, timer: 0 };

/** A store that a browser may forbid. */
function stored(store, name, value) {
  try {
    if (value !== undefined) store().setItem(name, value);
    return store().getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

const session = () => sessionStorage;
const local = () => localStorage;
let token = stored(session, 'hauberk-token');

async function load() {
  const since = known.points.at(-1)?.time ?? 0;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${location.pathname}?data=${since}`, { headers, cache: 'no-store' });
  if (answer.status === 401 || answer.status === 403) return ask();
  if (!answer.ok) throw new Error(String(answer.status));
  const data = await answer.json();
  // A server that was started anew begins anew.
  if (known.data !== undefined && known.data.since !== data.since) known.points = [];
  known.points = [...known.points, ...data.points].slice(-MOST_POINTS);
  known.data = data;
  byId('ask').hidden = true;
  byId('panels').hidden = false;
  return render();
}

function ask() {
  byId('panels').hidden = true;
  byId('ask').hidden = false;
  byId('ask-wrong').hidden = token === undefined;
  say({ level: 'warn', word: 'Locked', text: 'a token is needed' });
  token = undefined;
  known.data = undefined;
  known.points = [];
  byId('token').focus();
  return false;
}

function say({ level, word, text }) {
  byId('state').dataset.level = level;
  byId('state-word').textContent = word;
  byId('state-text').textContent = text;
}

/**
 * Points in groups of four, where there are many: a line that a person can follow. Groups are cut by the clock, so that
 * they stay the same while time goes on.
 */
function condensed(points, stepMs) {
  if (points.length <= 100) return points;
  const groups = [];
  let last;
  for (const point of points) {
    const group = Math.floor(point.time / (4 * stepMs));
    if (group !== last) groups.push({ ...point });
    else join(groups[groups.length - 1], point);
    last = group;
  }
  return groups;
}

/** What happened adds up; of a level the highest counts. */
function join(group, point) {
  group.time = point.time;
  for (const name of ['seconds', 'requests', 'blocked', 'reported']) group[name] += point[name];
  for (const name of ['p99', 'waiting', 'running']) group[name] = Math.max(group[name], point[name]);
}

function render() {
  const { data, points } = known;
  if (data === undefined) return;
  const to = points.at(-1)?.time ?? data.time;
  const whole = data.intervalMs * MOST_POINTS;
  const seen = to - (points[0]?.time ?? to);
  const frame = { from: to - Math.min(whole, Math.max(seen, data.intervalMs * LEAST_STEPS)), to };
  const minute = points.filter(({ time }) => time > to - 60_000);
  say(stateOf(data, minute));
  byId('uptime').textContent = `counting for ${span((data.time - data.since) / 1000)}`;
  const drawn = condensed(points, data.intervalMs);
  requestsPanel(data, points, drawn, minute, frame);
  processPanels(data, drawn, frame);
  answersPanel(data);
  listPanels(data);
  scorePanel(data);
  footer(data);
}

async function loop() {
  clearTimeout(known.timer);
  let goOn = true;
  try {
    goOn = (await load()) !== false;
    known.failures = 0;
  } catch {
    known.failures += 1;
  }
  const lost = known.failures > 1;
  byId('live').toggleAttribute('data-lost', lost);
  byId('live').textContent = lost ? 'no answer' : 'live';
  if (lost) say({ level: 'bad', word: 'No answer', text: 'what stands here is the last that was known' });
  const step = known.data?.intervalMs ?? 2000;
  if (goOn) known.timer = setTimeout(loop, Math.min(30_000, step * 2 ** Math.max(0, known.failures - 1)));
}

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  token = byId('token').value.trim();
  stored(session, 'hauberk-token', token);
  byId('token').value = '';
  loop();
});

const root = document.documentElement;
const theme = stored(local, 'hauberk-theme');
if (theme !== undefined) root.dataset.theme = theme;
byId('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  root.dataset.theme = dark === 'dark' ? 'light' : 'dark';
  stored(local, 'hauberk-theme', root.dataset.theme);
});

window.addEventListener('resize', render);
loop();
