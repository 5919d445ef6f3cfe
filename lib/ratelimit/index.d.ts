import type { IncomingMessage } from 'node:http';

/** A rate limit: GCRA over a table of fixed size that all worker threads of the process share. */
declare function ratelimit(
  options: ratelimit.RatelimitOptions & ({ redis: ratelimit.RedisClient } | { store: ratelimit.Store }),
): ratelimit.SharedRatelimit;
declare function ratelimit(
  options?: ratelimit.RatelimitOptions | readonly ratelimit.Policy[],
): ratelimit.Ratelimit;

declare namespace ratelimit {
  type Middleware = import('../internal/middleware').Middleware;

  /** A form of the response fields. */
  type Fields = 'draft-10' | 'draft-8' | 'draft-7' | 'draft-6' | 'legacy';

  interface RatelimitOptions {
    /**
     * Units that come back per window. 1 to 1 000 000 000, at most 1000 per ms. Default 600. A function gives the
     * limit of each request; all limits of a key share its bucket.
     */
    limit?: number | ((req: any) => number);
    /** The window in ms, 1 to 31 536 000 000 (a year). Default 60 000. */
    windowMs?: number;
    /** Units that can be spent at once. Default: `limit` where it is given, else 200. */
    burst?: number;
    /** Several policies, in place of `limit`, `windowMs` and `burst`: one to eight, all must admit. */
    policies?: readonly Policy[];
    /** `gcra` (default), or windows that begin anew: then up to twice the limit passes around their edge. */
    algorithm?: 'gcra' | 'fixed-window';
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
    /**
     * `process` (default): one table for all threads. `machine`: one table for all processes of this user on
     * this machine that give the same `name` and `slots`; `name` is then needed. `fleet`: Redis or Valkey, through
     * the client in `redis`; given that, it is the default.
     */
    scope?: 'process' | 'machine' | 'fleet';
    /** Where the file of scope `machine` is. Default: `/dev/shm`, else the runtime or temporary directory. */
    directory?: string;
    /** Slots of the table, 16 bytes each, rounded up to a multiple of 4. 1024 to 2^26, default 2^20. */
    slots?: number;
    /** Status of a refusal, 400 to 599. Default 429. */
    statusCode?: number;
    /** The `detail` of a refusal. */
    message?: string;
    /** Answers a refusal itself; status and Retry-After are already set. */
    handler?: (req: any, res: any, decision: Decision) => unknown;
    /** Response fields: one form, one draft together with `legacy`, or `false`. Default `draft-10`. */
    fields?: Fields | readonly Fields[] | false;
    /** Your own connected client: node-redis 4 to 6, ioredis 5 or 6, single server or cluster. */
    redis?: RedisClient;
    /** A store of express-rate-limit's shape; counts `limit` requests per fixed window of `windowMs`. */
    store?: Store;
    /** What every key in Redis begins with. Default `hauberk:`. */
    prefix?: string;
    /** ms that a decision waits for the store, 1 to 10 000. Default 50. */
    deadlineMs?: number;
    /** Share of each limit that each process admits while the store is away, 0.01 to 1. Default 0.5. */
    fallbackShare?: number;
    /** While the store is away: decide in this process (`local`, default), or fail the request with 503. */
    onStoreError?: 'local' | 'refuse';
    /** Addresses and CIDR blocks that are neither counted nor refused. */
    allow?: string | readonly string[];
    /** Addresses and CIDR blocks that are refused with 403. */
    deny?: string | readonly string[];
    /** Requests in progress in this process, above which new ones get 503. */
    concurrency?: number;
    /** Requests in progress in this process for one key, above which new ones get 429. */
    concurrencyPerKey?: number;
    /** Lateness of the event loop in ms (10 to 60 000), above which new requests get 503. */
    maxLoopDelayMs?: number;
    /** Lets allowed requests wait: `delayMs` for each unit in use after `after`, at most `maxDelayMs`. */
    slowDown?: { after: number; delayMs?: number; maxDelayMs?: number } | false;
    /** Counts each route (`ratelimit.route`) by itself. Default false. */
    perRoute?: boolean;
    /** `report` decides and tells, but refuses nothing. Default: the guard's mode, else `enforce`. */
    mode?: 'enforce' | 'report';
  }

