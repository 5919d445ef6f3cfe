/// <reference types="node" />
import type { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import type { Middleware as Handler } from '../internal/middleware';

/**
 * Counts what the practices decide in this process, tells it as events, lines of a log and metrics. The guard has one
 * as `guard.monitor`.
 *
 * @throws HauberkError `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
declare function monitor(options?: monitor.MonitorOptions): monitor.Monitor;

declare namespace monitor {
  interface MonitorOptions {
    /**
     * Where events are written as lines of JSON: `true` is stdout, a string the path of a file, an object a file with
     * its limits, a stream whatever it does. Default `false`.
     */
    log?: boolean | string | LogFile | Writable;
    /**
     * How clients appear in the log, in `monitor.events` and in `snapshot()`: `masked` the address without its last part,
     * `mac` a keyed MAC (the same client has the same one while the secret stays), `none`. Default `masked`.
     */
    keys?: 'masked' | 'mac' | 'none';
    /** For `keys: 'mac'`. Default: the guard's secret, else `HAUBERK_SECRET`, else a key of this process. */
    secret?: string | string[];
    /** Events of one client a second that are told one by one; the rest are only counted. Default 1000. */
    perKeyPerSecond?: number;
    /** The same for all clients together. Default 10000. */
    perSecond?: number;
    /** Bytes of lines that wait for a slow log; what does not fit is counted and dropped. Default `1mb`. */
    bufferBytes?: number | string;
    /** Counts by client, thresholds, and bans. See docs. Default `false`. */
    anomalies?: AnomalyOptions | boolean;
    /** Options of `monitor.reports()`. */
    reports?: ReportOptions;
    /** Options of `monitor.dashboard()`. */
    dashboard?: DashboardOptions;
  }

  /** The option `monitor` of the guard. */
  interface GuardMonitorOptions extends MonitorOptions {
    /** A monitor that was made before, in place of all other options. */
    use?: Monitor;
  }

  interface LogFile {
    path: string;
    /** Size at which the file is renamed to `<path>.1` and a new one begun. Default `16mb`. */
    maxBytes?: number | string;
    /** Renamed files that are kept. Default 5. */
    files?: number;
  }

  interface Monitor {
    /** Everything that is counted, as data. The first call starts the measuring of event-loop delay. */
    snapshot(): Snapshot;
    /** The same in the text exposition format of Prometheus, 0.0.4. */
    metrics(): Promise<string>;
    /** `metrics()` as a handler, for loopback or a token only. */
    scrape(options?: AccessOptions): Handler;
    /** Puts the metrics into a registry of prom-client. Default: its global one. Gives what takes them out again. */
    prometheus(registry?: object): () => void;
    /** Puts the metrics into OpenTelemetry. Default: the global meter provider. Gives what takes them out again. */
    openTelemetry(options?: { meterProvider?: object }): () => void;
    /** `event`: each event that was not sampled away, as the log has it. */
    events: EventEmitter<{ event: [EventRecord] }>;
    /** Live charts. */
    dashboard(options?: DashboardOptions): Handler & { close(): void };
    /** Receives reports of browsers: CSP and the Reporting API. */
    reports(options?: ReportOptions): Handler & { stats(): ReportStats };
    /** What the guard that it is of has to say about its configuration. */
    report: (() => any) | undefined;
    /** Stops counting events; gives the log up once what waits is written. */
    close(): Promise<void>;
  }

  /** Who may read. */
  interface AccessOptions {
    /** `Authorization: Bearer <token>`; at least 16 characters. Default: none, and only loopback may read. */
    token?: string;
    /** Whether a client on this machine may read without a token. Default true. */
    loopback?: boolean;
  }

  /** What `snapshot()` gives. All counts since this process began to count, unless it says otherwise. */
  interface Snapshot {
    /** Milliseconds since the epoch. */
    time: number;
    /** When this monitor was made, in milliseconds since the epoch. */
    since: number;
    requests: {
      /** Requests that reached a guard. */
      total: number;
      /** Those whose head was written, by status: `{ 200: 17, 404: 2 }`. */
      byStatus: Record<string, number>;
      /** From the guard to the head of the response. */
      duration: Histogram;
    };
    /**
     * What each practice decided: 12 entries or so. `seconds` is what it took for the `timed` requests, one in 64 of those
     * that reach a guard.
     */
    decisions: {
      practice: string;
      allowed: number;
      blocked: number;
      reported: number;
      timed: number;
      seconds: number;
    }[];
    /** Refusals, would-be refusals and changes of state. */
    events: {
      event: string;
      practice: string;
      code: string | undefined;
      /** False: told only. */
      blocked: boolean;
      count: number;
    }[];
    /** Clients with the most blocked requests, most first; at most 32. Approximate when there were many more. */
    offenders: { client: string; count: number }[];
    /** Events that were not told one by one, by reason. */
    dropped: { sampled: number; backpressure: number; failed: number };
    log: { lines: number; bytes: number; waitingBytes: number; failures: number } | undefined;
    /** The password pool; undefined while that practice is not loaded. */
    passwords:
      | {
          threads: number;
          running: number;
          waiting: number;
          heldBytes: number;
          budgetBytes: number;
          hashed: number;
          verified: number;
          refused: number;
        }
      | undefined;
    /** Tables of the rate limit and of bans. `used`: undefined where it is not known; `lost`: given up while in use. */
    tables: {
      name: string;
      kind: 'ratelimit' | 'bans';
      slots: number;
      used: number | undefined;
      lost: number;
    }[];
    memory: { rssBytes: number; heapUsedBytes: number; externalBytes: number };
    /** Event-loop delay over the last ten seconds or so, beyond the timer's own step. */
    loop: { p50Ms: number; p99Ms: number; maxMs: number; utilization: number };
    /** What `anomalies` has to tell; undefined where it is off. */
    anomalies: AnomalyStats | undefined;
  }

  interface Histogram {
    /** Upper bounds in seconds, without the last, infinite one. */
    bounds: readonly number[];
    /** Observations in each, not cumulative; one more than `bounds`. */
    counts: number[];
    sum: number;
    count: number;
  }

  /** One event, as a line of the log has it. */
  interface EventRecord {
    /** ISO 8601. */
    time: string;
    level: 'warn' | 'info';
    /** A name of the OWASP logging vocabulary. */
    event: string;
    practice: string;
    code: string | undefined;
    /** What decided: `ratelimit/exceeded`, `csrf/cross-site`. */
    rule: string;
    /** Why, as a fixed phrase. */
    reason: string;
    detail: string;
    blocked: boolean;
    requestId: string | undefined;
    /** The client, by the option `keys`. */
    client: string | undefined;
  }

  /** What is counted by client. */
  type AnomalyKind =
    'unauthorized' | 'forbidden' | 'notFound' | 'tooLarge' | 'limited' | 'invalid' | 'probe' | 'tool';

  interface AnomalyOptions {
    /** Length of the sliding windows, in ms: 1000 to 86 400 000. Default 60 000. */
    windowMs?: number;
    /**
     * How many of a kind in one window are an anomaly: a whole number from 1, one with a window of its own, or `false` to
     * count none of them. Defaults: `unauthorized` (401), `forbidden` (403) and `notFound` (404) 30, `tooLarge` (413) 10,
     * `limited` (429) 100, `invalid` (400, 415, 422) 60, `probe` (paths that scanners ask for, answered with an error) 3,
     * `tool` (`User-Agent` of an attack tool) 1.
     */
    thresholds?: Partial<Record<AnomalyKind, number | false | { count: number; windowMs?: number }>>;
    /** Clients that are remembered at a time, 64 to 1 048 576; 200 bytes each. Default 16 384. */
    clients?: number;
    /** Addresses and CIDR blocks that are not counted. */
    allow?: string | readonly string[];
    /**
     * Shuts clients out: `true` for ten minutes, a number of ms (1000 to a year), or an object. In a guard through its
     * bans, which are then on. Default `false`: anomalies are only told.
     */
    ban?: boolean | number | BanOptions;
    /** Watches of the same name and options share their counts in all threads. Default: the watch's place in its thread. */
    name?: string;
    /** `report` tells who would be banned, and bans nobody. Default: the guard's mode, else `enforce`. */
    mode?: 'enforce' | 'report';
  }

  interface BanOptions {
    /** How long, in ms. Default 600 000. */
    ms?: number;
    /** Anomalies that lead to a ban. Default: all. */
    kinds?: readonly AnomalyKind[];
    /** What bans, such as `ratelimit.bans()`. Default: the guard's bans. */
    use?: { ban(key: string, ms: number, reason?: string): unknown };
  }

  interface Anomaly {
    /** Milliseconds since the epoch. */
    time: number;
    kind: AnomalyKind;
    count: number;
    windowMs: number;
    /** Masked. */
    client: string | undefined;
    /** 0: not banned. */
    bannedMs: number;
  }

  interface AnomalyStats {
    /** Clients of whom something is counted now. */
    clients: number;
    capacity: number;
    /** Clients that were forgotten although something of theirs still counted. */
    evicted: number;
    counted: Record<AnomalyKind, number>;
    /** Anomalies. */
    told: Record<AnomalyKind, number>;
    banned: number;
    /** The last 32, latest first. */
    recent: Anomaly[];
  }

  interface ReportOptions {
    /** Of a body, 1 kB to 1 MB. Default `64kb`. */
    maxBytes?: number | string;
    /** Reports of one body that are looked at. Default 50. */
    maxReports?: number;
    /** Bodies that one client may send in a minute. Default 60. */
    perMinute?: number;
    /** Bodies that all clients together may send in a minute. Default 1200. */
    totalPerMinute?: number;
    /** How long an equal report is counted and not told again, in ms. Default 600 000. */
    dedupeMs?: number;
    /** How long a body may take, in ms. Default 10 000. */
    timeoutMs?: number;
    /** Origins whose documents' reports are taken, such as `https://app.example`. Default: all. */
    origins?: readonly string[];
    /** Gets each report that is told. What it throws is a warning. */
    onReport?: (report: Report, req: any) => unknown;
  }

  /** What is kept of a report: single lines of at most 200 characters, URLs without query and fragment. */
  interface Report {
    /** `csp-violation`, `deprecation`, `network-error`, ... */
    type: string;
    /** Of the document; empty where it has none. */
    origin: string;
    document: string;
    /** What was to be loaded: a URL, or a word such as `inline`. */
    blocked?: string;
    directive?: string;
    disposition?: 'enforce' | 'report';
    source?: string;
    line?: number;
    column?: number;
    sample?: string;
    /** Of other types: their id and message. */
    what?: string;
    /** Equal reports since it was told last. */
    repeats: number;
  }

  interface ReportStats {
    received: number;
    told: number;
    repeated: number;
    /** Of documents that `origins` does not name. */
    foreign: number;
    /** Beyond `maxReports`. */
    surplus: number;
    /** Bodies that were not taken. */
    refused: number;
    /** Different reports that are remembered: at most 1000. */
    remembered: number;
  }

  interface DashboardOptions extends AccessOptions {
    /** Default `hauberk`. */
    title?: string;
    /** Between two points of the charts, 250 to 60 000 ms; 300 points are kept. Default 2000. */
    intervalMs?: number;
    /** What gives the score: default `report` of the guard that the monitor is of. */
    report?: () => { findings: { practice: string; level: string; what: string; fix: string }[] };
  }

  /** Receives reports of browsers: CSP (`report-uri`) and the Reporting API. */
  function reports(options?: ReportOptions): Handler & { stats(): ReportStats };

  /** Live charts of a monitor, for loopback or a token only. `close` stops its timer; `monitor.close()` does it too. */
  function dashboard(
    monitor: Pick<Monitor, 'snapshot'> & Partial<Pick<Monitor, 'report'>>,
    options?: DashboardOptions,
  ): Handler & { close(): void };

  type Middleware = Handler;
}

export = monitor;
