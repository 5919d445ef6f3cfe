import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Cross-site request forgery: Fetch Metadata and `Origin` first, a token bound to the session as the fallback. Alone,
 * behind the body parser where forms bring their token in a field; the guard runs it by itself.
 */
declare function csrf(options?: csrf.CsrfOptions): csrf.Middleware;

declare namespace csrf {
  type Middleware = import('../internal/middleware').Middleware;

  /**
   * A token for a form (`<input type="hidden" name="_csrf">`) or a script (`X-CSRF-Token`) of the page that is being
   * answered: 64 characters, another one on each call. May set a cookie, so it is made before the head is sent. The
   * response gets `Cache-Control: no-store` unless it has one.
   *
   * @throws HauberkError `ERR_HAUBERK_ARGUMENT` where the request has not passed csrf, or the head was sent
   */
  function token(req: IncomingMessage, res: ServerResponse): string;

  interface CsrfOptions {
    /** Other origins whose pages may send requests: `['https://app.example']`. Default none. */
    origins?: readonly string[];
    /** Refuse what has a cookie and says neither `Sec-Fetch-Site` nor `Origin`. Default false. */
    strict?: boolean;
    /** Which of GET, HEAD and OPTIONS change nothing and are not checked. Default all three. */
    ignoredMethods?: readonly ('GET' | 'HEAD' | 'OPTIONS')[];
    /** Requests that are not checked: exactly `true` skips. */
    skip?: (req: any) => boolean;
    /**
     * The names of the session cookie, whose value tokens are bound to; `false` for none. Default: the names that
     * `hauberk.sessions` gives, and `connect.sid`. A `__Host-` or `__Secure-` in front counts too.
     */
    cookie?: string | readonly string[] | false;
    /** What tokens are bound to instead; undefined where there is no session. Called in the guard, before routes. */
    session?: (req: any) => string | undefined;
    /** The header that a script sends the token in. Default `X-CSRF-Token`. */
    header?: string;
    /** The form field that holds the token. Default `_csrf`. */
    field?: string;
    /** How long a token is good, in ms: 1000 to 31 536 000 000. Default 86 400 000 (a day). */
    expiresInMs?: number;
    /** Alone: as the guard's `secret`. Default: the guard's, else `HAUBERK_SECRET`, else keys of this process. */
    secret?: string | string[];
    /** `report` decides and tells, but refuses nothing. Default: the guard's mode, else `enforce`. */
    mode?: 'enforce' | 'report';
  }
}

declare module 'http' {
  interface IncomingMessage {
    /** A CSRF token for the page that is being answered; see `hauberk.csrf.token`. */
    csrfToken?(): string;
  }
}

export = csrf;
