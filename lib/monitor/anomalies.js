'use strict';

const { monitor: native } = require('../internal/native');
const CODES = require('../internal/codes');
const { sayOnce } = require('../internal/events');
const { HauberkError } = require('../internal/fault');
const { KINDS, BY_STATUS, PROBE, TOOL, NEVER } = require('./anomaly-kinds');
const { parse } = require('./anomaly-options');

const { count, tool, probe } = native.functions();

const NAMES = KINDS.map(({ name }) => name);

/**
 * What is counted: an event of the bus, or an answer.
 *
 * @typedef {object} Observation
 * @property {string} [code] of a refusal
 * @property {number} [status] of the answer; default that of the code
 * @property {boolean} [blocked] false: it was only told, and is not counted
 * @property {string} [path] the target of the request
 * @property {string} [agent] its `User-Agent`
 * @property {string} [requestId]
 * @property {string} [client] masked
 *
 * @typedef {object} Anomaly what was told
 * @property {number} time ms since the epoch
 * @property {import('./index').AnomalyKind} kind
 * @property {number} count
 * @property {number} windowMs
 * @property {string | undefined} client masked
 * @property {number} bannedMs 0: not banned
 *
 * @typedef {import('../client/stage').Client} Client
 */

/** Anomalies that are kept for `stats()`. */
const KEPT = 32;

/** Watches without a name take their place in the thread, so that each has the same one in every thread. */
let place = 0;

/** Where a connection keeps the agent that was looked at last, and whether it is a tool's. */
const AGENT = Symbol('hauberk.agent');
const IS_TOOL = Symbol('hauberk.agent.tool');

/** Counts by client, in windows that slide, and tells when a count reaches its threshold. */
class Anomalies {
  /**
   * @param {any} settings of `parse`
   * @param {{ emit: (event: any, client: Client | undefined) => void, bans?: any, now?: () => number }} outside `emit` tells an
   *   event; `bans` is what bans where the option names nothing else; `now` is a clock in ms, in place of the machine's
   */
  constructor(settings, { emit, bans, now }) {
    this.settings = settings;
    this.emit = emit;
    this.now = now;
    /** @type {any} */
    this.bans = settings.ban?.use ?? bans;
    const rules = KINDS.map((kind) => {
      const given = settings.thresholds[kind.name];
      if (given === false) return { count: 0, windowMs: settings.windowMs };
      return {
        count: given?.count ?? kind.threshold,
        windowMs: given?.windowMs ?? settings.windowMs,
      };
    });
    this.rules = rules;
    this.watch = native.open(
      settings.name ?? `#${(place += 1)}`,
      settings.clients,
      rules.map((rule) => rule.windowMs),
      rules.map((rule) => rule.count),
    );
    this.closed = false;
    this.counted = new Float64Array(KINDS.length);
    this.told = new Float64Array(KINDS.length);
    this.banned = 0;
    /** @type {Anomaly[]} */
    this.recent = [];
  }

  /**
   * Whose bans are used where the option names none.
   *
   * @param {any} bans
   * @throws HauberkError ERR_HAUBERK_OPTION_INVALID where there are none and some are needed
   */
  useBans(bans) {
    this.bans ??= bans;
    if (this.settings.ban === undefined || this.bans !== undefined) return;
    throw new HauberkError(
      'ERR_HAUBERK_OPTION_INVALID',
      'monitor.anomalies.ban needs bans: in a guard remove bans: false, elsewhere hand some over: ban: { use: ratelimit.bans() }',
    );
  }

  /**
   * Counts an event, or an answer.
   *
   * @param {Observation} seen
   * @param {Client | string | undefined} client who caused it, or its key
   */
  count(seen, client) {
    if (client === undefined || this.#exempt(seen, client)) return;
    const status = seen.status ?? (seen.code === undefined ? 0 : (CODES[seen.code]?.status ?? 0));
    const kind = BY_STATUS[status];
    if (kind !== undefined) this.#add(kind, seen, client);
    this.#look(status, seen, client);
  }

  /**
   * Counts what an answer says about its client. An event has counted a refusal already: of such a request only path
   * and agent are looked at.
   *
   * @param {any} req
   * @param {number} status
   * @param {import('../internal/context').Context} context
   */
  answered(req, status, context) {
    const agent = req.headers['user-agent'];
    const tools = this.#isTool(req.socket, agent);
    if ((status < 400 && !tools) || context.client === undefined) return;
    const seen = {
      code: context.refused,
      status,
      path: status < 400 ? undefined : (req.originalUrl ?? req.url),
      agent: tools ? agent : undefined,
      requestId: context.requestId,
    };
    if (context.refused === undefined) this.count(seen, context.client);
    else if (!this.#exempt(seen, context.client)) this.#look(status, seen, context.client);
  }

  /**
   * @param {Observation} seen
   * @param {Client | string} client
   */
  #exempt(seen, client) {
    if (this.closed || seen.blocked === false || (seen.code !== undefined && NEVER.has(seen.code)))
      return true;
    const { allow } = this.settings;
    return allow !== undefined && typeof client !== 'string' && allow.holds(client);
  }

  /**
   * @param {number} status
   * @param {Observation} seen
   * @param {Client | string} client
   */
  #look(status, { path, agent, ...seen }, client) {
    if (path !== undefined && status >= 400 && probe(path) >= 0) this.#add(PROBE, seen, client);
    if (agent !== undefined && tool(agent) >= 0) this.#add(TOOL, seen, client);
  }

