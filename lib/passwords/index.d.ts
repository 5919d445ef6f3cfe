/**
 * Hashes passwords and checks them, on hauberk's own threads: a flood of logins stops neither the event
 * loop nor file reads and name look-ups.
 *
 * Functions that return a promise never throw; all errors are `HauberkError`s with a `code`.
 */

export type Algorithm = 'argon2id' | 'argon2i' | 'argon2d' | 'bcrypt';

/** How a new hash is made. */
export interface HashParameters {
  /** Default `argon2id` (RFC 9106 recommends it; `bcrypt` is for systems that share the hashes). */
  algorithm?: Algorithm;
  /**
   * argon2 only: work memory in KiB, 8 for each lane up to 262144. Default 19456, with `passes` 2 and
   * `lanes` 1 the first choice of the OWASP Password Storage Cheat Sheet; never go below its other
   * choices (12288 with 3 passes, 9216 with 4, 7168 with 5; or 47104 with 1).
   */
  memoryKiB?: number;
  /** argon2 only: passes over the memory, 1 to 16. Default 2. */
  passes?: number;
  /** argon2 only: lanes, 1 to 16. They are computed one after the other. Default 1. */
  lanes?: number;
  /** bcrypt only: log2 of the rounds, 4 to 16. Default 12; OWASP asks for at least 10. */
  cost?: number;
  /**
   * bcrypt only: it reads base64(HMAC-SHA-384(pepper, password)) instead of the password, so that all of a
   * long one counts. Needs `pepper`, and is needed by it. Default false.
   */
  prehash?: boolean;
  /** Default none. */
  pepper?: Pepper;
  /** Unicode normalization of a text before anything else. Default none; never change it for a table. */
  normalize?: 'NFC' | 'NFKC';
}

/**
 * Secrets that are not in the user table. A new hash is made with the current one and names it; a stored hash
 * needs the one that it names. Read once for each object: to change peppers, give another object.
 */
export interface Pepper {
  /** A secret of 32 to 1024 bytes for each id of 1 to 8 letters, digits, `-` and `_`. Keep old ones. */
  keys: Record<string, string | Uint8Array>;
  /** The id for new hashes. Needed where there are several keys. */
  current?: string;
}

/** How a single call behaves. */
export interface HashOptions extends HashParameters {
  /**
   * Gives up: work that still waits is taken out of the queue, work that runs is finished unheard. The
   * promise rejects with `ERR_HAUBERK_PASSWORDS_ABORTED` at once; `cause` is the signal's reason.
   */
  signal?: AbortSignal;
  /**
   * Milliseconds within which the work must be begun, 1 to 600000. Default 30000. Later it is not begun and
   * the promise rejects with `ERR_HAUBERK_PASSWORDS_DEADLINE`: whoever asked has gone.
   */
  deadlineMs?: number;
}

/**
 * `verify` takes the parameters from the stored hash. Those given here are used for an unknown user only,
 * so that `verify(null, password)` takes as long as your own hashes do: give the same object to `hash` and `verify`.
 */
export type VerifyOptions = HashOptions;

/** A password: text, or its bytes. 1 to 4096 bytes of UTF-8. */
export type Password = string | Uint8Array;

/**
 * Hashes a password with a fresh salt of 16 bytes.
 *
 * Rejects with
 * - `ERR_HAUBERK_PASSWORDS_PASSWORD`: not a password, empty, longer than 4096 bytes, ill-formed UTF-16 (two
 *   different passwords would become one); with bcrypt also longer than 72 bytes, or with a NUL byte;
 * - `ERR_HAUBERK_PASSWORDS_BUSY` (503): the queue is full, or the system has no memory;
 * - `ERR_HAUBERK_PASSWORDS_DEADLINE` (503), `ERR_HAUBERK_PASSWORDS_ABORTED`: see the options;
 * - `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`: more memory than the pool's whole budget;
 * - `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`.
 *
 * @returns a PHC string such as `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, or `$2b$12$` and 53 characters
 */
export function hash(password: Password, options?: HashOptions): Promise<string>;

