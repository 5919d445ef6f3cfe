import type { IncomingMessage, ServerResponse } from 'node:http';

declare function errors(options?: errors.Options): [errors.NotFound, errors.Handler];

declare namespace errors {
  interface Options {
    /** `report`: log, then leave the answer to whatever comes next. Default: the guard's mode, else `enforce`. */
    mode?: 'enforce' | 'report';
    /** Show name, message, stack and causes, only while NODE_ENV is exactly `development` or `test`. Default false. */
    detail?: boolean;
    /** A console, pino, winston, any object with `error`, or a function. Default: one line of JSON on stderr. */
    logger?: Logger;
    /** Also log requests that no route answered. Default false. */
    logNotFound?: boolean;
    /**
     * Looks at bodies that leave for stack traces, paths of the application and database errors: `report` publishes
     * an event, `replace` answers 500 in their place. Default: `report` while the guard is in dry run and NODE_ENV is
     * exactly `development` or `test`, else `off`. Used by the guard and by `errors.leaks`.
     */
    leaks?: 'off' | 'report' | 'replace';
    /** Names of properties that are redacted in the log, besides the built-in ones; in any case. Default []. */
    redact?: readonly string[];
    /** Seconds for `Retry-After` on a 503 whose error names none, 1 to 86400. Default 5. */
    retryAfterSeconds?: number;
  }

  /** What the logger gets: plain, printable, bounded and without secrets. */
  interface LogRecord {
    time: string;
    level: 'error' | 'warn';
    message: string;
    practice: 'errors';
    /** The correlation id that the answer names too. */
    requestId: string;
    method: string;
    /** Without the query string. */
    path: string;
    status: number;
    code?: string;
    error?: Record<string, unknown>;
  }

  type Logger =
    | ((record: LogRecord) => unknown)
    | { error: (...args: any[]) => unknown; warn?: (...args: any[]) => unknown };

  type Next = (error?: any) => void;
  type NotFound = (req: IncomingMessage, res: ServerResponse, next: Next) => void;
  type Handler = (error: unknown, req: IncomingMessage, res: ServerResponse, next: Next) => void;

  /** The 404 alone. */
  function notFound(options?: Options): NotFound;

  /**
   * Express 4: rejections of an async handler reach the error handler. For a router or an application:
   * of all its handlers, present and later, which are changed in place.
   */
  function async<T extends (...args: any[]) => any>(target: T): T;

  /**
   * 405 with `Allow` for a path that has a route, but none for this method. Mounted behind the routes of the router or
   * application that it is given.
   *
   * @throws HauberkError `ERR_HAUBERK_ARGUMENT` for anything else
   */
  function methods(target: any): NotFound;

  /** Looks at the bodies that leave (see `Options.leaks`; default `report`). */
  function leaks(options?: { leaks?: 'off' | 'report' | 'replace' }): NotFound;

  interface LastResortOptions {
    /** What stops accepting and gets time to end. Default none. */
    servers?: Closable | readonly Closable[];
    logger?: Logger;
    redact?: readonly string[];
    /** How long requests in flight and `cleanup` may take, ms, 0 to 300 000. Default 10 000. */
    deadlineMs?: number;
    /** Runs once the requests have ended: close a database, flush a log. */
    cleanup?: () => unknown;
    /** Also for rejections that nobody handled. Default true. */
    rejections?: boolean;
  }

  interface Closable {
    close(callback?: (error?: Error) => void): unknown;
    closeIdleConnections?(): void;
    closeAllConnections?(): void;
  }

  interface LastResort {
    /** One more server to stop. */
    add(server: Closable): void;
    /** Takes the handlers back. */
    close(): void;
  }

  /**
   * For errors that reach nobody (`uncaughtException`, `unhandledRejection`): log, stop accepting, let requests end,
   * exit with code 1. Once per process.
   *
   * @throws HauberkError `ERR_HAUBERK_ERRORS_LAST_RESORT` when it is installed already
   */
  function lastResort(options?: LastResortOptions): LastResort;
}

export = errors;
