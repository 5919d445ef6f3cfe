'use strict';

const { publish, watch } = require('../internal/events');
const { Keys } = require('../internal/keys');
const anomalies = require('./anomalies');
const { dashboard } = require('./dashboard');
const { exposition } = require('./exposition');
const { Journal } = require('./journal');
const { nameBy } = require('./names');
const { toMeter } = require('./opentelemetry');
const { toRegistry } = require('./prometheus');
const { reports } = require('./reports');
const { scrape } = require('./scrape');
const { snapshot } = require('./snapshot');
const tallies = require('./tallies');

/**
 * One view of what this process counts. The counts belong to the process; the log, the listeners and the anomalies to
 * the monitor.
 */
class Monitor {
  /**
   * @param {ReturnType<typeof import('./options').parse>} settings
   * @param {{ keys?: Keys, mode?: 'enforce' | 'report', composed?: boolean }} [shared] of the guard
   */
  constructor(settings, shared = {}) {
    tallies.begin();
    this.settings = settings;
    const own = settings.secret === undefined ? shared.keys : undefined;
    this.since = Date.now();
    this.journal = new Journal(settings, nameBy(settings.keys, own ?? new Keys(settings.secret)));
    this.events = this.journal.events;
    const rules = anomalies.parse(settings.anomalies);
    /** @type {import('./anomalies').Anomalies | undefined} */
    this.anomalies =
      rules && anomalies.create({ ...rules, mode: rules.mode ?? shared.mode }, { emit: publish });
    // In a guard the bans are made later than the monitor.
    if (!shared.composed) this.anomalies?.useBans(undefined);
    this.unwatch = this.anomalies && watch((event, client) => this.anomalies?.count(event, client));
    /** What is on and what is unsafe, for the dashboard: of the guard. @type {(() => any) | undefined} */
    this.report = undefined;
    /** What takes the metrics out of registries again. @type {Set<() => void>} */
    this.exports = new Set();
  }

  /** @returns {import('./index').Snapshot} */
  snapshot() {
    return snapshot(this.journal, this);
  }

  /** @returns {Promise<string>} */
  async metrics() {
    return exposition(this.snapshot());
  }

  /** @param {unknown} [options] */
  scrape(options) {
    return scrape(options, () => this.snapshot());
  }

  /** @param {unknown} [registry] */
  prometheus(registry) {
    return this.#exported(toRegistry(registry, () => this.snapshot()));
  }

  /** @param {unknown} [options] */
  openTelemetry(options) {
    return this.#exported(toMeter(options, () => this.snapshot()));
  }

  /** @param {unknown} [options] */
  dashboard(options) {
    const made = dashboard(this, options ?? this.settings.dashboard);
    this.exports.add(made.close);
    return made;
  }

  /** @param {unknown} [options] */
  reports(options) {
    return reports(options ?? this.settings.reports);
  }

  /** @param {() => void} end */
  #exported(end) {
    const once = () => {
      if (this.exports.delete(once)) end();
    };
    this.exports.add(once);
    return once;
  }

  async close() {
    for (const end of [...this.exports]) end();
    this.unwatch?.();
    this.anomalies?.close();
    await this.journal.close();
  }
}

exports.Monitor = Monitor;
