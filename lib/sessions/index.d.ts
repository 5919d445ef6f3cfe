import type { IncomingMessage } from 'node:http';

/**
 * express-session (an optional peer), set up safely. Behind the guard, or alone.
 *
 * @throws HauberkError `ERR_HAUBERK_PEER_MISSING`, `ERR_HAUBERK_SESSIONS_MEMORY`, `ERR_HAUBERK_SECRET`,
 *   `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
declare function sessions(options?: sessions.SessionsOptions): sessions.Sessions;

declare namespace sessions {
  type Middleware = import('../internal/middleware').Middleware;

  /**
   * Begins the session of a user who has just proved who they are: another id, the old session ends, nothing of it but
   * `keep` goes over, CSRF tokens of before end. `req.session.user` is the user as given (JSON). Settles when it is
   * saved.
   *
   * @throws HauberkError `ERR_HAUBERK_SESSIONS_ABSENT`, `ERR_HAUBERK_SESSIONS_STORE`, `ERR_HAUBERK_ARGUMENT`
   */
  function login(
    req: IncomingMessage,
    user: string | number | { id: string | number },
    options?: { keep?: readonly string[] },
  ): Promise<any>;

  /** Another id, the same content: for a step up of rights. Throws as `login`. */
  function renew(req: IncomingMessage): Promise<any>;

  /** Ends the session, in the store and in the browser. Throws as `login`. */
  function logout(req: IncomingMessage): Promise<void>;

  /** An index in Redis for `index`: `client` is one of `redis` or `ioredis`, connected, and no cluster's. */
  function redisIndex(client: any, options?: { prefix?: string }): Index;

  interface SessionsOptions {
    /** Any store for express-session. Default: its MemoryStore, which is refused in production. */
    store?: any;
    /**
     * At least 32 bytes each, drawn at random; the first signs, all verify. Default `HAUBERK_SECRET`; without it, one of
     * this process, which is refused in production.
     */
    secret?: string | string[];
    /** The cookie's name without `__Host-`: 4 to 64 of letters, digits, `.`, `-`, `_`. Default: from the secret. */
    name?: string;
    /** A session ends so long after its last request, in ms: 1000 to a year. Default 3 600 000 (an hour). */
    idleMs?: number;
    /** A session ends so long after it began, in ms: `idleMs` to a year. Default 86 400 000 (a day). */
    absoluteMs?: number;
    /** Default `lax`. */
    sameSite?: 'lax' | 'strict' | 'none';
    /** How long the store may take, in ms: 10 to 60 000. Default 5000. */
    storeDeadlineMs?: number;
    /** Which sessions a user has. Default: in Redis with connect-redis, else the store's own `all`. */
    index?: Index;
    /** Whose session it is. Default: what `login` was given, else passport's user. */
    user?: (session: any) => string | number | undefined;
  }

  /** Which sessions a user has: kept beside the store. A user is a string; an id may be listed that has ended. */
  interface Index {
    /** Called after each save of a session that belongs to a user; `endsAt` in ms since the epoch. */
    add(user: string, id: string, endsAt: number): Promise<void>;
    remove(user: string, id: string): Promise<void>;
    list(user: string): Promise<string[]>;
  }

  interface SessionInfo {
    /** What the session is called outside; it cannot be used as its id. */
    handle: string;
    createdAt: Date;
    /** When it ends if nothing more comes. */
    expiresAt: Date;
    /** Whether it is the session of the request that was given. */
    current: boolean;
  }

  interface Sessions extends Middleware {
    /**
     * The sessions of a user.
     * @throws ERR_HAUBERK_SESSIONS_UNSUPPORTED, ERR_HAUBERK_SESSIONS_STORE
     */
    list(user: string | number, req?: IncomingMessage): Promise<SessionInfo[]>;
    /** Ends all sessions of a user, or the one of `handle`, or all but that of the request `except`; how many ended. */
    revoke(user: string | number, which?: { handle?: string; except?: IncomingMessage }): Promise<number>;
  }
}

export = sessions;
