'use strict';

/**
 * A second connection of the same client, for the time in which the first one waits before it connects
 * again: that can be seconds after the server is back, and is the owner's to choose. It lives from the
 * server's return until the first connection is there again.
 */
class Standby {
  /**
   * @param {() => any} duplicate makes a client with the same options that does not connect again by itself
   * @param {(client: any) => Pick<import('./sender').Sender, 'send' | 'ready'>} wrap
   */
  constructor(duplicate, wrap) {
    this.duplicate = duplicate;
    this.wrap = wrap;
    /** @type {any} */
    this.client = undefined;
    this.closed = false;
  }

  /** Whether there is a second connection, or one is being made. */
  get used() {
    return this.client !== undefined;
  }

  sender() {
    return this.wrap(this.client);
  }

  /** Tries once; the one who looks for the store tries again. */
  connect() {
    if (this.closed || this.client !== undefined) return;
    /** @type {any} */
    let client;
    try {
      client = this.duplicate();
      this.client = client;
      client.on('error', () => {});
      client.on('end', () => this.drop(client));
      client.connect().catch(() => this.drop(client));
    } catch {
      this.drop(client);
    }
  }

  /** @param {any} [client] the one that is meant, where it may have been replaced */
  drop(client = this.client) {
    if (client === undefined) return;
    if (this.client === client) this.client = undefined;
    try {
      // node-redis 5 and later, ioredis, node-redis 4.
      const gone = client.destroy !== undefined ? client.destroy() : client.disconnect();
      if (gone instanceof Promise) gone.catch(() => {});
    } catch {
      // It was not connected.
    }
  }

  close() {
    this.closed = true;
    this.drop();
  }
}

exports.Standby = Standby;
