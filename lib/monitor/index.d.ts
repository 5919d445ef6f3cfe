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
    dashboard(options?: DashboardOptions): Handler;
    /** Receives reports of browsers: CSP and the Reporting API. */
    reports(options?: ReportOptions): Handler;
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
    /** What each practice decided: 12 entries or so. */
    decisions: { practice: string; allowed: number; blocked: number; reported: number }[];
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
    anomalies: any;
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

  type AnomalyOptions = object;
  type ReportOptions = object;
  type DashboardOptions = object;
  type Middleware = Handler;
}

export = monitor;