  /** What is used of a client of `redis` (node-redis) or `ioredis`. */
  interface RedisClient {
    on(event: string, listener: (...args: any[]) => void): unknown;
    off(event: string, listener: (...args: any[]) => void): unknown;
  }

  /** A store of express-rate-limit's shape, as far as it is used. `decrement` is never called. */
  interface Store {
    init?(options: any): unknown;
    get?(key: string): unknown;
    increment(key: string): unknown;
    decrement?(key: string): unknown;
    resetKey(key: string): unknown;
    resetAll?(): unknown;
  }

  /** One of several policies. */
  interface Policy {
    /** Its name in the response fields and in decisions; different for each. Default such as `5-in-1min`. */
    name?: string;
    limit: number;
    /** Default 60 000. */
    windowMs?: number;
    /** Default: the limit. */
    burst?: number;
  }

  interface BansOptions {
    /** The table that bans of the same name share. Default `bans`. */
    name?: string;
    /** As of a rate limit. Default `process`; with `redis`, `fleet`. */
    scope?: 'process' | 'machine' | 'fleet';
    directory?: string;
    /** Slots of the table, 16 bytes each; in Redis, bans at a time. 1024 to 2^26, default 65 536. */
    slots?: number;
    /** The words that bans can be given for, at most 256, the same in every process. */
    reasons?: readonly string[];
    /** Your own connected client, as of a rate limit. */
    redis?: RedisClient;
    /** What every key in Redis begins with. Default `hauberk:`. */
    prefix?: string;
    /** ms that a look waits for Redis, 1 to 10 000. Default 50. */
    deadlineMs?: number;
  }

  interface BansStageOptions extends BansOptions {
    /** Bans that were made already; they are then not closed with the guard. */
    use?: Bans | SharedBans;
    /** Status of a refusal, 400 to 599. Default 403. */
    statusCode?: number;
    /** The `detail` of a refusal. */
    message?: string;
    mode?: 'enforce' | 'report';
  }

  interface Ban {
    /** When it ends, in ms since the epoch. */
    untilMs: number;
    /** How much longer it holds. */
    leftMs: number;
    reason: string;
  }

  /** Who is shut out, until when, and why. Keys are as of `consume`. */
  interface Bans {
    /** Shuts a key out for 1 ms to ten years. A ban that holds for longer stays. Gives the one that holds. */
    ban(key: string, ms: number, reason?: string): Ban;
    unban(key: string): void;
    check(key: string): Ban | undefined;
    /** How many bans hold; looks at the whole table. */
    count(): number;
    /** Bans that were given up before their end, because the table was full. */
    lost(): number;
    close(): void;
  }

  /**
   * Bans in Redis: the same, with promises. What another process banned or freed is seen within a second. While
   * Redis is away, what this process banned or saw holds, and what is banned then is handed in later.
   */
  interface SharedBans {
    ban(key: string, ms: number, reason?: string): Promise<Ban>;
    /** Rejects with ERR_HAUBERK_RATELIMIT_STORE where Redis is away. */
    unban(key: string): Promise<void>;
    check(key: string): Promise<Ban | undefined>;
    count(): Promise<number>;
    /** As the last ban of this process was told. */
    lost(): number;
    /** The client stays open: it is yours. */
    close(): void;
  }

  /** Bans with an end, in Redis. */
  function bans(options: BansOptions & { redis: RedisClient }): SharedBans;
  /** Bans with an end, in a table of fixed size. */
  function bans(options?: BansOptions): Bans;

  interface Decision {
    allowed: boolean;
    /** Units per window; of several policies, the one with the longest wait, else the least left. */
    limit: number;
    /** Units left now. */
    remaining: number;
    /** ms until the bucket is full again. */
    resetMs: number;
    /** ms until the same request would pass; 0 where it passed. */
    retryAfterMs: number;
    /** Of several policies, the one that these numbers are of. */
    policy?: string;
  }

