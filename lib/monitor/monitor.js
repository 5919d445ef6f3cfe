'use strict';

const { publish, watch } = require('../internal/events');
const { Keys } = require('../internal/keys');
const { exposition } = require('./exposition');
const { Journal } = require('./journal');
const { nameBy } = require('./names');
const { snapshot } = require('./snapshot');
const tallies = require('./tallies');

/**
 * One view of what this process counts. The counts belong to the process; the log, the listeners and the anomalies to
 * the monitor. What is asked for by an option or a call is loaded with it.
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
    /** @type {import('./anomalies').Anomalies | undefined} */
    this.anomalies = settings.anomalies ? anomaliesOf(settings.anomalies, shared.mode) : undefined;
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
    return require('./scrape').scrape(options, () => this.snapshot());
  }

  /** @param {unknown} [registry] */
  prometheus(registry) {
    return this.#exported(require('./prometheus').toRegistry(registry, () => this.snapshot()));
  }

  /** @param {unknown} [options] */
  openTelemetry(options) {
    return this.#exported(require('./opentelemetry').toMeter(options, () => this.snapshot()));
  }

  /** @param {unknown} [options] */
  dashboard(options) {
    const made = require('./dashboard').dashboard(this, options ?? this.settings.dashboard);
    this.exports.add(made.close);
    return made;
  }

  /** @param {unknown} [options] */
  reports(options) {
    return require('./reports').reports(options ?? this.settings.reports);
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

/**
 * @param {unknown} given
 * @param {'enforce' | 'report' | undefined} mode
 */
function anomaliesOf(given, mode) {
  const { create, parse } = require('./anomalies');
  const rules = parse(given);
  return create({ ...rules, mode: rules.mode ?? mode }, { emit: publish });
}

exports.Monitor = Monitor;
