'use strict';

/**
 * Who caused the most refusals, in memory of fixed size: the space-saving algorithm (Metwally, Agrawal and El Abbadi,
 * 2005). A client that is new takes the place of the one with the smallest count, and its count: so a client that
 * caused more than one refusal in `PLACES` is always here, and a count is too high by at most the smallest one.
 */

const PLACES = 128;

class Offenders {
  constructor() {
    /** @type {Map<string, number>} where a key stands */
    this.places = new Map();
    /** @type {import('../client/stage').Client[]} */
    this.clients = [];
    this.counts = new Float64Array(PLACES);
  }

  /** @param {import('../client/stage').Client} client */
  add(client) {
    const at = this.places.get(client.key);
    if (at !== undefined) this.counts[at] += 1;
    else if (this.clients.length < PLACES) this.#put(this.clients.length, client);
    else this.#replace(client);
  }

  /** @param {import('../client/stage').Client} client */
  #replace(client) {
    const { counts } = this;
    let least = 0;
    for (let i = 1; i < PLACES; i += 1) if (counts[i] < counts[least]) least = i;
    this.places.delete(this.clients[least].key);
    this.#put(least, client);
  }

  /** @param {number} at @param {import('../client/stage').Client} client */
  #put(at, { address, key, masked }) {
    this.clients[at] = { address, key, masked };
    this.counts[at] += 1;
    this.places.set(key, at);
  }

  /**
   * @param {number} most
   * @returns {{ client: import('../client/stage').Client, count: number }[]} most refusals first
   */
  top(most) {
    const all = this.clients.map((client, i) => ({ client, count: this.counts[i] }));
    return all.sort((a, b) => b.count - a.count).slice(0, most);
  }
}

exports.Offenders = Offenders;
