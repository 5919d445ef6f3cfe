/* eslint-disable security/detect-object-injection -- places in lists and names of this very file */
/* global document, window */

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * An element of HTML; a child that is no node becomes text, never markup.
 *
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
export function html(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The same of SVG. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

export const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** @param {number} value */
export function count(value) {
  return value < 10_000 ? whole.format(Math.round(value)) : short.format(value);
}

/** A rate: small ones with a decimal. @param {number} value */
export function rate(value) {
  return value > 0 && value < 10 ? value.toFixed(1) : count(value);
}

/** @param {number} ms */
export function milliseconds(ms) {
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** @param {number} seconds */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.round((seconds % 86_400) / 3600)} h`;
}

/** @param {number} value of bytes */
export function bytes(value) {
  return value < 2 ** 30 ? `${Math.round(value / 2 ** 20)} MB` : `${(value / 2 ** 30).toFixed(1)} GB`;
}

/** The next round number whose quarters are round too. @param {number} value */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** @param {number} time */
const clock = (time) =>
  new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/**
 * Areas on top of each other over time, with axes and a reading under the pointer.
 *
 * @param {HTMLElement} node
 * @param {{ time: number, values: number[] }[]} points
 * @param {{ name: string, kind: string }[]} series the lowest first
 * @param {{ from: number, to: number, unit: string, axes?: boolean, solid?: boolean, least?: number, format?: (value: number) => string }} frame
 */
export function chart(node, points, series, frame) {
  const { width, height } = node.getBoundingClientRect();
  const axes = frame.axes ?? false;
  const format = frame.format ?? rate;
  const [left, right, top, bottom] = axes ? [34, 2, 8, 20] : [0, 0, 3, 1];
  const inner = { width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
  const most = Math.max(frame.least ?? 1, ...points.map(({ values }) => values.reduce((a, b) => a + b, 0)));
  const ceiling = axes ? nice(most * 1.05) : most * 1.08;
  const x = (time) => left + ((time - frame.from) / (frame.to - frame.from)) * inner.width;
  const y = (value) => top + inner.height - (value / ceiling) * inner.height;
  const root = svg('svg', {
    width,
    height,
    role: 'img',
    'aria-label': series.map(({ name }) => name).join(', '),
  });
  if (axes) drawAxes(root, { left, right, width, height, ceiling, y, x, from: frame.from, to: frame.to });
  let base = points.map(() => 0);
  for (let at = 0; at < series.length; at += 1) {
    const lower = base;
    base = points.map(({ values }, i) => lower[i] + values[at]);
    if (points.length < 2 || points.every(({ values }) => values[at] === 0)) continue;
    const upper = line(points, base, x, y);
    const back = line(points, lower, x, y).split(' ').reverse().join(' ');
    const solid = frame.solid ? ' solid' : '';
    root.append(
      svg('polygon', { points: `${upper} ${back}`, class: `fill${solid} ${series[at].kind}` }),
      svg('polyline', { points: upper, class: `stroke ${series[at].kind}` }),
    );
  }
  node.replaceChildren(root);
  follow(node, root, points, { x, height, left, bottom, top }, (point) => {
    const lines = series.map(({ name }, at) => `${name}: ${format(point.values[at])}${frame.unit}`);
    return [clock(point.time), ...lines.reverse()].join('\n');
  });
}

function line(points, values, x, y) {
  return points.map(({ time }, i) => `${x(time).toFixed(1)},${y(values[i]).toFixed(1)}`).join(' ');
}

function drawAxes(root, { left, right, width, height, ceiling, y, x, from, to }) {
  for (let step = 0; step <= 4; step += 1) {
    const value = (ceiling * step) / 4;
    const at = Math.round(y(value)) + 0.5;
    root.append(
      svg('line', { x1: left, x2: width - right, y1: at, y2: at, class: 'grid' }),
      svg(
        'text',
        { x: left - 8, y: at + 4, 'text-anchor': 'end', class: 'axis' },
        value === 0 ? '0' : rate(value),
      ),
    );
  }
  const total = to - from;
  for (let step = 0; step <= 4; step += 1) {
    const ago = (total * (4 - step)) / 4;
    const anchor = step === 0 ? 'start' : step === 4 ? 'end' : 'middle';
    const text =
      ago === 0 ? 'now' : total <= 180_000 ? `-${Math.round(ago / 1000)} s` : `-${span(ago / 1000)}`;
    root.append(svg('text', { x: x(to - ago), y: height - 4, 'text-anchor': anchor, class: 'axis' }, text));
  }
}

/** The reading under the pointer. */
function follow(node, root, points, frame, read) {
  const tip = byId('tip');
  let cross;
  const leave = () => {
    cross?.remove();
    tip.hidden = true;
  };
  root.addEventListener('pointerleave', leave);
  root.addEventListener('pointermove', (event) => {
    leave();
    if (points.length === 0) return;
    const box = node.getBoundingClientRect();
    const at = event.clientX - box.left;
    const point = points.reduce((a, b) =>
      Math.abs(frame.x(b.time) - at) < Math.abs(frame.x(a.time) - at) ? b : a,
    );
    const x = frame.x(point.time);
    cross = svg('line', { x1: x, x2: x, y1: frame.top, y2: frame.height - frame.bottom, class: 'cross' });
    root.append(cross);
    tip.textContent = read(point);
    tip.hidden = false;
    const half = tip.offsetWidth / 2 + 8;
    tip.style.left = `${Math.min(window.innerWidth - half, Math.max(half, box.left + x))}px`;
    tip.style.top = `${Math.max(70, box.top + 20)}px`;
  });
}

/** @param {HTMLElement} node @param {number} share @param {string} big @param {string} little @param {string} kind */
export function ring(node, share, big, little, kind) {
  const length = 2 * Math.PI * 40;
  node.replaceChildren(
    svg(
      'svg',
      { viewBox: '0 0 96 96', role: 'img', 'aria-label': `${big}, ${little}` },
      svg('circle', { cx: 48, cy: 48, r: 40, class: 'ring-track' }),
      svg('circle', {
        cx: 48,
        cy: 48,
        r: 40,
        class: `ring-value ${kind}`,
        'stroke-dasharray': `${length * share} ${length}`,
        transform: 'rotate(-90 48 48)',
      }),
      svg('text', { x: 48, y: 54, class: 'ring-grade' }, big),
      svg('text', { x: 48, y: 70, class: 'ring-number' }, little),
    ),
  );
}

/** A number with what it means. @param {string} value @param {string} what @param {string} [kind] */
export function figure(value, what, kind = '') {
  return html('div', { class: `figure ${kind}` }, html('b', {}, value), html('span', {}, what));
}

/**
 * @param {HTMLElement} node
 * @param {{ label: string, note?: string, value: number, parts: { value: number, kind: string }[], mono?: boolean }[]} rows
 * @param {string} empty what stands there without rows
 */
export function bars(node, rows, empty) {
  if (rows.length === 0) return node.replaceChildren(html('p', { class: 'empty' }, empty));
  const most = Math.max(...rows.map(({ value }) => value));
  return node.replaceChildren(
    ...rows.map(({ label, note, value, parts, mono }) => {
      const name = html('span', { title: label, ...(mono && { class: 'mono' }) }, label);
      if (note) name.append(html('em', {}, note));
      const meter = html('div', { class: 'meter' });
      for (const part of parts) {
        if (part.value > 0) meter.append(slice(part.kind, part.value / most));
      }
      const head = html('div', { class: 'label' }, name, html('b', {}, count(value)));
      return html('div', { class: 'bar-row' }, head, meter);
    }),
  );
}

/** A part of a bar. @param {string} kind @param {number} share */
export function slice(kind, share) {
  const part = html('i', { class: kind });
  part.style.width = `${share * 100}%`;
  return part;
}
