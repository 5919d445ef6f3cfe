'use strict';

const { client: native } = require('../internal/native');
const { HauberkError, fromNative } = require('../internal/fault');
const { invalid } = require('../internal/options');

/**
 * A list of addresses and CIDR blocks, compiled once: asked for an address it halves its way to the answer,
 * and the answer is kept with the client.
 */
class Blocks {
  /** @param {readonly string[]} blocks @param {string} path what messages call the list */
  constructor(blocks, path) {
    try {
      this.networks = new native.Networks([...blocks], true);
    } catch (error) {
      const fault = fromNative(error);
      if (fault instanceof HauberkError) fault.message = `${path}: ${fault.message}`;
      throw fault;
    }
    /** @type {WeakMap<object, boolean>} */
    this.strictly = new WeakMap();
    /** @type {WeakMap<object, boolean>} */
    this.loosely = new WeakMap();
  }

  /**
   * Whether the client's very address stands in the list.
   *
   * @param {import('./stage').Client} client
   */
  holds(client) {
    let held = this.strictly.get(client);
    if (held === undefined) {
      held = client.address !== undefined && this.networks.contains(client.address);
      this.strictly.set(client, held);
    }
    return held;
  }

  /**
   * Whether the client's address stands in the list in any form: also an IPv4 address that is wrapped in
   * NAT64, 6to4 or Teredo. To keep somebody out; never to let somebody in, because strangers can own such
   * addresses.
   *
   * @param {import('./stage').Client} client
   */
  touches(client) {
    let held = this.loosely.get(client);
    if (held === undefined) {
      // The key of a wrapped address is the IPv4 address; of others it is a network, with a slash.
      held = this.holds(client) || (!client.key.includes('/') && this.networks.contains(client.key));
      this.loosely.set(client, held);
    }
    return held;
  }
}

/**
 * An option that is such a list.
 *
 * @param {unknown} value
 * @param {string} path
 * @returns {Blocks | undefined}
 */
function blocks(value, path) {
  if (value === undefined) return undefined;
  const list = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  if (Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === 'string')) {
    return new Blocks(list, path);
  }
  throw invalid(path, 'addresses or CIDR blocks, such as ["203.0.113.0/24"]', value);
}

exports.Blocks = Blocks;
exports.blocks = blocks;
