'use strict';

const { Keys } = require('../internal/keys');
const { exposition } = require('./exposition');
const { Journal } = require('./journal');
const { nameBy } = require('./names');
const { toMeter } = require('./opentelemetry');
const { toRegistry } = require('./prometheus');
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
   * @param {{ keys?: Keys }} [shared] of the guard
   */
  constructor(settings, shared = {}) {
    tallies.begin();
    this.settings = settings;
    const own = settings.secret === undefined ? shared.keys : undefined;
    this.since = Date.now();
    this.journal = new Journal(settings, nameBy(settings.keys, own ?? new Keys(settings.secret)));
    this.events = this.journal.events;
    /** @type {any} */
    this.anomalies = undefined;
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
    this.anomalies?.close();
    await this.journal.close();
  }
}

exports.Monitor = Monitor;
