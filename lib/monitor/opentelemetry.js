'use strict';

const { invalid, parse } = require('../internal/options');
const { peer } = require('../internal/peer');
const { FAMILIES, cumulative } = require('./families');

const UNITS = Object.freeze({ '': '1', seconds: 's', bytes: 'By', ratio: '1' });

const SHAPE = Object.freeze({
  /** @type {import('../internal/options').Check} */
  meterProvider(value, path) {
    if (value === undefined || typeof (/** @type {any} */ (value)?.getMeter) === 'function') return value;
    throw invalid(path, 'a MeterProvider of OpenTelemetry', value);
  },
});

/**
 * The metrics as observable instruments: they are read when a reader collects, so that a request does nothing for them.
 * OpenTelemetry has no observable histogram: the duration is three counters, `.bucket` (by `le`, each with those below
 * it), `.sum` and `.count`, as Prometheus has it.
 *
 * @param {unknown} options
 * @param {() => import('./index').Snapshot} snapshot
 * @returns {() => void} takes them out again
 */
function toMeter(options, snapshot) {
  const { meterProvider } = parse('monitor.openTelemetry', options, SHAPE);
  const provider =
    meterProvider ?? peer('@opentelemetry/api', 'monitor.openTelemetry()').metrics.getMeterProvider();
  const meter = provider.getMeter('hauberk');
  const writers = FAMILIES.map((family) => writerOf(meter, family));
  const instruments = writers.flatMap((writer) => writer.instruments);
  const observe = (/** @type {any} */ result) => {
    const current = snapshot();
    for (const { write } of writers) write(result, current);
  };
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}

/**
 * @param {any} meter
 * @param {import('./families').Family} family
 * @returns {{ instruments: any[], write: (result: any, snapshot: import('./index').Snapshot) => void }}
 */
function writerOf(meter, { name, help, type, unit, samples, histogram }) {
  const made = { description: help, unit: UNITS[unit] };
  if (histogram === undefined) {
    const full = `hauberk.${name}`;
    const instrument =
      type === 'counter'
        ? meter.createObservableCounter(full, made)
        : meter.createObservableGauge(full, made);
    return {
      instruments: [instrument],
      write(result, snapshot) {
        for (const [labels, value] of samples(snapshot)) result.observe(instrument, value, labels);
      },
    };
  }
  const count = { ...made, unit: '1' };
  const bucket = meter.createObservableCounter(`hauberk.${name}.bucket`, count);
  const sum = meter.createObservableCounter(`hauberk.${name}.sum`, made);
  const all = meter.createObservableCounter(`hauberk.${name}.count`, count);
  return {
    instruments: [bucket, sum, all],
    write(result, snapshot) {
      const current = histogram(snapshot);
      for (const { le, count: value } of cumulative(current)) result.observe(bucket, value, { le });
      result.observe(sum, current.sum);
      result.observe(all, current.count);
    },
  };
}

module.exports = { toMeter };
