'use strict';

const { client: native } = require('../internal/native');
const { sayOnce } = require('../internal/events');
const { readForwardedFor, readForwarded } = require('./forwarded');
const { Contradictions } = require('./contradictions');
const { trustsEverybody } = require('./trust');

/** Where Express keeps whether its `trust proxy` is still the default; the same in 4 and 5. */
const EXPRESS_DEFAULT = '@@symbol:trust_proxy_default';

/** Entries of one generation of the cache of addresses; two generations live at a time. */
const GENERATION = 4096;

/** Longer texts are no addresses (src/client/address.rs). */
const MAX_LENGTH = 100;

/** One address in its three forms. */
class Record {
  /**
   * @param {string | undefined} address
   * @param {string} key
   * @param {string} masked
   */
  constructor(address, key, masked) {
    this.address = address;
    this.key = key;
    this.masked = masked;
    /** @type {boolean | undefined} whether it stands in the trusted networks, once asked */
    this.trusted = undefined;
    /** @type {any} where a limiter keeps the place of `key` in its table */
    this.print = undefined;
  }
}

/** Who has no address (a Unix socket, a connection that is already gone): all of them are one client. */
const NOBODY = new Record(undefined, 'unknown', 'unknown');

/**
 * Finds out who is calling.
 *
 * 1. The peer of the socket is the client, unless it is a trusted hop and the request carries a chain:
 *    X-Forwarded-For, or Forwarded where that is absent. No other field is ever read.
 * 2. The chain is walked from the right, past trusted hops, to the first address that is not trusted.
 * 3. What is no address ends the walk: the client is the last hop that could be read.
 * 4. If every hop is trusted: the farthest one, as Express has it; but where hops are trusted only for
 *    being private, the nearest, because the rest may have been written by the caller.
 * 5. A platform has a walk of its own (`trust.js`).
 */
class Resolver {
  /** @param {{ trustProxy: ReturnType<typeof import('./trust').compile>, ipv6Prefix: number }} settings */
  constructor(settings) {
    this.kind = settings.trustProxy.kind;
    this.trust = settings.trustProxy.trust;
    this.platform = settings.trustProxy.platform;
    this.contradictions = new Contradictions(this);
    this.prefix = settings.ipv6Prefix;
    this.mark = Symbol('hauberk.client');
    /** @type {Map<string, Record>} */
    this.young = new Map();
    /** @type {Map<string, Record>} */
    this.old = new Map();
    /** Whether a chain was believed only because the peer is private. */
    this.guessed = 0;
  }

  /**
   * @param {any} req
   * @returns {Record}
   */
  identify(req) {
    const peer = this.peer(req);
    const headers = req.headers;
    const list = headers['x-forwarded-for'];
    if (this.platform !== undefined) return this.identifyBehind(this.platform, req, peer);
    if (list === undefined && headers.forwarded === undefined) {
      if (this.kind === 'app') this.checkApp(req);
      return peer;
    }
    const app = this.kind === 'app' ? this.checkApp(req) : undefined;
    const trust = app ?? this.trust;
    if (!trust(peer, 0)) {
      if (list !== undefined && this.kind !== 'none') this.contradictions.behind(peer, list);
      return peer;
    }
    // Express itself reads X-Forwarded-For only; under its setting so do we.
    if (list === undefined && app !== undefined) return peer;
    const how = { trust, guess: app === undefined && (this.kind === 'app' || this.kind === 'private') };
    if (list === undefined) return this.walk(peer, readForwarded(headers.forwarded), how);
    const client = this.walk(peer, readForwardedFor(list), how);
    if (headers.forwarded !== undefined && app === undefined) {
      this.contradictions.compare(client, this.walk(peer, readForwarded(headers.forwarded), how));
    }
    if (list.includes(',')) this.contradictions.behind(client, list);
    return client;
  }

