/**
 * Second factors: one-time codes (TOTP, HOTP), recovery codes, passkeys. What a client sends is answered with a
 * verdict; what a developer does wrong throws, or rejects, with a `HauberkError`.
 */

type ErrorCode = import('../internal/error-code').ErrorCode;
type MaybePromise<T> = T | Promise<T>;

/** A refusal. `code` says why: wrong code, replay, too many attempts, passkey refused (docs/codes.md). */
export interface Refused {
  ok: false;
  code: ErrorCode;
  /** With `ERR_HAUBERK_MFA_LIMITED`: ms until another attempt is allowed, where the limiter tells. */
  retryAfterMs?: number;
}

/** The secret of one-time codes: base32 text, or 16 to 128 bytes. */
export type OtpSecret = string | Uint8Array;

/** Anything that caps attempts, such as `hauberk.ratelimit({ ... })`. `false`: attempts are capped elsewhere. */
export type Limiter =
  { consume(key: string): MaybePromise<{ allowed: boolean; retryAfterMs?: number }> } | false;

/** Keeps the last accepted step or counter of each user. */
export interface StepStore {
  /**
   * Sets the number of `key` to `value` if there is none or a smaller one, in ONE operation, and tells whether it did. SQL:
   * `UPDATE users SET totp_step = :value WHERE id = :id AND (totp_step IS NULL OR totp_step < :value)`, true if one row
   * changed. Reading first and writing then would let the same code in twice.
   */
  advance(key: string, value: number): MaybePromise<boolean>;
}

export interface CounterStore extends StepStore {
  /** The number that `advance` set last; undefined or null where there is none. */
  last(key: string): MaybePromise<number | null | undefined>;
}

/** Keeps the hashes of recovery codes. */
export interface RecoveryStore {
  /** Replaces all hashes of `key`. */
  replace(key: string, hashes: readonly string[]): MaybePromise<unknown>;
  /** Removes one hash in ONE operation and tells whether it was there: `DELETE ... WHERE ...`, true if one row went. */
  remove(key: string, hash: string): MaybePromise<boolean>;
  /** How many are left. */
  count(key: string): MaybePromise<number>;
}

/** Keeps the challenges of passkeys. Keys hold a hash of the session's id. */
export interface ChallengeStore {
  /** Keeps `text` for `expiresInMs`, in place of what `key` had. */
  put(key: string, text: string, expiresInMs: number): MaybePromise<unknown>;
  /** Gives and removes, in ONE operation (Redis: GETDEL); undefined or null where there is none. */
  take(key: string): MaybePromise<string | null | undefined>;
}

/** All stores in the memory of one process: for tests, and for services that may forget at a restart. */
export function memoryStore(options?: {
  /** The most users, and the most waiting challenges: 1 to 10 000 000, default 100 000. */
  max?: number;
}): MemoryStore;

export interface MemoryStore extends CounterStore, RecoveryStore, ChallengeStore {
  last(key: string): number | undefined;
  advance(key: string, value: number): boolean;
  replace(key: string, hashes: readonly string[]): void;
  remove(key: string, hash: string): boolean;
  count(key: string): number;
  put(key: string, text: string, expiresInMs: number): void;
  take(key: string): string | undefined;
}

export type OtpAlgorithm = 'SHA1' | 'SHA256' | 'SHA512';

interface OtpOptions {
  /** The name of your service in `otpauth://` URIs: 1 to 100 characters, no colon. */
  issuer?: string;
  /** Default `SHA1`: many authenticator apps ignore any other. HMAC-SHA-1 is not broken. */
  algorithm?: OtpAlgorithm;
  /** 6 to 8, default 6. */
  digits?: number;
  /** Takes secrets of 10 bytes, which older systems gave out, where RFC 4226 asks for 16. Default false. */
  shortSecret?: boolean;
}

export interface TotpOptions extends OtpOptions {
  /** Seconds of a step, 10 to 60. Default 30, the most that OWASP ASVS 5 (6.5.5) allows. */
  period?: number;
  /** Steps that count on either side of now, 0 to 5. Default 1 (RFC 6238, section 5.2: at most one). */
  window?: number;
}

export interface QrOptions {
  /** Width and height in pixels, 64 to 2048. Default: none, the image fills its place. */
  size?: number;
}

