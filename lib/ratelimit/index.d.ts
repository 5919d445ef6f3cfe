import type { IncomingMessage } from 'node:http';

/** A rate limit: GCRA over a table of fixed size that all worker threads of the process share. */
declare function ratelimit(options?: ratelimit.RatelimitOptions): ratelimit.Ratelimit;

declare namespace ratelimit {
  type Middleware = import('../internal/middleware').Middleware;

  /** A form of the response fields. */
  type Fields = 'draft-10' | 'draft-8' | 'draft-7' | 'draft-6' | 'legacy';

  interface RatelimitOptions {
    /** Units that come back per window. 1 to 1 000 000 000, at most 1000 per ms. Default 600. */
    limit?: number;
    /** The window in ms, 1 to 31 536 000 000 (a year). Default 60 000. */
    windowMs?: number;
    /** Units that can be spent at once. Default: `limit` where it is given, else 200. */
    burst?: number;
    /** What a request costs: a whole number from 1 to `burst`, or a function that gives one. Default 1. */
    cost?: number | ((req: any) => number);
    /** Whom a request is charged to: 1 to 1024 bytes. Default: the client's address (`client.key`). */
    key?: (req: any) => string;
    /** Requests that are not charged: exactly `true` skips. */
    skip?: (req: any) => boolean;
    /**
     * The table that limiters of the same name share, in all threads; also the policy's name in the response
     * fields. 1 to 64 of letters, digits and `. : / # - _`. Default: the limiter's place in its thread.
     */
    name?: string;
    /** Slots of the table, 16 bytes each, rounded up to a power of two. 1024 to 2^26, default 2^20. */
    slots?: number;
    /** Status of a refusal, 400 to 599. Default 429. */
    statusCode?: number;
    /** The `detail` of a refusal. */
    message?: string;
    /** Answers a refusal itself; status and Retry-After are already set. */
    handler?: (req: any, res: any, decision: Decision) => unknown;
    /** Response fields: one form, one draft together with `legacy`, or `false`. Default `draft-10`. */
    fields?: Fields | readonly Fields[] | false;
    /** `report` decides and tells, but refuses nothing. Default: the guard's mode, else `enforce`. */
    mode?: 'enforce' | 'report';
  }

  interface Decision {
    allowed: boolean;
    /** Units per window. */
    limit: number;
    /** Units left now. */
    remaining: number;
    /** ms until the bucket is full again. */
    resetMs: number;
    /** ms until the same request would pass; 0 where it passed. */
    retryAfterMs: number;
  }

  interface Ratelimit extends Middleware {
    /**
     * Charges a key, synchronously.
     * @throws ERR_HAUBERK_RATELIMIT_KEY, ERR_HAUBERK_ARGUMENT (cost), ERR_HAUBERK_RATELIMIT_TABLE (closed)
     */
    consume(key: string, cost?: number): Decision;
    /** What a request of cost 1 would meet now, without charging it. */
    get(key: string): Decision;
    /** Makes a key's bucket full. */
    reset(key: string): void;
    /** Lets go of the table; what is charged later fails. */
    close(): void;
  }
}

export = ratelimit;
