/// <reference types="node" />
import type { IncomingMessage, ServerResponse } from 'node:http';
import auditPractice = require('./lib/audit');
import bodyPractice = require('./lib/body');
import clientPractice = require('./lib/client');
import errorsPractice = require('./lib/errors');
import eslintPractice = require('./lib/eslint');
import headersPractice = require('./lib/headers');
import passwordsPractice = require('./lib/passwords');
import ratelimitPractice = require('./lib/ratelimit');
import sanitizePractice = require('./lib/sanitize');
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
  const errors: typeof errorsPractice;
  const eslint: typeof eslintPractice;
  const headers: typeof headersPractice;
  const passwords: typeof passwordsPractice;
  const ratelimit: typeof ratelimitPractice;
  const sanitize: typeof sanitizePractice;
  const validate: typeof validatePractice;
  const HauberkError: typeof HauberkErrorClass;

  type ErrorCode = import('./lib/internal/error-code').ErrorCode;

  /** `enforce` blocks; `report` decides and tells, but blocks nothing (dry run). */
  type Mode = 'enforce' | 'report';

  /** Options of each practice on the request path; `false` switches it off. */
  interface PracticeOptions {
    requestId?: RequestIdOptions | boolean;
    client?: clientPractice.ClientOptions | boolean;
    headers?: headersPractice.HeadersOptions | boolean;
    ratelimit?: ratelimitPractice.RatelimitOptions | boolean;
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
    /** What is on, off, unsafe and why, as data. */
    report(): Report;
    /** Gives memory back; every later request fails. */
    close(): void;
  }

  type PracticeStates = Record<
    'requestId' | 'client' | 'headers' | 'ratelimit' | 'body' | 'query',
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
    code: ErrorCode;
    /** False in dry run. */
    blocked: boolean;
    detail: string;
    requestId: string | undefined;
    /** The client's address with its last part masked. */
    client: string | undefined;
    /** Milliseconds since the epoch. */
    time: number;
  }
}

export = hauberk;