export type TotpVerdict =
  | {
      ok: true;
      /** The step that the code belongs to: store it, and give it as `after` next time. */
      step: number;
      /** How far the device's clock is off, in steps. */
      drift: number;
    }
  | Refused;

export interface Totp {
  /**
   * Whether `code` is the one of now, in constant time. `after` is the last step accepted: that step and those before are
   * replays. Without it **codes can be used again**: use `guard`, or store the step yourself, atomically.
   * `time` is ms since the epoch, default now. Anything that is no code is refused, never thrown at.
   *
   * @throws `ERR_HAUBERK_MFA_SECRET`, `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_ARGUMENT`
   */
  verify(secret: OtpSecret, code: unknown, options?: { time?: number; after?: number | null }): TotpVerdict;
  /** A new secret from the operating system, in base32. 16 to 64 bytes, default 20 (RFC 4226, R6). */
  generateSecret(bytes?: number): string;
  /** The code of `time` (ms since the epoch, default now). @throws `ERR_HAUBERK_MFA_SECRET` */
  generate(secret: OtpSecret, options?: { time?: number }): string;
  /** The `otpauth://` URI that authenticator apps read. It holds the secret. `issuer` defaults to the option. */
  uri(secret: OtpSecret, account: string, issuer?: string): string;
  /** A text as a QR code: an SVG element with one path, nothing of the text in clear. @throws `ERR_HAUBERK_MFA_QR` */
  qr(text: string, options?: QrOptions): string;
  /** A new secret with its URI and QR code. Store it only when the user has typed a code of it. */
  enrol(account: string, options?: QrOptions): { secret: string; uri: string; svg: string };
  /** Verification that remembers: no replay, capped attempts. */
  guard(options: GuardOptions<StepStore>): TotpGuard;
}

interface GuardOptions<Store> {
  store: Store;
  /** Caps the attempts of each user; what is not `allowed` is refused before anything is computed. */
  limiter: Limiter;
  /** Opens secrets that were sealed by `mfa.sealer`; then `verify` takes what `seal` gave. */
  sealer?: Sealer;
  /** Part of the keys in store and limiter (`mfa:<name>:<user>`). Default `totp` or `hotp`. */
  name?: string;
}

export interface TotpGuard {
  /**
   * Verifies a code of a user, who is named by their id in your database, never by what a client sent. Many
   * requests with the same code: one gets in. Rejects where store, limiter or sealed secret fail: nobody gets in.
   */
  verify(user: string, secret: OtpSecret, code: unknown, options?: { time?: number }): Promise<TotpVerdict>;
}

/** TOTP (RFC 6238) with parameters of your own; `mfa.totp.verify` and the others have the defaults. */
export const totp: ((options?: TotpOptions) => Totp) & Totp;

export interface HotpOptions extends OtpOptions {
  /** How many further counters `verify` tries, 0 to 100. Default 10. Each is one more guess for an attacker. */
  lookAhead?: number;
  /** How many counters `resync` tries, 1 to 1000. Default 200. */
  resyncAhead?: number;
}

export type HotpVerdict =
  | {
      ok: true;
      counter: number;
      /** The counter to expect next: store it. */
      next: number;
    }
  | Refused;

export interface Hotp {
  /** Whether `code` is that of `counter`, or of one within `lookAhead`. Store `next`, atomically. */
  verify(secret: OtpSecret, code: unknown, counter: number): HotpVerdict;
  /** Finds a device that is far ahead by two codes in a row. */
  resync(secret: OtpSecret, codes: readonly unknown[], counter: number): HotpVerdict;
  generateSecret(bytes?: number): string;
  generate(secret: OtpSecret, counter: number): string;
  uri(secret: OtpSecret, account: string, counter?: number, issuer?: string): string;
  qr(text: string, options?: QrOptions): string;
  guard(options: GuardOptions<CounterStore>): HotpGuard;
}

export interface HotpGuard {
  verify(user: string, secret: OtpSecret, code: unknown): Promise<HotpVerdict>;
  resync(user: string, secret: OtpSecret, codes: readonly unknown[]): Promise<HotpVerdict>;
}

/** HOTP (RFC 4226) with parameters of your own; `mfa.hotp.verify` and the others have the defaults. */
export const hotp: ((options?: HotpOptions) => Hotp) & Hotp;

