'use strict';

const { FAMILIES, prometheusName, cumulative } = require('./families');

/** The text exposition format of Prometheus, 0.0.4. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** @param {string} text */
function escapeLabel(text) {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

/** @param {Record<string, string>} labels */
function labelText(labels) {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** @param {import('./index').Snapshot} snapshot @returns {string} */
function exposition(snapshot) {
  /** @type {string[]} */
  const lines = [];
  for (const family of FAMILIES) {
    const samples = family.samples(snapshot);
    if (samples.length === 0 && family.histogram === undefined) continue;
    const name = prometheusName(family);
    lines.push(`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labelText(labels)} ${value}`);
    if (family.histogram === undefined) continue;
    const histogram = family.histogram(snapshot);
    for (const { le, count } of cumulative(histogram)) lines.push(`${name}_bucket{le="${le}"} ${count}`);
    lines.push(`${name}_sum ${histogram.sum}`, `${name}_count ${histogram.count}`);
  }
  return `${lines.join('\n')}\n`;
}

module.exports = { CONTENT_TYPE, exposition };
