import type { RequestListener } from 'node:http';
import type { Server as NodeServer } from 'node:https';

export interface RedirectOptions {
  /** `report`: decides and tells, but lets everything through. Default: the guard's mode, `enforce`. */
  mode?: 'enforce' | 'report';
  /**
   * The hosts that are served here: `api.example.com`, `*.example.com` (one label), `localhost:8443`,
   * `[2001:db8::1]`. Default none: no redirect, no check of `Host`.
   */
  hosts?: readonly string[];
  /**
   * Paths that pass on plain HTTP and under any host, for GET and HEAD: `/healthz`, or `/probe/*` for everything
   * below. Default none.
   */
  exempt?: readonly string[];
  /**
   * `refuse`: only a page that a browser asks for is redirected; everything else gets `apiStatus`. Default
   * `redirect`.
   */
  api?: 'redirect' | 'refuse';
  /** Default 403. */
  apiStatus?: 403 | 426;
  /** The port of the HTTPS service, as clients see it, 1 to 65 535. Default 443. */
  port?: number;
}

export interface ServerOptions {
  /** Certificate with its chain: path of a PEM file, or its content. Files are watched. */
  cert: string | Buffer;
  /** Its key, in the same form; may be the same file. */
  key: string | Buffer;
  /** Who issues the certificates of clients; with `requestCert`. */
  ca?: string | Buffer;
  passphrase?: string;
  /**
   * Further certificates, for the hosts that they are made out to: a client that names one of them gets it (SNI).
   * All others get `cert`. `ca` holds for all. Default none.
   */
  certificates?: readonly { cert: string | Buffer; key: string | Buffer; passphrase?: string }[];
  /** Clients must show a certificate that `ca` issued. Default `false`. */
  requestCert?: boolean;
  /** Default `TLSv1.2`. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** An OpenSSL cipher list; default Mozilla's "intermediate" without DHE. */
  ciphers?: string;
  /** Default 10 000. */
  handshakeTimeoutMs?: number;
  /** From the first byte of a request to the end of its header; default 10 000. */
  headersTimeoutMs?: number;
  /** From the first byte of a request to its last; default 60 000. */
  requestTimeoutMs?: number;
  /** How long an idle connection stays; default 5000. */
  keepAliveTimeoutMs?: number;
  /** Header fields of a request; more gets 431, or is dropped by older versions of Node.js. Default 100. */
  maxHeadersCount?: number;
  /** Bytes of a request's header, or text such as `16kb`; more gets 431. Default 16 384. */
  maxHeaderBytes?: number | string;
  /** How often the files are read, besides being watched; default 60 000. */
  pollMs?: number;
  /** How long the files must be quiet after a change; default 500. */
  debounceMs?: number;
}

export interface CertificateInfo {
  /** SHA-256, in hexadecimal with colons. */
  fingerprint: string;
  /** The DNS names that it is for. */
  names: string[];
  validFrom: Date;
  validTo: Date;
}

/** Emits `certificate` (CertificateInfo) after an exchange, `certificateError` (HauberkError) where there was none. */
export interface Server extends NodeServer {
  /** Reads the files now. True where a certificate was exchanged. */
  reloadCertificate(): boolean;
  /** The certificate in use. */
  certificateInfo(): CertificateInfo;
  /** All of them: that one first, then those of `certificates`. */
  certificateInfos(): CertificateInfo[];
}

export interface AcmeOptions {
  /** 1 to 100 names, in lower case, IDN as punycode; no wildcards (HTTP-01). */
  domains: readonly string[];
  /** Where the ACME server writes to. */
  email?: string;
  /** The ACME server. Default Let's Encrypt. With this option you agree to its terms. */
  directoryUrl?: string;
  /** A folder for account, key and certificate; shared by all processes of the service. */
  directory: string;
  /** How often the certificate is looked at; default an hour. */
  checkMs?: number;
  /** How long one attempt may take; default 5 minutes. */
  deadlineMs?: number;
  /** The pause after a failure, doubled after each; default 5 minutes. */
  retryMinMs?: number;
  /** Its ceiling; default 12 hours. */
  retryMaxMs?: number;
}

export interface Acme {
  /** The file with key and chain; for `createServer`, which sees when it changes. */
  cert: string;
  /** The same file. */
  key: string;
  /** Answers HTTP-01 challenges on port 80; everything else goes to `next`, or gets 404. */
  handler(
    req: import('node:http').IncomingMessage,
    res: import('node:http').ServerResponse,
    next?: (error?: unknown) => void,
  ): void;
  /** Begins to look after the certificate. Settled when there is one that can be used. */
  start(): Promise<void>;
  close(): void;
}

export interface HstsRamp {
  /** When it began: a Date, or `2026-01-31`. */
  from: Date | string;
  /** Default: 5 minutes at once, a week after 1 day, 30 days after 8, two years after 38. */
  steps?: readonly { afterDays: number; maxAge: number }[];
  /** Default: the current time. */
  now?: Date | string;
}

/**
 * Redirects plain HTTP to a listed host (308) and refuses foreign hosts (421).
 *
 * @throws `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID` at construction
 */
export function redirect(options?: RedirectOptions): import('../internal/middleware').Middleware;
/**
 * An HTTPS server with modern TLS, short timeouts, and a certificate that is exchanged while it runs.
 *
 * @throws `ERR_HAUBERK_HTTPS_CERTIFICATE`, `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
export function createServer(app: RequestListener, options: ServerOptions): Server;
/** The `max-age` of HSTS for today, in seconds, for `headers.strictTransportSecurity.maxAge`. */
export function hstsRamp(ramp: HstsRamp): number;
/**
 * A certificate from an ACME server, kept valid. Needs the package acme-client.
 *
 * @throws `ERR_HAUBERK_PEER_MISSING`, `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
export function acme(options: AcmeOptions): Acme;
