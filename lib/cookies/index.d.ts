/** Every cookie that leaves obeys policy, whoever set it. */
declare function cookies(options?: cookies.CookiesOptions): cookies.Middleware;

declare namespace cookies {
  type Middleware = import('../internal/middleware').Middleware;

  interface CookiesOptions {
    /** `report` decides and tells, but changes nothing. Default: the guard's mode, else `enforce`. */
    mode?: 'enforce' | 'report';
    /**
     * Secrets that the new names are derived from, each at least 32 bytes: the first one's are written, all are read.
     * Default: the guard's secret, else `HAUBERK_SECRET`, else the application's package name.
     */
    keys?: string | readonly string[];
    /** Whether telltale names (`connect.sid`, `PHPSESSID`, ...) travel under others. Default `true`. */
    rename?: boolean;
    /** Further names that travel under others, as telltale ones do. */
    names?: readonly string[];
    /** Telltale names that another service sets or reads: they travel as they are. */
    keep?: readonly string[];
    /** Names that are renamed but shared with sibling domains: `__Secure-`, and the Domain and Path are kept. */
    shared?: readonly string[];
    /** Names that scripts may read: they stay without HttpOnly. */
    readable?: readonly string[];
    /** SameSite of cookies that have none. Default `lax`. */
    sameSite?: 'lax' | 'strict';
    /** Until when cookies under their old names are still read: a Date, or `2027-01-31` (UTC). Default: not at all. */
    oldNamesUntil?: Date | string;
    /**
     * No Secure and no prefix over plain HTTP from anywhere, for development on a local network. Throws in
     * production. Default `false`.
     */
    insecure?: boolean;
  }

  interface SerializeOptions {
    /** Life in seconds. */
    maxAge?: number;
    expires?: Date;
    domain?: string;
    path?: string;
    httpOnly?: boolean;
    secure?: boolean;
    /** CHIPS: a jar of its own for each top-level site. Needs `secure`. */
    partitioned?: boolean;
    priority?: 'low' | 'medium' | 'high';
    /** `true` is `strict`, `none` needs `secure`. */
    sameSite?: boolean | 'strict' | 'lax' | 'none' | 'Strict' | 'Lax' | 'None';
    /** Default `encodeURIComponent`. */
    encode?: (value: string) => string;
  }

  interface KeyOptions {
    /** The cookie's name, as the application has it: the value is good for this cookie only. */
    name: string;
    /**
     * Secrets of at least 32 bytes: the first writes, all read. Default: the guard's secret, else `HAUBERK_SECRET`,
     * else keys that live as long as the process.
     */
    keys?: string | readonly string[];
  }

  interface SignOptions extends KeyOptions {
    /** Life in ms, a whole number above 0. Default `Infinity`. */
    expiresInMs?: number;
  }

  interface UnsignOptions extends KeyOptions {
    /** Secrets of the package cookie-signature, for values that begin with `s:`. Default: those are refused. */
    legacy?: string | readonly string[];
  }

  interface SealOptions extends KeyOptions {
    /** Life in ms, a whole number above 0, or `Infinity`. Default a day. */
    expiresInMs?: number;
  }

  type OpenOptions = KeyOptions;

  /** The cookies of a Cookie field; an object without a prototype, the first of a name counts. */
  function parse(header: string, options?: { decode?: (text: string) => string }): Record<string, string>;

  /** @throws ERR_HAUBERK_COOKIES_SERIALIZE, ERR_HAUBERK_COOKIES_SIZE, ERR_HAUBERK_OPTION_UNKNOWN */
  function serialize(name: string, value: string, options?: SerializeOptions): string;

  /** Appends an HMAC-SHA-256. @throws ERR_HAUBERK_ARGUMENT, ERR_HAUBERK_SECRET */
  function sign(value: string, options: SignOptions): string;

  /** The value, or null where it is not one that was signed for this cookie. @throws as `sign` */
  function unsign(text: unknown, options: UnsignOptions): string | null;

  /** Encrypts what JSON can write. @throws ERR_HAUBERK_ARGUMENT, ERR_HAUBERK_SECRET, ERR_HAUBERK_COOKIES_SIZE */
  function seal(value: unknown, options: SealOptions): string;

  /** The value, or null where it is not one that was sealed for this cookie. @throws ERR_HAUBERK_ARGUMENT, ERR_HAUBERK_SECRET */
  function open<T = any>(text: unknown, options: OpenOptions): T | null;
}

export = cookies;
