'use strict';

const { invalid } = require('../internal/options');
const { peer } = require('../internal/peer');
const { FAMILIES, prometheusName, cumulative } = require('./families');

/**
 * The metrics in a registry of prom-client, beside the application's own. Each is an object with what a registry asks of
 * a metric (`name`, `type`, `help`, `get`); the numbers are read when it is asked. One snapshot serves a whole
 * collection: the metrics of a registry are read in one turn of the event loop.
 *
 * @param {any} given a Registry; default the global one of prom-client
 * @param {() => import('./index').Snapshot} snapshot
 * @returns {() => void} takes them out again
 */
function toRegistry(given, snapshot) {
  const registry = given ?? peer('prom-client', 'monitor.prometheus()').register;
  if (typeof registry?.registerMetric !== 'function' || typeof registry.removeSingleMetric !== 'function') {
    throw invalid('the argument of monitor.prometheus', 'a Registry of prom-client', registry);
  }
  /** @type {import('./index').Snapshot | undefined} */
  let shared;
  const read = () => {
    if (shared === undefined) {
      shared = snapshot();
      setImmediate(() => (shared = undefined));
    }
    return shared;
  };
  const metrics = FAMILIES.map((family) => metricOf(family, read));
  for (const metric of metrics) registry.registerMetric(metric);
  return () => {
    for (const { name } of metrics) registry.removeSingleMetric(name);
  };
}

/**
 * @param {import('./families').Family} family
 * @param {() => import('./index').Snapshot} read
 */
function metricOf(family, read) {
  const { help, type, labels, histogram } = family;
  const name = prometheusName(family);
  const values = () =>
    histogram === undefined
      ? family.samples(read()).map(([of, value]) => ({ labels: of, value }))
      : valuesOf(name, histogram(read()));
  return {
    name,
    help,
    type,
    labelNames: labels,
    // Of several workers of a cluster, prom-client adds counts up; what each says about itself it cannot add.
    aggregator: type === 'gauge' ? 'max' : 'sum',
    collect: undefined,
    get: async () => ({ name, help, type, aggregator: type === 'gauge' ? 'max' : 'sum', values: values() }),
    reset() {
      // What a process has counted stays counted.
    },
  };
}

/** @param {string} name @param {import('./index').Histogram} histogram */
function valuesOf(name, histogram) {
  return [
    ...cumulative(histogram).map(({ le, count }) => ({
      labels: { le: le === '+Inf' ? le : Number(le) },
      value: count,
      metricName: `${name}_bucket`,
    })),
    { labels: {}, value: histogram.sum, metricName: `${name}_sum` },
    { labels: {}, value: histogram.count, metricName: `${name}_count` },
  ];
}

module.exports = { toRegistry };