export interface RecoveryOptions {
  store: RecoveryStore;
  limiter: Limiter;
  /** At least 32 bytes each; the first hashes, all verify. Default: the variable `HAUBERK_SECRET`. */
  secret?: string | string[];
  /** Codes in a set, 1 to 50. Default 10. */
  count?: number;
  /** Part of the keys in store and limiter. Default `recovery`. */
  name?: string;
}

export interface Recovery {
  /** A new set in place of the old one. Show it once; the store has only hashes. */
  issue(user: string): Promise<string[]>;
  /** Uses a code up. Many requests with the same code: one gets in. */
  redeem(user: string, code: unknown): Promise<{ ok: true; remaining: number } | Refused>;
  remaining(user: string): Promise<number>;
}

/** Recovery codes: 125 bits each, stored as keyed hashes, used once. */
export function recovery(options: RecoveryOptions): Recovery;

export interface Sealer {
  /** Encrypts a secret for one user: AES-256-GCM. Up to 512 characters. */
  seal(secret: string, user: string): string;
  /** @throws `ERR_HAUBERK_MFA_SEALED` if it was changed, sealed for another user, or by a secret that is gone */
  open(sealed: unknown, user: string): string;
  /** Whether it was sealed by a secret that is no longer the first. */
  needsReseal(sealed: string): boolean;
}

/** Encrypts what is stored for second factors, so that a stolen table gives no codes. */
export function sealer(options?: {
  /** At least 32 bytes each; the first seals, all open. Default: the variable `HAUBERK_SECRET`. */
  secret?: string | string[];
}): Sealer;

/** A passkey, as it is stored. All of it is text and numbers. */
export interface PasskeyCredential {
  /** base64url; unique. */
  id: string;
  user: string;
  /** base64url of the COSE key. */
  publicKey: string;
  counter: number;
  transports: string[];
  /** Whether it is synchronized between devices. */
  backedUp: boolean;
}

export interface CredentialStore {
  list(user: string): MaybePromise<readonly PasskeyCredential[]>;
  find(id: string): MaybePromise<PasskeyCredential | null | undefined>;
  /** Adds it unless its id is there (a unique index), and tells whether it did. */
  add(credential: PasskeyCredential): MaybePromise<boolean>;
  /**
   * Sets counter and backedUp if the new counter is greater, or both are 0 (synchronized passkeys do not count), in ONE
   * operation, and tells whether it did.
   */
  touch(id: string, counter: number, backedUp: boolean): MaybePromise<boolean>;
}

export interface PasskeysOptions {
  /** The domain, such as `example.com`, or `localhost`. */
  rpID: string;
  /** The name of your service. */
  rpName: string;
  /** The origins of your pages: `https://` on rpID or below it; `http://` only for localhost. */
  origin: string | string[];
  challenges: ChallengeStore;
  credentials: CredentialStore;
  /** Default `required`: the device must have checked PIN, fingerprint or face. */
  userVerification?: 'required' | 'preferred';
  /** How long a challenge counts: 30 000 to 600 000 ms, default 300 000. */
  expiresInMs?: number;
}

export interface Passkeys {
  /** What the page gives to `navigator.credentials.create`. `session` is the id of the user's session (`req.sessionID`). */
  registrationOptions(
    session: string,
    user: { id: string; name: string; displayName?: string },
  ): Promise<CeremonyOptions>;
  /** Checks the page's answer and adds the passkey to the store. `user` is the id of the logged-in user. */
  verifyRegistration(
    session: string,
    user: string,
    response: unknown,
  ): Promise<{ ok: true; credential: PasskeyCredential } | Refused>;
  /** What the page gives to `navigator.credentials.get`; with `user` only for their passkeys (second factor). */
  authenticationOptions(session: string, user?: string): Promise<CeremonyOptions>;
  /** Checks the page's answer. `user` is whose passkey it is. */
  verifyAuthentication(
    session: string,
    response: unknown,
  ): Promise<{ ok: true; user: string; credentialId: string } | Refused>;
}

/** JSON for the page: `PublicKeyCredential.parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` read it. */
export interface CeremonyOptions {
  challenge: string;
  [member: string]: unknown;
}

/**
 * Passkeys over `@simplewebauthn/server`, which you install.
 *
 * @throws `ERR_HAUBERK_PEER_MISSING` where it is not installed; the option errors
 */
export function passkeys(options: PasskeysOptions): Passkeys;
