'use strict';

const { createHash } = require('node:crypto');
const { clientOf } = require('../client/stage');
const { contextOf } = require('../internal/context');
const { publish, sayOnce } = require('../internal/events');
const options = require('../internal/options');
const { sendRefusal } = require('../internal/problem');
const { refusal } = require('../internal/refusal');
const { tell } = require('../internal/stage');
const { unawaited } = require('../internal/unawaited');
const { Allowance } = require('./allowance');
const { readBody } = require('./report-body');
const { lineOf, recordsOf } = require('./report-record');

/** @typedef {import('./report-record').Record} BrowserReport */

const ORIGIN = options.string({
  pattern: /^https?:\/\/[a-z\d.[\]:-]{1,255}$/i,
  expected: 'an origin such as https://app.example',
});

const SHAPE = Object.freeze({
  maxBytes: options.bytes({ min: 1024, max: 2 ** 20, default: 64 * 1024 }),
  maxReports: options.integer({ min: 1, max: 1000, default: 50 }),
  perMinute: options.integer({ min: 1, max: 10_000, default: 60 }),
  totalPerMinute: options.integer({ min: 1, max: 1_000_000, default: 1200 }),
  dedupeMs: options.integer({ min: 0, max: 86_400_000, unit: 'ms', default: 600_000 }),
  timeoutMs: options.integer({ min: 100, max: 60_000, unit: 'ms', default: 10_000 }),
  origins: options.list(ORIGIN),
  onReport: options.func(),
});

/** CSP 3 (5.3, `report-uri`), and Reporting API (W3C, 2.4). */
const TYPES = /^application\/(?:csp-report|reports\+json)(?:[ ;]|$)/i;

/** Different reports that are remembered. */
const MOST_KNOWN = 1000;

/** What was told already, each with how often it came since: a bounded memory, the oldest goes first. */
class Known {
  /** @param {number} ms how long a report counts as the same */
  constructor(ms) {
    this.ms = ms;
    /** @type {Map<string, { until: number, repeats: number }>} */
    this.all = new Map();
  }

  /**
   * @param {string} text
   * @param {number} now
   * @returns {number} how often it came since it was told last; -1: it is not to be told
   */
  see(text, now) {
    const print = createHash('sha256').update(text).digest('base64');
    const known = this.all.get(print);
    if (known !== undefined && now < known.until) {
      known.repeats += 1;
      return -1;
    }
    this.all.delete(print);
    if (this.all.size >= MOST_KNOWN) this.all.delete(/** @type {string} */ (this.all.keys().next().value));
    this.all.set(print, { until: now + this.ms, repeats: 0 });
    return known?.repeats ?? 0;
  }
}

/** One receiver: what it may take, what it has told, what it has counted. */
class Receiver {
  /** @param {any} settings */
  constructor(settings) {
    this.settings = settings;
    this.allowance = new Allowance(settings.perMinute, settings.totalPerMinute);
    this.known = new Known(settings.dedupeMs);
    /** @type {Set<string> | undefined} */
    this.origins =
      settings.origins && new Set(settings.origins.map((/** @type {string} */ one) => one.toLowerCase()));
    this.counts = { received: 0, told: 0, repeated: 0, foreign: 0, surplus: 0, refused: 0 };
  }

