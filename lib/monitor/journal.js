'use strict';

const { EventEmitter } = require('node:events');
const { randomInt } = require('node:crypto');
const { watch } = require('../internal/events');
const { recordOf } = require('./record');
const { Sampler } = require('./sampler');

const TELL_MS = 1000;

/**
 * Tells events one by one: to a log, and to the listeners of `events`. It listens to the bus only while somebody wants
 * to hear it; beyond the allowance of the sampler, events are counted and no record is made.
 */
class Journal {
  /**
   * @param {{ log: import('./options').LogTarget | undefined, perKeyPerSecond: number, perSecond: number, bufferBytes: number }} settings
   * @param {ReturnType<typeof import('./names').nameBy>} name
   */
  constructor(settings, name) {
    this.name = name;
    this.sampler = new Sampler(settings, randomInt(2 ** 32));
    this.sampled = 0;
    /** What was dropped when that was last told. */
    this.told = 0;
    /** From when on (ms) it is told again: once a second is enough, and the telling takes room itself. */
    this.tellFrom = 0;
    this.queue = settings.log && require('./log').openLog(settings.log, settings.bufferBytes);
    this.events = new EventEmitter();
    /** @type {(() => void) | undefined} */
    this.unwatch = undefined;
    this.closed = false;
    /** @type {import('../internal/events').Watcher} */
    this.take = (event, client, members) => this.#take(event, client, members);
    if (this.queue !== undefined) this.#listen();
    this.events.on('newListener', (name) => {
      if (name === 'event') this.#listen();
    });
  }

  #listen() {
    if (this.unwatch === undefined && !this.closed) this.unwatch = watch(this.take);
  }

  /** @type {import('../internal/events').Watcher} */
  #take(event, client, members) {
    if (!this.sampler.admits(client?.key ?? '', event.time)) {
      this.sampled += 1;
      return;
    }
    if (this.dropped() > this.told && this.#hasRoom(event.time)) this.#tellDropped(event.time);
    this.#tell(recordOf(event, members, this.name(client, event.client)));
  }

  /** @param {import('./index').EventRecord} record */
  #tell(record) {
    this.queue?.push(JSON.stringify(record));
    if (this.events.listenerCount('event') === 0) return;
    try {
      this.events.emit('event', record);
    } catch (error) {
      // A listener that throws must not end the request that the event is about; it is no less an error.
      process.nextTick(() => {
        throw error;
      });
    }
  }

  /** @param {number} time */
  #hasRoom(time) {
    if (time < this.tellFrom && time > this.tellFrom - TELL_MS) return false;
    return this.queue === undefined || this.queue.waitingBytes < this.queue.most / 2;
  }

  /** How many events were not told, whatever the reason. */
  dropped() {
    const { backpressure, failed } = this.queue?.counts ?? { backpressure: 0, failed: 0 };
    return this.sampled + backpressure + failed;
  }

  /** @param {number} time */
  #tellDropped(time) {
    const { backpressure, failed } = this.queue?.counts ?? { backpressure: 0, failed: 0 };
    const since = this.dropped() - this.told;
    this.told = this.dropped();
    this.tellFrom = time + TELL_MS;
    const detail =
      `${since} events were counted but not told one by one; since the start: ` +
      `${this.sampled} sampled, ${backpressure} for want of room, ${failed} in failed writes`;
    const event = {
      event: 'sys_monitor_disabled',
      practice: 'monitor',
      code: 'ERR_HAUBERK_MONITOR_DROPPED',
      blocked: false,
      detail,
      requestId: undefined,
      client: undefined,
      time,
    };
    this.#tell(recordOf(event, undefined, undefined));
  }

  async close() {
    this.closed = true;
    this.unwatch?.();
    this.unwatch = undefined;
    if (this.dropped() > this.told) this.#tellDropped(Date.now());
    await this.queue?.close();
  }
}

exports.Journal = Journal;
