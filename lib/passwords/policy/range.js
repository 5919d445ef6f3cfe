'use strict';

const { sha1 } = require('./format');

/**
 * The k-anonymity range service: `GET <url><first 5 hex digits of the SHA-1>` answers with lines
 * `<other 35 digits>:<count>`. The service learns five digits, which about 2000 known passwords share; with
 * `Add-Padding: true` not even the length of the answer tells more, and lines with a count of 0 are padding.
 */

const PREFIX = 5;
const ROW = /^([0-9A-Fa-f]{35}):(\d{1,12})$/;

/** Beyond this many at once the service is as good as down. */
const MOST_AT_ONCE = 32;

/** Asks the service, and remembers what it said. */
class Ranges {
  /** @param {{ url: string, timeoutMs: number, padding: boolean, maxBytes: number, cache: { max: number, expiresInMs: number } }} settings */
  constructor(settings) {
    this.settings = settings;
    /** @type {Map<string, { rows: Map<string, number>, until: number }>} */
    this.kept = new Map();
    /** @type {Map<string, Promise<Map<string, number>>>} */
    this.asked = new Map();
  }

  /**
   * How often a password stands in breaches.
   *
   * @param {string} password
   * @returns {Promise<number>} rejects where the service gave no usable answer
   */
  async count(password) {
    const hash = sha1(password).toUpperCase();
    const rows = await this.rows(hash.slice(0, PREFIX));
    return rows.get(hash.slice(PREFIX)) ?? 0;
  }

  /** @param {string} prefix @returns {Promise<Map<string, number>>} */
  rows(prefix) {
    const kept = this.kept.get(prefix);
    if (kept && kept.until > Date.now()) return Promise.resolve(kept.rows);
    const under = this.asked.get(prefix);
    if (under) return under;
    if (this.asked.size >= MOST_AT_ONCE) return Promise.reject(new Error('too many range requests at once'));
    const asking = this.ask(prefix)
      .then((rows) => this.keep(prefix, rows))
      .finally(() => this.asked.delete(prefix));
    this.asked.set(prefix, asking);
    return asking;
  }

  /** @param {string} prefix @param {Map<string, number>} rows */
  keep(prefix, rows) {
    const { max, expiresInMs } = this.settings.cache;
    this.kept.delete(prefix);
    if (max > 0) this.kept.set(prefix, { rows, until: Date.now() + expiresInMs });
    if (this.kept.size > max) this.kept.delete(this.kept.keys().next().value ?? '');
    return rows;
  }

  /** @param {string} prefix */
  async ask(prefix) {
    const { url, timeoutMs, padding } = this.settings;
    const response = await fetch(url + prefix, {
      headers: { 'User-Agent': 'hauberk', ...(padding && { 'Add-Padding': 'true' }) },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`the range service answered ${response.status}`);
    }
    return rowsOf(await this.text(response));
  }

  /** @param {Response} response @returns {Promise<string>} */
  async text(response) {
    const chunks = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      // Leaving the loop ends the request.
      if (length > this.settings.maxBytes) throw new Error('the range service answered with too much');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('latin1');
  }
}

/** @param {string} text @returns {Map<string, number>} the rows that are no padding */
function rowsOf(text) {
  const rows = new Map();
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    const match = ROW.exec(line);
    if (match === null) throw new Error('the range service answered with something else than rows');
    const count = Number(match[2]);
    if (count > 0) rows.set(match[1].toUpperCase(), count);
  }
  return rows;
}

module.exports = { Ranges };
