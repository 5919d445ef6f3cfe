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
}

export = errors;