  interface Ratelimit extends Middleware {
    /**
     * Charges a key, synchronously.
     * @throws ERR_HAUBERK_RATELIMIT_KEY, ERR_HAUBERK_ARGUMENT (cost), ERR_HAUBERK_RATELIMIT_TABLE (closed)
     */
    consume(key: string, cost?: number, limit?: number): Decision;
    /** What a request of cost 1 would meet now, without charging it. `limit`: where it is a function. */
    get(key: string, limit?: number): Decision;
    /** Makes a key's bucket full. */
    reset(key: string): void;
    /** Lets go of the table; what is charged later fails. */
    close(): void;
  }

  /** A limiter whose buckets are in Redis or in a store: the same, with promises. */
  interface SharedRatelimit extends Middleware {
    /** @throws as above; ERR_HAUBERK_RATELIMIT_STORE only with `onStoreError: 'refuse'` */
    consume(key: string, cost?: number, limit?: number): Promise<Decision>;
    get(key: string, limit?: number): Promise<Decision>;
    /** Rejects with ERR_HAUBERK_RATELIMIT_STORE where the store is away. */
    reset(key: string): Promise<void>;
    /** Stops looking for the store. The client stays open: it is yours. */
    close(): void;
  }

  /** How failures lock. */
  interface Lockout {
    /** Failures before the first lock, 1 to 1000. */
    after?: number;
    /** ms of the first lock; each failure more doubles it. */
    firstMs?: number;
    /** ms of the longest lock. */
    maxMs?: number;
    /** ms after which one failure is forgotten. */
    forgetMs?: number;
  }

  interface LoginOptions {
    /** The account that a request wants to log in to, as the caller wrote it. */
    account: (req: any) => unknown;
    /** What its buckets are called. Default `login`. */
    name?: string;
    /** At least 32 bytes; several to rotate. Default HAUBERK_SECRET, else random for this process. */
    secret?: string | readonly string[];
    /**
     * `process` (default), `machine` or `fleet`, as of a rate limit. The last two need a `secret`, by which all
     * processes know an account; `machine` needs a `name`.
     */
    scope?: 'process' | 'machine' | 'fleet';
    /** Where the files of scope `machine` are. */
    directory?: string;
    /** Counts in Redis, for all processes. */
    redis?: RedisClient;
    /** What every key in Redis begins with. Default `hauberk:`. */
    prefix?: string;
    /** ms that an attempt waits for Redis, each time it asks. Default 50. */
    deadlineMs?: number;
    /** Slots of each table in this process or machine. Default 2^18. */
    slots?: number;
    /** Attempts from one address. Default 100 in 15 minutes. */
    address?: { limit?: number; windowMs?: number };
    /** From one address against one account. Default after 5: 30 s, doubling, at most a day. */
    pair?: Lockout;
    /** Against one account from anywhere. Default after 20: 1 minute, doubling, at most an hour. */
    accounts?: Lockout;
    /** From a device that has logged in to the account before. Default after 10: 30 s, at most an hour. */
    device?: Lockout;
    /** How long the device cookie is good. Default 180 days. */
    deviceMaxAgeMs?: number;
    /** Status of a refusal. Default 429. */
    statusCode?: 429 | 403 | 401;
    /** The `detail` of a refusal, the same for every reason. */
    message?: string;
    mode?: 'enforce' | 'report';
  }

  interface LoginGuard extends Middleware {
    /** The password was wrong, or there is no such account. Counts once per request. */
    failed(req: any): Promise<{ lockedMs: number }>;
    /** The login is done: sets the device cookie. Before the answer is sent. */
    succeeded(req: any, res: any): Promise<void>;
    close(): void;
  }

  /** The guard of a login route; stands behind whatever reads the body. */
  function login(options: LoginOptions): LoginGuard;

  /** The route of a request, one text for all spellings of it, such as `GET /users/:id`. */
  function route(req: any): string;
}

export = ratelimit;
