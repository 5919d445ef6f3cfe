/// <reference types="node" />
import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Server as NetServer } from 'node:net';
import auditPractice = require('./lib/audit');
import bodyPractice = require('./lib/body');
import clientPractice = require('./lib/client');
import cookiesPractice = require('./lib/cookies');
import csrfPractice = require('./lib/csrf');
import doctorPractice = require('./lib/doctor');
import errorsPractice = require('./lib/errors');
import eslintPractice = require('./lib/eslint');
import headersPractice = require('./lib/headers');
import httpsPractice = require('./lib/https');
import mfaPractice = require('./lib/mfa');
import monitorPractice = require('./lib/monitor');
import passwordsPractice = require('./lib/passwords');
import privilegesPractice = require('./lib/privileges');
import ratelimitPractice = require('./lib/ratelimit');
import sanitizePractice = require('./lib/sanitize');
import sessionsPractice = require('./lib/sessions');
import validatePractice = require('./lib/validate');
import { HauberkError as HauberkErrorClass } from './lib/internal/error';

/**
 * The guard: every practice on the request path, composed in one Express layer. `hauberk()` is safe without
 * options.
 *
 * @throws HauberkError `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`, `ERR_HAUBERK_SECRET` and those of
 *   the practices, at construction
 */
declare function hauberk(options?: hauberk.GuardOptions): hauberk.Guard;

declare namespace hauberk {
  const audit: typeof auditPractice;
  const body: typeof bodyPractice;
  const client: typeof clientPractice;
  const cookies: typeof cookiesPractice;
  const csrf: typeof csrfPractice;
  const doctor: typeof doctorPractice;
  const errors: typeof errorsPractice;
  const eslint: typeof eslintPractice;
  const headers: typeof headersPractice;
  const https: typeof httpsPractice;
  const mfa: typeof mfaPractice;
  const monitor: typeof monitorPractice;
  const passwords: typeof passwordsPractice;
  const privileges: typeof privilegesPractice;
  const ratelimit: typeof ratelimitPractice;
  const sanitize: typeof sanitizePractice;
  const sessions: typeof sessionsPractice;
  const validate: typeof validatePractice;
  const HauberkError: typeof HauberkErrorClass;

  type ErrorCode = import('./lib/internal/error-code').ErrorCode;

  /** `enforce` blocks; `report` decides and tells, but blocks nothing (dry run). */
  type Mode = 'enforce' | 'report';

  /** Options of each practice on the request path; `false` switches it off. */
  interface PracticeOptions {
    /** Default on: it counts, and writes nothing. On a route only `false`. */
    monitor?: monitorPractice.GuardMonitorOptions | boolean;
    privileges?: privilegesPractice.PrivilegesOptions | boolean;
    requestId?: RequestIdOptions | boolean;
    client?: clientPractice.ClientOptions | boolean;
    /** Off unless given. `true`: a table of its own with the defaults. */
    bans?: ratelimitPractice.BansStageOptions | boolean;
    headers?: headersPractice.HeadersOptions | boolean;
    https?: httpsPractice.RedirectOptions | boolean;
    ratelimit?: ratelimitPractice.RatelimitOptions | readonly ratelimitPractice.Policy[] | boolean;
    cookies?: cookiesPractice.CookiesOptions | boolean;
    csrf?: csrfPractice.CsrfOptions | boolean;
    body?: bodyPractice.BodyOptions | boolean;
    query?: bodyPractice.QueryOptions | boolean;
  }

  interface GuardOptions extends PracticeOptions {
    /**
     * Where the keys of the practices come from (HKDF-SHA-256, RFC 5869). Each at least 32 bytes; the first
     * signs, all verify. Default: the variable `HAUBERK_SECRET` (several separated by commas), else keys that live
     * as long as the process.
     */
    secret?: string | string[];
    /** Dry run for every practice that does not say otherwise. Default `enforce`. */
    mode?: Mode;
    /** The header set. Default `auto`: HTML gets the site's, everything else the API's. */
    preset?: 'auto' | 'api' | 'site' | 'helmet';
    /**
     * Overrides by route: `{ 'POST /upload': { body: { limit: '10mb' } } }`. Fixed paths, with or without a method;
     * they hold below the path too, the longest wins.
     */
    routes?: Record<string, PracticeOptions>;
    /** Options of `guard.errors`; with `false` they pass everything on. */
    errors?: errorsPractice.Options | boolean;
  }

