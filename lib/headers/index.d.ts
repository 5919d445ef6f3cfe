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

  interface EmbedderPolicy {
    policy?: 'require-corp' | 'credentialless' | 'unsafe-none';
    /** A name of `reportingEndpoints`. */
    reportTo?: string;
  }

  interface OpenerPolicy {
    policy?: 'same-origin' | 'same-origin-allow-popups' | 'noopener-allow-popups' | 'unsafe-none';
    /** A name of `reportingEndpoints`. */
    reportTo?: string;
  }

  interface PermissionsPolicyOptions {
    /** By name, `displayCapture` or `display-capture`: `self`, `src`, origins; `[]` is nobody, `'*'` everybody. */
    features: Record<string, readonly string[] | '*'>;
  }

  interface NelOptions {
    /** Where browsers send reports: an https URL, best on another host, or a path. */
    url: string;
    /** Seconds for which a browser keeps this, 0 to 31 536 000; 0 has it forget. Default 2 592 000 (30 days). */
    maxAge?: number;
    /** Also failures of subdomains to be found by DNS. Default `false`. */
    includeSubDomains?: boolean;
    /** The share of requests that went well to be reported, 0 to 1. Default 0. */
    successFraction?: number;
    /** The share of failures to be reported, 0 to 1. Default 1. */
    failureFraction?: number;
  }

  type SiteData = 'cache' | 'cookies' | 'storage' | 'executionContexts' | 'clientHints' | 'prefetchCache';

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
    /**
     * A second policy beside the first, which only reports: for trying a stricter one. Off by default. In preset `auto` it
     * is for pages; with `mode: 'report'` it is left out, because the first one takes its field.
     */
    contentSecurityPolicyReportOnly?: false | Omit<ContentSecurityPolicyOptions, 'reportOnly'>;
    /** Off by default. */
    crossOriginEmbedderPolicy?: boolean | EmbedderPolicy;
    /** Off by default. Reports what the policy would block. */
    crossOriginEmbedderPolicyReportOnly?: boolean | EmbedderPolicy;
    crossOriginOpenerPolicy?: boolean | OpenerPolicy;
    /** Off by default. Reports what the policy would cut off. */
    crossOriginOpenerPolicyReportOnly?: boolean | OpenerPolicy;
    /** Off by default. `true` denies the features that spy or spend. */
    permissionsPolicy?: boolean | PermissionsPolicyOptions;
    /** Off by default. Where browsers send reports: https URLs or paths, by the names that `report-to` uses. */
    reportingEndpoints?: false | Record<string, string>;
    /** Off by default. Network Error Logging: browsers report connections that failed. Over HTTPS only. */
    nel?: false | NelOptions;
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

  interface ObserveOptions {
    /** Fields that the application may set to a value of its own; they can still be lost or doubled. Default none. */
    ignore?: readonly string[];
    /** Called when a finding is new. */
    onFinding?: (finding: Finding) => void;
  }

  interface Finding {
    /**
     * `lost`: laid down, and not there. `overridden`: there with another value. `doubled`: there twice, or with two
     * values. `revealed`: X-Powered-By or Server, which was to be removed. `unguarded`: the response left before
     * `headers()` or the guard saw its request.
     */
    kind: 'lost' | 'overridden' | 'doubled' | 'revealed' | 'unguarded';
    /** In lower case; undefined for `unguarded`. */
    field: string | undefined;
    /** The value that was laid down; a nonce reads `'nonce'`. */
    expected?: string;
    /** The value that left. */
    actual?: string;
    method: string;
    /** The route's own path, such as `/users/:id`; undefined where none answered. */
    route: string | undefined;
    status: number;
    /** How often it was found. */
    count: number;
  }

  interface Observer extends Middleware {
    /** What was found, by kind, field, route and class of status; at most 500. */
    findings(): Finding[];
  }

  /**
   * A middleware that looks at what really leaves, and finds fields that were lost, doubled or overridden on the way.
   * It stands before everything else.
   *
   * @throws HauberkError `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
   */
  function observe(options?: ObserveOptions): Observer;

  /** The nonce of a response, the same as `res.locals.cspNonce`; also on a server without Express. */
  function nonce(res: ServerResponse): string;

  /**
   * Sets Clear-Site-Data, as after a logout. Default: cache, cookies, storage. Browsers obey it over HTTPS only.
   *
   * @throws HauberkError `ERR_HAUBERK_ARGUMENT` for an unknown kind or none
   */
  function clearSiteData(res: ServerResponse, kinds?: readonly SiteData[] | '*'): void;

  /**
   * The value of the attribute `integrity`: `sha384-...` of bytes, or of text as UTF-8. In quotes it is a source of
   * a policy.
   *
   * @throws HauberkError `ERR_HAUBERK_ARGUMENT`
   */
  function integrity(content: string | Uint8Array, algorithm?: 'sha256' | 'sha384' | 'sha512'): string;

  const contentSecurityPolicy: {
    /** The directives that a set starts from; default `helmet`. */
    readonly getDefaultDirectives: (set?: DirectiveSet) => Record<string, string[]>;
    /** `defaultSrc: dangerouslyDisableDefaultSrc` leaves `default-src` out. */
    readonly dangerouslyDisableDefaultSrc: symbol;
  };
}

export = headers;