/**
 * Whether a password is the one that was hashed. Reads argon2id, argon2i, argon2d, bcrypt (`$2a$`,
 * `$2b$`, `$2x$`, `$2y$`), scrypt and PBKDF2, in the forms of PHC, crypt, PHP, Django and passlib; compares in
 * constant time.
 *
 * `null` (or `undefined`) as the stored hash means that there is no such user: the same work is done, and the
 * answer is false. So the time of an answer does not tell whether a user exists.
 *
 * The answer is false, never an error, for a password that no hash can have been made of: empty, longer than
 * 4096 bytes, ill-formed, not a password at all. bcrypt reads 72 bytes, as its writers did.
 *
 * Rejects with
 * - `ERR_HAUBERK_PASSWORDS_HASH`: the stored hash cannot be read. This is not a wrong password: your data is
 *   damaged or of a format that is not supported, and you should hear of it;
 * - `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`: it asks for more than 256 MiB, 16 passes, 16 lanes, bcrypt cost 16,
 *   4000000 rounds of PBKDF2, N*r*p of 2^23 in scrypt, or more than the pool's memory budget. Nothing was computed;
 * - `ERR_HAUBERK_PASSWORDS_PEPPER`: it names a pepper that is not among the keys given;
 * - `ERR_HAUBERK_PASSWORDS_BUSY`, `_DEADLINE`, `_ABORTED` and the option errors as `hash`.
 */
export function verify(
  stored: string | null | undefined,
  password: Password,
  options?: VerifyOptions,
): Promise<boolean>;

/**
 * Whether a stored hash differs in anything from what `hash` would make with these options: algorithm,
 * version, memory, passes, lanes, cost, prehash, id of the pepper, length of salt and hash. For scrypt, PBKDF2 and
 * the wrapped forms of frameworks it is always true. Ask it after a successful `verify`, and if it
 * says true store `await hash(password)`: users move to today's parameters as they log in.
 *
 * A bcrypt hash does not tell how long its password was. With the default (argon2id) it always needs a
 * rehash; if you stay with bcrypt, a password beyond 72 bytes was cut by whoever hashed it.
 *
 * @throws `ERR_HAUBERK_PASSWORDS_HASH` if the stored hash cannot be read; the option errors
 */
export function needsRehash(stored: string, options?: HashParameters): boolean;

/**
 * `hash` on the calling thread, which it blocks. For scripts and start-up code, not for request handlers.
 *
 * @throws as `hash` rejects; never busy, late or aborted
 */
export function hashSync(password: Password, options?: HashParameters): string;

/**
 * `verify` on the calling thread, which it blocks. For scripts and start-up code, not for request handlers.
 *
 * @throws as `verify` rejects; never busy, late or aborted
 */
export function verifySync(
  stored: string | null | undefined,
  password: Password,
  options?: HashParameters,
): boolean;

/** What `calibrate` is asked for. */
export interface CalibrateOptions {
  /** Milliseconds that one hash may take on an idle machine, 1 to 10000. Default 250. */
  targetMs?: number;
  /** Default `argon2id`. */
  algorithm?: Algorithm;
  /** argon2 only: 8 to 262144. Default 19456. */
  memoryKiB?: number;
}

/**
 * Measures this machine and gives the costs for `hash` that come nearest to the target from below, yet never less
 * than OWASP asks for: argon2 by its passes (at most 16; give more memory if that is reached), bcrypt by its
 * cost (10 to 16). Run it by hand and write the result down: a start under load would measure too little.
 *
 * Rejects with `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`.
 */
export function calibrate(options?: CalibrateOptions): Promise<{
  algorithm: Algorithm;
  memoryKiB?: number;
  passes?: number;
  cost?: number;
  /** What a hash with these costs took. */
  measuredMs: number;
}>;

/** The sizes of the pool, which all threads of the process share. */
export interface PoolOptions {
  /** Hashing threads, 1 to 64. Default: the number of cores, at most 4. */
  threads?: number;
  /** Work memory for all of them in MiB, 1 to 65536. Default 256. Work waits until its memory fits. */
  memoryMiB?: number;
  /** Jobs that may wait, 1 to 1000000. Default 4096; beyond it, `ERR_HAUBERK_PASSWORDS_BUSY`. */
  queue?: number;
}

/**
 * Changes the pool at any time; what is left out stays. Threads start when they are needed and end after five
 * idle seconds; then their memory goes back to the system.
 *
 * @throws `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
export function configure(options: PoolOptions): void;

/** The pool now, and its counts since the process started. */
export interface PoolStats {
  /** Threads it may have. */
  threads: number;
  /** Threads it has now. */
  alive: number;
  /** Jobs that run now. */
  running: number;
  /** Jobs that wait. */
  waiting: { hash: number; verify: number };
  /** Work memory in bytes: held now (used or kept for reuse), the most so far, and the budget. */
  memory: { held: number; peak: number; budget: number };
  /** Hashes made and verifications computed, those of the sync functions and of unknown users included. */
  done: { hash: number; verify: number };
  /** Refused because the queue was full or memory was short; not begun before the deadline; aborted in time. */
  refused: { busy: number; expired: number; aborted: number };
}

/** What the pool is doing. */
export function stats(): PoolStats;

export import policy = require('./policy');