  /**
   * Looked at once as long as a connection brings the same one.
   *
   * @param {any} socket
   * @param {string | undefined} agent
   */
  #isTool(socket, agent) {
    if (agent === undefined || this.rules[TOOL].count === 0) return false;
    if (socket[AGENT] !== agent) {
      socket[AGENT] = agent;
      socket[IS_TOOL] = tool(agent) >= 0;
    }
    return socket[IS_TOOL];
  }

  /**
   * @param {number} kind
   * @param {Observation} seen
   * @param {Client | string} client
   */
  #add(kind, seen, client) {
    const key = typeof client === 'string' ? client : client.key;
    this.counted[kind] += 1;
    const reached = count(this.watch, kind, key, this.#time());
    if (reached > 0) this.#tell(kind, reached, key, seen, typeof client === 'string' ? undefined : client);
  }

  /**
   * @param {number} kind
   * @param {number} reached
   * @param {string} key
   * @param {Observation} seen
   * @param {Client | undefined} client
   */
  #tell(kind, reached, key, seen, client) {
    const { name, event, what } = KINDS[kind];
    const { windowMs: window } = this.rules[kind];
    this.told[kind] += 1;
    const masked = client?.masked ?? seen.client;
    const bannedMs = this.#ban(kind, key);
    const fate = bannedMs > 0 ? `; banned for ${bannedMs / 1000} s` : this.#wouldBan(kind, key);
    const time = Date.now();
    const detail = `anomaly ${name}: ${reached} in ${window / 1000} s by one client (${what})${fate}`;
    this.recent.unshift({ time, kind: name, count: reached, windowMs: window, client: masked, bannedMs });
    this.recent.length = Math.min(this.recent.length, KEPT);
    this.emit(
      {
        event,
        practice: 'monitor',
        code: 'ERR_HAUBERK_MONITOR_ANOMALY',
        blocked: bannedMs > 0,
        detail,
        requestId: seen.requestId,
        client: masked,
        time,
      },
      client,
    );
  }

  /**
   * @param {number} kind
   * @param {string} key
   * @returns {number} for how many ms
   */
  #ban(kind, key) {
    const { ban: rule, mode } = this.settings;
    if (!this.#bans(kind, key) || mode === 'report') return 0;
    const known = /** @type {readonly string[] | undefined} */ (this.bans.reasons);
    const reason = KINDS[kind].reasons.find((one) => known?.includes(one));
    try {
      const made = this.bans.ban(key, rule.ms, reason);
      // Of bans that are kept elsewhere: they may be out of reach.
      if (typeof made?.then === 'function') Promise.resolve(made).catch(noBan);
    } catch (error) {
      // The answer to a request is on its way: bans that were closed must not break it.
      noBan(error);
      return 0;
    }
    this.banned += 1;
    return rule.ms;
  }

  /** @param {number} kind @param {string} key */
  #wouldBan(kind, key) {
    return this.#bans(kind, key) ? `; in enforce mode: banned for ${this.settings.ban.ms / 1000} s` : '';
  }

  /**
   * Whoever has no address (a Unix socket) is everybody: `unknown` is never banned.
   *
   * @param {number} kind
   * @param {string} key
   */
  #bans(kind, key) {
    return this.settings.ban?.kinds.includes(KINDS[kind].name) === true && key !== 'unknown';
  }

  /** For the native core: ms, or -1 for its own clock. */
  #time() {
    return this.now === undefined ? -1 : this.now();
  }

  /** @returns {import('./index').AnomalyStats} */
  stats() {
    const byKind = (/** @type {Float64Array} */ numbers) =>
      /** @type {import('./index').AnomalyStats['told']} */ (
        Object.fromEntries(NAMES.map((name, kind) => [name, numbers[kind]]))
      );
    return {
      clients: this.closed ? 0 : native.clients(this.watch, this.#time()),
      capacity: this.settings.clients,
      evicted: this.closed ? 0 : native.evicted(this.watch),
      counted: byKind(this.counted),
      told: byKind(this.told),
      banned: this.banned,
      recent: this.recent.map((one) => ({ ...one })),
    };
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    native.close(this.watch);
  }
}

/**
 * @param {any} settings
 * @param {ConstructorParameters<typeof Anomalies>[1]} outside
 */
function create(settings, outside) {
  return new Anomalies(settings, outside);
}

/** @param {unknown} error */
function noBan(error) {
  sayOnce(
    'ERR_HAUBERK_MONITOR_ANOMALY',
    `an anomaly led to no ban: ${error instanceof Error ? error.message : 'the bans failed'}`,
  );
}

exports.parse = parse;
exports.create = create;
exports.Anomalies = Anomalies;
