'use strict';

const { sayOnce } = require('../internal/events');
const { CLOUDFLARE, trustNetworks } = require('./trust');

/** Addresses that are watched at a time. */
const WATCHED = 64;
/** So many different clients behind one address are not one client. */
const MANY = 50;
/** A line of a chain is remembered by its first characters. */
const REMEMBERED = 40;

/**
 * What the traffic says against the configuration. Each contradiction is told once per process, with the
 * setting that ends it, and stands in the report. Nothing is decided by it: whoever sends requests can
 * cause it.
 */
class Contradictions {
  /** @param {{ kind: string }} resolver */
  constructor(resolver) {
    this.kind = resolver.kind;
    /** @type {import('../internal/stage').Finding[]} */
    this.findings = [];
    this.disagreed = false;
    this.crowded = false;
    /** @type {Map<string, Set<string>>} what stood behind an address */
    this.watched = new Map();
  }

  /**
   * X-Forwarded-For and Forwarded of one request name different clients.
   *
   * @param {{ key: string }} one
   * @param {{ key: string }} other
   */
  compare(one, other) {
    if (this.disagreed || one.key === other.key) return;
    this.disagreed = true;
    this.find(
      'HAUBERK_CLIENT_TWO_CHAINS',
      'X-Forwarded-For and Forwarded name different clients; X-Forwarded-For counts',
      'let the proxy remove the one of the two fields that it does not write itself',
    );
  }

  /**
   * The client is `record`, and the chain goes on behind it.
   *
   * @param {import('./resolver').Record} record
   * @param {string} list
   */
  behind(record, list) {
    if (this.crowded || record.address === undefined) return;
    let seen = this.watched.get(record.address);
    if (seen === undefined) {
      if (this.watched.size >= WATCHED) this.watched.delete(this.watched.keys().next().value ?? '');
      seen = new Set();
      this.watched.set(record.address, seen);
    }
    seen.add(list.slice(0, REMEMBERED));
    if (seen.size < MANY) return;
    this.crowded = true;
    this.watched.clear();
    this.find(
      'HAUBERK_CLIENT_EDGE',
      `more than ${MANY - 1} clients seem to stand behind one address (${record.masked}), and are counted as one`,
      isCloudflare(record)
        ? "it is a server of Cloudflare: client: { trustProxy: 'cloudflare' }"
        : 'if it is a proxy of yours or of your content delivery network, count it in client: { trustProxy } ' +
            'or name its addresses there',
    );
  }

  /** @param {string} topic @param {string} what @param {string} fix */
  find(topic, what, fix) {
    this.findings.push({ level: 'unsafe', what, fix });
    sayOnce(topic, `${what}; ${fix}`);
  }
}

/** @type {import('./trust').Trust | undefined} */
let cloudflare;

/** @param {import('./resolver').Record} record */
function isCloudflare(record) {
  cloudflare ??= trustNetworks(CLOUDFLARE, 'cloudflare', true);
  return cloudflare(record, 0);
}

exports.Contradictions = Contradictions;