  /** @param {any} req @param {any} res */
  handle(req, res) {
    allowOrigin(req, res, this.origins);
    if (req.method === 'OPTIONS') return preflight(res);
    if (req.method !== 'POST') {
      return this.#refuse(req, res, 405, 'Reports come by POST.', { Allow: 'POST, OPTIONS' });
    }
    if (!TYPES.test(req.headers['content-type'] ?? '')) {
      return this.#refuse(
        req,
        res,
        415,
        'Only application/csp-report and application/reports+json are taken.',
      );
    }
    const waitMs = this.allowance.take(clientOf(req, contextOf(req)).key, performance.now());
    if (waitMs > 0) {
      const after = String(Math.ceil(waitMs / 1000));
      return this.#refuse(req, res, 429, 'Too many reports.', { 'Retry-After': after });
    }
    return readBody(req, this.settings, (status, detail, body) => {
      if (res.headersSent || res.destroyed) return undefined;
      return status === 0 ? this.#takeAll(req, res, body) : this.#refuse(req, res, status, detail);
    });
  }

  /** @param {any} req @param {any} res @param {number} status @param {string} detail @param {Record<string, string>} [fields] */
  #refuse(req, res, status, detail, fields) {
    this.counts.refused += 1;
    const context = contextOf(req);
    clientOf(req, context);
    // What is left of the body is not read.
    const close = !req.complete && req.method === 'POST';
    const refused = refusal('monitor', 'ERR_HAUBERK_MONITOR_REPORT', detail, { status, fields, close });
    tell(refused, context, true);
    sendRefusal(req, res, refused, context.requestId);
  }

  /** @param {any} req @param {any} res @param {unknown} body */
  #takeAll(req, res, body) {
    const { records, surplus } = recordsOf(body, this.settings.maxReports);
    if (records.length === 0) return this.#refuse(req, res, 400, 'The body holds no report.');
    this.counts.surplus += surplus;
    for (const record of records) this.#take(req, record);
    res.statusCode = 204;
    return res.end();
  }

  /** @param {any} req @param {BrowserReport} record */
  #take(req, record) {
    this.counts.received += 1;
    if (this.origins !== undefined && !this.origins.has(record.origin)) {
      this.counts.foreign += 1;
      return;
    }
    const line = lineOf(record);
    const time = Date.now();
    const repeats = this.known.see(line, time);
    if (repeats === -1) {
      this.counts.repeated += 1;
      return;
    }
    this.counts.told += 1;
    const context = contextOf(req);
    const client = clientOf(req, context);
    const event = {
      event: record.type === 'csp-violation' ? 'malicious_csp_violation' : 'sys_browser_report',
      practice: 'monitor',
      code: undefined,
      blocked: false,
      detail: repeats === 0 ? line : `${line}; ${repeats} more since it was told last`,
      requestId: context.requestId,
      client: client.masked,
      time,
    };
    publish(event, client);
    hand(this.settings.onReport, { ...record, repeats }, req);
  }
}

/**
 * Receives reports of browsers: CSP violations by `report-uri` and `report-to`, and everything else of the Reporting API.
 * Each is told once as an event; a line of text from a browser is data of whoever sends it, and treated so.
 *
 * @param {unknown} [input] see ReportOptions in index.d.ts
 * @returns {((req: any, res: any) => void) & { stats(): import('./index').ReportStats }}
 */
function reports(input) {
  const receiver = new Receiver(options.parse('monitor.reports', input, SHAPE));
  const handler = function hauberkReports(/** @type {any} */ req, /** @type {any} */ res) {
    receiver.handle(req, res);
  };
  const stats = () => ({ ...receiver.counts, remembered: receiver.known.all.size });
  return Object.assign(handler, { stats });
}

/**
 * What a stranger sends must not end the process by way of a listener that did not expect it.
 *
 * @param {Function | undefined} listener
 * @param {BrowserReport & { repeats: number }} record
 * @param {any} req
 */
function hand(listener, record, req) {
  try {
    unawaited(listener?.(record, req));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no error';
    sayOnce('ERR_HAUBERK_MONITOR_REPORT', `monitor.reports: onReport threw: ${why}`);
  }
}

/**
 * Reports of another origin are sent without credentials after a preflight (Reporting API, 3.5.2; Fetch, 4.8).
 *
 * @param {any} req
 * @param {any} res
 * @param {Set<string> | undefined} origins
 */
function allowOrigin(req, res, origins) {
  const { origin } = req.headers;
  if (origins === undefined) {
    res.setHeader('Access-Control-Allow-Origin', '*');
  } else if (origin !== undefined && origins.has(origin.toLowerCase())) {
    res.setHeader('Access-Control-Allow-Origin', origin);
  }
  if (origins !== undefined) res.setHeader('Vary', 'Origin');
}

/** @param {any} res */
function preflight(res) {
  res.setHeader('Access-Control-Allow-Methods', 'POST');
  res.setHeader('Access-Control-Allow-Headers', 'Content-Type');
  res.setHeader('Access-Control-Max-Age', '86400');
  res.statusCode = 204;
  res.end();
}

exports.reports = reports;