  /**
   * @param {import('./trust').Platform} platform
   * @param {any} req
   * @param {Record} peer
   * @returns {Record}
   */
  identifyBehind({ privates, edge, field }, req, peer) {
    if (!this.trust(peer, 0)) return peer;
    if (field !== undefined) return this.lookup(req.headers[field]) ?? peer;
    const list = req.headers['x-forwarded-for'];
    if (list === undefined) return peer;
    let hop = peer;
    let inside = 0;
    for (const text of readForwardedFor(list)) {
      const isEdge = edge?.(hop, 0) ?? false;
      // Of the hops after the first, only private ones in front of an edge are passed.
      if (inside > 0 && !isEdge && (inside >= privates || !this.isInside(hop))) break;
      const next = this.lookup(text);
      if (next === undefined) break;
      hop = next;
      inside += 1;
      if (isEdge) break;
    }
    if (list.includes(',')) this.contradictions.behind(hop, list);
    return hop;
  }

  /** @param {Record} record */
  isInside(record) {
    return this.trust(record, 0);
  }

  /** Whether the peer of the socket is a trusted hop. @param {any} req @returns {boolean} */
  trusts(req) {
    const app = this.kind === 'app' ? this.checkApp(req) : undefined;
    return (app ?? this.trust)(this.peer(req), 0);
  }

  /** @param {any} req @returns {Record} */
  peer(req) {
    const socket = req.socket;
    if (socket === undefined || socket === null) return NOBODY;
    const known = socket[this.mark];
    if (known !== undefined) return known;
    const record = this.lookup(socket.remoteAddress) ?? NOBODY;
    if (record !== NOBODY) socket[this.mark] = record;
    return record;
  }

  /**
   * The app's own `trust proxy`, where it was set.
   *
   * @param {any} req
   * @returns {import('./trust').Trust | undefined}
   * @throws ERR_HAUBERK_CLIENT_TRUST_PROXY where it is `true`
   */
  checkApp(req) {
    let settings = req.app?.settings;
    // A mounted app inherits its parent's settings, and gives up its own default; the mark of it stays.
    while (settings && !Object.hasOwn(settings, 'trust proxy')) settings = Object.getPrototypeOf(settings);
    if (!settings || settings[EXPRESS_DEFAULT] !== false) return undefined;
    if (settings['trust proxy'] === true) throw trustsEverybody();
    const trust = settings['trust proxy fn'];
    return typeof trust === 'function' ? (record, index) => Boolean(trust(record.address, index)) : undefined;
  }

  /**
   * @param {Record} peer
   * @param {string[]} hops nearest first
   * @param {{ trust: import('./trust').Trust, guess: boolean }} how
   * @returns {Record}
   */
  walk(peer, hops, { trust, guess }) {
    let client = peer;
    let passed = 0;
    for (const hop of hops) {
      const record = this.lookup(hop);
      if (record === undefined) break;
      passed += 1;
      client = record;
      if (!trust(record, passed)) return this.counted(client, passed, guess);
    }
    if (passed === 0) return peer;
    if (guess) client = /** @type {Record} */ (this.lookup(hops[0]));
    return this.counted(client, guess ? 1 : passed, guess);
  }

  /**
   * @param {Record} client
   * @param {number} hops
   * @param {boolean} guess
   */
  counted(client, hops, guess) {
    if (guess && this.kind === 'app' && this.guessed === 0) {
      this.guessed = hops;
      sayOnce(
        'HAUBERK_CLIENT_TRUST_PROXY',
        'a forwarding header was believed because it came from a private address; say how many proxies ' +
          `stand in front of the app to pin this: hauberk({ client: { trustProxy: ${hops} } }), or ` +
          "hauberk({ client: { trustProxy: 'private' } }) to keep it as it is",
      );
    }
    return client;
  }

  /**
   * @param {unknown} text
   * @returns {Record | undefined} undefined where it is no address
   */
  lookup(text) {
    if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
    let record = this.young.get(text);
    if (record !== undefined) return record;
    record = this.old.get(text);
    if (record === undefined) {
      const found = native.identify(text, this.prefix);
      if (found === null) return undefined;
      record = new Record(found.address, found.key, found.masked);
    }
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(text, record);
    return record;
  }
}

exports.Resolver = Resolver;
exports.Record = Record;