  interface RequestIdOptions {
    /** The response field, and the inbound one of a trusted hop. Default `X-Request-Id`. */
    field?: string;
  }

  interface ListenOptions extends Partial<privilegesPractice.DropOptions> {
    /** Default: every address of the machine, as in Node.js. */
    host?: string;
    /** Connections that the system queues. Default 511. */
    backlog?: number;
    ipv6Only?: boolean;
    /** In a cluster: this worker binds the port itself. */
    exclusive?: boolean;
  }

  interface Guard {
    (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): void;
    /** 404 and the error handler: `app.use(guard.errors)`, behind the last route. */
    errors: ReturnType<typeof errorsPractice>;
    /**
     * Overrides for a route, before the first request: `guard.route('POST /upload', { body: { limit: '10mb' } })`.
     *
     * @throws HauberkError `ERR_HAUBERK_OPTION_INVALID` after the first request or for a path that is no fixed one
     */
    route(rule: string, overrides: PracticeOptions): Guard;
    /** Who is shut out, where the option `bans` is on. With `bans: { redis }` it is a `SharedBans`. */
    bans: ratelimitPractice.Bans | undefined;
    /** What is counted, where the option `monitor` is on. */
    monitor: monitorPractice.Monitor | undefined;
    /** What is on, off, unsafe and why, as data. */
    report(): Report;
    /** An HTTP server for an app, as `http.createServer(options, app)`; before Node.js 24 several times as fast for Express. */
    createServer(app: RequestListener, options?: ServerOptions): Server;
    /**
     * Binds the port, then becomes `user` if one is given (see `privileges.drop`), then accepts. The callback runs after
     * all of that. What can be known to fail throws before the port is bound; a drop that fails later is an uncaught
     * exception, with the port closed.
     *
     * @param app an Express app, or a server that was made before, such as one of `https.createServer`
     */
    listen(
      app: RequestListener,
      port: number | string,
      options?: ListenOptions,
      callback?: () => void,
    ): Server;
    listen(app: RequestListener, port: number | string, callback: () => void): Server;
    listen<S extends NetServer>(
      server: S,
      port: number | string,
      options?: ListenOptions,
      callback?: () => void,
    ): S;
    listen<S extends NetServer>(server: S, port: number | string, callback: () => void): S;
    /** Gives memory back; every later request fails. */
    close(): void;
  }

  type PracticeStates = Record<
    | 'monitor'
    | 'privileges'
    | 'requestId'
    | 'client'
    | 'bans'
    | 'headers'
    | 'https'
    | 'ratelimit'
    | 'cookies'
    | 'csrf'
    | 'body'
    | 'query',
    'on' | 'report' | 'off'
  >;

  interface Report {
    mode: Mode;
    closed: boolean;
    practices: PracticeStates & { errors: 'on' | 'report' | 'off' };
    routes: { method: string; path: string; practices: PracticeStates }[];
    findings: Finding[];
  }

  interface Finding {
    practice: string;
    level: 'unsafe' | 'note';
    /** `guard`, or the route that it is about. */
    where?: string;
    what: string;
    fix: string;
  }

  /** What is published on `diagnostics_channel` `hauberk:event`. */
  interface HauberkEvent {
    /** A name of the OWASP logging vocabulary, such as `excess_rate_limit_exceeded`. */
    event: string;
    practice: string;
    /** Undefined for a change of state that is no refusal, such as a login. */
    code: ErrorCode | undefined;
    /** False in dry run. */
    blocked: boolean;
    detail: string;
    requestId: string | undefined;
    /** The client's address with its last part masked. */
    client: string | undefined;
    /** Milliseconds since the epoch. */
    time: number;
    /** What decided: `ratelimit/exceeded#default`, `csrf/token#7`. */
    rule: string;
    /** Why, as a fixed phrase. */
    reason: string;
  }
}

export = hauberk;
