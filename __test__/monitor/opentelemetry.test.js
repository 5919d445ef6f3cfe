'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { test } = require('node:test');
const { metrics } = require('@opentelemetry/api');
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-http');
const {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} = require('@opentelemetry/sdk-metrics');
const hauberk = require('../..');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

/** A guard with three allowed and two blocked requests. @param {import('node:test').TestContext} t */
async function used(t) {
  const app = expresses[1].express();
  const guard = hauberk({ ratelimit: { limit: 3, burst: 3, windowMs: 3_600_000 } });
  t.after(guard.close);
  app.use(guard);
  app.get('/', (_req, res) => res.json({}));
  const { port } = await serve(t, app);
  for (let i = 0; i < 5; i += 1) await send(port, { method: 'GET' });
  return guard.monitor;
}

/** A provider that exports only when it is asked to. @param {import('node:test').TestContext} t @param {any} exporter */
function providerOf(t, exporter) {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  t.after(() => provider.shutdown().catch(() => {}));
  return provider;
}

/** @param {any} monitor */
const blockedBy = (monitor) =>
  monitor.snapshot().decisions.find((/** @type {any} */ { practice }) => practice === 'ratelimit').blocked;

test('the real SDK, in memory: counters, gauges and the buckets of the duration', async (t) => {
  const monitor = await used(t);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = providerOf(t, exporter);
  const end = monitor.openTelemetry({ meterProvider: provider });
  await provider.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics));
  const points = (/** @type {string} */ name) => {
    const found = all.find(({ descriptor }) => descriptor.name === name);
    assert.ok(found, name);
    return found.dataPoints;
  };
  const decided = points('hauberk.decisions').find(
    ({ attributes }) => attributes.practice === 'ratelimit' && attributes.decision === 'blocked',
  );
  assert.equal(decided?.value, blockedBy(monitor));
  const { duration, total } = monitor.snapshot().requests;
  assert.equal(points('hauberk.requests')[0].value, total);
  assert.equal(points('hauberk.request.duration.count')[0].value, duration.count);
  assert.equal(points('hauberk.request.duration.bucket').length, duration.bounds.length + 1);
  assert.ok(Number(points('hauberk.process.resident.memory')[0].value) > 1e6);
  assert.equal(
    all.find(({ descriptor }) => descriptor.name === 'hauberk.process.heap.used')?.descriptor.unit,
    'By',
  );

  // Taken out, nothing is read any more; the SDK goes on to export what it read last.
  end();
  let read = 0;
  const { snapshot } = monitor;
  monitor.snapshot = () => {
    read += 1;
    return snapshot.call(monitor);
  };
  await provider.forceFlush();
  assert.equal(read, 0);
});

test('the OTLP/HTTP exporter sends them to a collector', async (t) => {
  const monitor = await used(t);
  /** @type {any[]} */
  const received = [];
  const collector = http.createServer((req, res) => {
    let text = '';
    req.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    req.on('end', () => {
      received.push({ path: req.url, type: req.headers['content-type'], body: JSON.parse(text) });
      res.setHeader('Content-Type', 'application/json');
      res.end('{}');
    });
  });
  await new Promise((resolve) => collector.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (collector.address());
  const provider = providerOf(t, new OTLPMetricExporter({ url: `http://127.0.0.1:${port}/v1/metrics` }));
  // After the provider, which exports once more when it ends.
  t.after(() => {
    collector.closeAllConnections();
    collector.close();
  });
  monitor.openTelemetry({ meterProvider: provider });
  await provider.forceFlush();
  assert.equal(received.length, 1);
  const [{ path, type, body }] = received;
  assert.deepEqual([path, type], ['/v1/metrics', 'application/json']);
  const [scope] = body.resourceMetrics[0].scopeMetrics;
  assert.equal(scope.scope.name, 'hauberk');
  const decisions = scope.metrics.find((/** @type {any} */ { name }) => name === 'hauberk.decisions');
  assert.equal(decisions.sum.isMonotonic, true);
  const value = (/** @type {any} */ point, /** @type {string} */ key) =>
    point.attributes.find((/** @type {any} */ one) => one.key === key).value.stringValue;
  const blocked = decisions.sum.dataPoints.find(
    (/** @type {any} */ point) =>
      value(point, 'practice') === 'ratelimit' && value(point, 'decision') === 'blocked',
  );
  assert.equal(Number(blocked.asDouble ?? blocked.asInt), blockedBy(monitor));
  await monitor.close();
});

test('the global meter provider is the default; what is none throws', async (t) => {
  const monitor = await used(t);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = providerOf(t, exporter);
  metrics.setGlobalMeterProvider(provider);
  t.after(() => metrics.disable());
  monitor.openTelemetry();
  await provider.forceFlush();
  assert.ok(exporter.getMetrics().length > 0);
  await monitor.close();
  assert.throws(() => monitor.openTelemetry(/** @type {any} */ ({ meterProvider: {} })), {
    code: 'ERR_HAUBERK_OPTION_INVALID',
  });
  assert.throws(() => monitor.openTelemetry(/** @type {any} */ ({ meter: provider })), {
    code: 'ERR_HAUBERK_OPTION_UNKNOWN',
  });
});
