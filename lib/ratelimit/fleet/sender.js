'use strict';

const { invalid } = require('../../internal/options');
const { Standby } = require('./standby');

/**
 * The two kinds of Redis clients, alone or for a cluster, as one: sends a command and says whether it is
 * connected.
 *
 * @typedef {object} Sender
 * @property {(args: string[], key: string) => Promise<unknown>} send
 * @property {() => boolean} ready
 * @property {boolean} [grouped] whether only keys of one slot can go together
 * @property {() => void} [quicken] called while the client is not connected
 * @property {() => void} close
 */

/** A client may tell errors nobody listens for, and would end the process: its own reconnecting goes on. */
function heard() {}

/**
 * @param {any} client one that `isRedisClient`
 * @returns {Sender}
 */
function senderOf(client) {
  const kind = /** @type {(typeof KINDS)[0]} */ (KINDS.find(({ is }) => is(client)));
  client.on('error', heard);
  const own = kind.sender(client);
  return {
    ...own,
    close() {
      own.close();
      client.off('error', heard);
    },
  };
}

/** @param {any} client */
const isIoredis = (client) => typeof client.call === 'function' && typeof client.status === 'string';
/** @param {any} client */
const isCluster = (client) => client.isCluster === true || typeof client.nodeClient === 'function';

/** @type {readonly { is: (client: any) => boolean, sender: (client: any) => Sender }[]} */
const KINDS = [
  {
    is: (client) => isIoredis(client) && isCluster(client),
    sender: (client) => ({ send: callOf(client), ready: () => usable(client), grouped: true, close: heard }),
  },
  {
    is: isIoredis,
    sender: (client) =>
      withStandby(
        { send: callOf(client), ready: () => usable(client) },
        () => client.duplicate({ retryStrategy: () => null, lazyConnect: true, ...QUICK }),
        (standby) => ({ send: callOf(standby), ready: () => standby.status === 'ready' }),
      ),
  },
  {
    is: (client) => typeof client.sendCommand === 'function' && isCluster(client),
    sender: (client) => ({
      send: (args, key) => client.sendCommand(key, false, args),
      ready: () => client.isReady ?? client.isOpen,
      grouped: true,
      close: heard,
    }),
  },
  {
    is: (client) => typeof client.sendCommand === 'function' && 'isReady' in client,
    sender: (client) =>
      withStandby(
        { send: (args) => promising(client).sendCommand(args), ready: () => client.isReady },
        () =>
          client.duplicate({
            legacyMode: false,
            socket: {
              ...client.options?.socket,
              reconnectStrategy: false,
              connectTimeout: QUICK.connectTimeout,
            },
          }),
        (standby) => ({ send: (args) => standby.sendCommand(args), ready: () => standby.isReady }),
      ),
  },
  {
    // A pool of node-redis (createClientPool).
    is: (client) => typeof client.sendCommand === 'function' && 'isOpen' in client,
    sender: (client) => ({
      send: (args) => client.sendCommand(args),
      ready: () => client.isOpen,
      close: heard,
    }),
  },
];

const QUICK = Object.freeze({ connectTimeout: 1000 });

/** @param {any} client @returns {Sender['send']} */
function callOf(client) {
  return ([name, ...args]) => client.call(name, ...args);
}

/** In the legacy mode of node-redis 4 the client itself takes callbacks. @param {any} client */
function promising(client) {
  return client.options?.legacyMode === true ? client.v4 : client;
}

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {any} undefined where none is given
 */
function redisClient(value, path) {
  if (value === undefined || isRedisClient(value)) return value;
  const { sendCommand, on } = /** @type {any} */ (value ?? {});
  if (typeof sendCommand === 'function' && on === undefined) {
    throw invalid(path, 'the client itself (what client.legacy() gives answers by callbacks only)', value);
  }
  throw invalid(path, 'a client of redis (node-redis) or ioredis', value);
}

/** @param {any} client */
function isRedisClient(client) {
  if (typeof client !== 'object' || client === null || typeof client.on !== 'function') return false;
  return KINDS.some(({ is }) => is(client));
}

/** `wait`: a client of ioredis with `lazyConnect` connects with its first command. @param {any} client */
function usable(client) {
  return client.status === 'ready' || client.status === 'wait';
}

/**
 * @param {Pick<Sender, 'send' | 'ready'>} main
 * @param {() => any} duplicate
 * @param {(client: any) => Pick<Sender, 'send' | 'ready'>} wrap
 * @returns {Sender}
 */
function withStandby(main, duplicate, wrap) {
  const standby = new Standby(duplicate, wrap);
  return {
    send(args, key) {
      if (!standby.used || main.ready()) {
        if (standby.used) standby.drop();
        return main.send(args, key);
      }
      return standby.sender().send(args, key);
    },
    ready: () => main.ready() || (standby.used && standby.sender().ready()),
    quicken: () => standby.connect(),
    close: () => standby.close(),
  };
}

module.exports = { senderOf, redisClient };
