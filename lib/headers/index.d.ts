import type { ServerResponse } from 'node:http';

/**
 * Security headers as a middleware: all of helmet 8's options under the same names.
 *
 * @throws `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`, `ERR_HAUBERK_HEADERS_DIRECTIVE` or
 * `ERR_HAUBERK_HEADERS_VALUE` at construction.
 */
declare function headers(options?: headers.HeadersOptions): headers.Middleware;

declare namespace headers {
  type Middleware = import('../internal/middleware').Middleware;

  /** `helmet` is helmet 8's; `site` is for pages; `api` for everything that is not a page. */
  type DirectiveSet = 'helmet' | 'site' | 'api';

  /**
   * A source: text such as `'self'` (with its quotes) or `https://cdn.example`, `'nonce'` for the nonce of the
   * response, or a function that gives one per request. What a function throws goes to `next(error)`.
   */
  type Source = string | ((req: any, res: any) => string);

  /** `null` leaves a default directive out. */
  type Directive = string | Iterable<Source> | null | symbol;

  interface ContentSecurityPolicyOptions {
    /** By name, `scriptSrc` or `script-src`. */
    directives?: Record<string, Directive>;
    /** Start from the preset's directives; default `true`. */
    useDefaults?: boolean;
    /** Report violations, block nothing; default `false`. */
    reportOnly?: boolean;
  }

  interface StrictTransportSecurityOptions {
    /** Seconds, 0 or more; default 31 536 000 (365 days). */
    maxAge?: number;
    /** Default `true`. */
    includeSubDomains?: boolean;
    /** Default `false`. */
    preload?: boolean;
  }

  type ReferrerPolicyToken =
    | 'no-referrer'
    | 'no-referrer-when-downgrade'
    | 'same-origin'
    | 'origin'
    | 'strict-origin'
    | 'origin-when-cross-origin'
    | 'strict-origin-when-cross-origin'
    | 'unsafe-url'
    | '';

  /** `true` or absent: the preset's value. `false`: not sent. */
  interface HeadersOptions {
    /** `report`: only report-only fields are sent, so nothing can break. Default: the guard's mode, `enforce`. */
    mode?: 'enforce' | 'report';
    /**
     * `auto` (default): the set `site` for `text/html`, the set `api` for everything else. `helmet`: exactly
     * what helmet 8 sends, on any transport.
     */
    preset?: 'auto' | DirectiveSet;
    contentSecurityPolicy?: boolean | ContentSecurityPolicyOptions;
    /** Off by default. */
    crossOriginEmbedderPolicy?: boolean | { policy?: 'require-corp' | 'credentialless' | 'unsafe-none' };
    crossOriginOpenerPolicy?:
      | boolean
      | { policy?: 'same-origin' | 'same-origin-allow-popups' | 'noopener-allow-popups' | 'unsafe-none' };
    crossOriginResourcePolicy?: boolean | { policy?: 'same-origin' | 'same-site' | 'cross-origin' };
    originAgentCluster?: boolean;
    referrerPolicy?: boolean | { policy?: ReferrerPolicyToken | readonly ReferrerPolicyToken[] };
    /** Only over HTTPS, never for local names or addresses; preset `helmet`: always. */
    strictTransportSecurity?: boolean | StrictTransportSecurityOptions;
    xContentTypeOptions?: boolean;
    xDnsPrefetchControl?: boolean | { allow?: boolean };
    xDownloadOptions?: boolean;
    /** `action` in either case. */
    xFrameOptions?: boolean | { action?: string };
    xPermittedCrossDomainPolicies?:
      boolean | { permittedPolicies?: 'none' | 'master-only' | 'by-content-type' | 'all' };
    /** `true` (default) removes the field, `false` leaves it. */
    xPoweredBy?: boolean;
    xXssProtection?: boolean;
    /** `true` removes the field `Server`; default `true`, in preset `helmet` `false`. */
    server?: boolean;
    /**
     * `Cache-Control: no-store` where the application set none and the request carried `Authorization` or a
     * session cookie; default `true`, in preset `helmet` `false`.
     */
    noStore?: boolean;
    /**
     * Names of session cookies, without `__Host-` and `__Secure-`; default those that frameworks give
     * (`connect.sid`, `session`, `sid`, `express:sess` and others).
     */
    sessionCookies?: readonly string[];
    /** `strictTransportSecurity` */
    hsts?: boolean | StrictTransportSecurityOptions;
    /** `xContentTypeOptions` */
    noSniff?: boolean;
    /** `xDnsPrefetchControl` */
    dnsPrefetchControl?: boolean | { allow?: boolean };
    /** `xDownloadOptions` */
    ieNoOpen?: boolean;
    /** `xFrameOptions` */
    frameguard?: boolean | { action?: string };
    /** `xPermittedCrossDomainPolicies` */
    permittedCrossDomainPolicies?: HeadersOptions['xPermittedCrossDomainPolicies'];
    /** `xPoweredBy` */
    hidePoweredBy?: boolean;
    /** `xXssProtection` */
    xssFilter?: boolean;
  }

  /** The nonce of a response, the same as `res.locals.cspNonce`; also on a server without Express. */
  function nonce(res: ServerResponse): string;

  const contentSecurityPolicy: {
    /** The directives that a set starts from; default `helmet`. */
    readonly getDefaultDirectives: (set?: DirectiveSet) => Record<string, string[]>;
    /** `defaultSrc: dangerouslyDisableDefaultSrc` leaves `default-src` out. */
    readonly dangerouslyDisableDefaultSrc: symbol;
  };
}

export = headers;
